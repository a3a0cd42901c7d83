"""A review's report put where people read it: the one comment on a pull or merge request."""

from collections.abc import Mapping
from typing import NamedTuple

from promptstead.console.output import echo, tell
from promptstead.errors import PromptsteadError
from promptstead.forge.context import COMMIT, Context, github_context, gitlab_context
from promptstead.forge.github import BOT, GitHub
from promptstead.forge.github import MAX_CHARACTERS as GITHUB_CHARACTERS
from promptstead.forge.gitlab import MAX_CHARACTERS as GITLAB_CHARACTERS
from promptstead.forge.gitlab import GitLab
from promptstead.forge.own_comment import Forge, body_of, publish
from promptstead.report.review_document import ReviewDocument
from promptstead.report.review_markdown import comment_text
from promptstead.storage.untrusted_file import read_foreign
from promptstead.words.template import Language

MAX_REPORT = 256 * 1024 * 1024
"""Bytes of a report that are read."""


class Place(NamedTuple):
    """Where a comment goes: the forge, what the job says about the change, and how it calls one."""

    forge: Forge
    context: Context
    request: str


def read_report(path: str) -> bytes:
    """Return the bytes of a report, which came as an artifact perhaps: a link in it leads nowhere.

    :raises PromptsteadError: it is no file, cannot be read, or is too large.
    """
    large = f"the report has more than {MAX_REPORT // (1024 * 1024)} MiB"
    return read_foreign(path, MAX_REPORT, "the report", too_large=large, follow=False)


def find_place(forge: str, env: Mapping[str, str], bot: str = "") -> Place:
    """Return where to post, before anything is computed: nobody waits for a review to learn that a token is missing.

    :raises PromptsteadError: the environment does not say enough, or says that this job must not post.
    """
    if forge == "github":
        context = github_context(env)
        return Place(GitHub(context.project, context.token, context.url, bot or BOT), context, "pull request")
    context = gitlab_context(env)
    return Place(GitLab(context.project, context.token, context.url, context.web), context, "merge request")


def show(review: ReviewDocument, forge: str, language: Language = "en") -> None:
    """Write the comment to stdout as it would be posted; no request is made and no token needed."""
    limit = GITHUB_CHARACTERS if forge == "github" else GITLAB_CHARACTERS
    echo(body_of(lambda most: comment_text(review, most, language=language), limit).rstrip("\n"))


def post(
    review: ReviewDocument, place: Place, number: int, *, language: Language = "en", trusted_head: str = ""
) -> None:
    """Write the comment, unless the change has moved on or is over, and say on stderr what was done.

    The report's numbers choose nothing: the change is the one of the job, or of *number*, or the one whose head is the
    commit that the job is about. *trusted_head* is a commit that this very process reviewed and that the job calls its
    own, as the merge commit of a pull request is.

    :raises PromptsteadError: the report is about another commit than the job, no change or several can be meant, or
        the forge refuses.
    """
    forge, context, request = place
    about = review["head_commit"] or ""
    if not COMMIT.fullmatch(about):
        raise PromptsteadError("the report names no commit", hint=f"review commits, not files, to post on a {request}")
    expected = context.head or about
    if about != expected and not (context.number and about == trusted_head):
        raise PromptsteadError(
            f"the report is about commit {about[:7]}, but this job is about {expected[:7]}",
            hint=f"review the head of the {request}",
        )
    number = number or context.number or _find(place, expected)
    if not number:
        tell(f"not posted: no open {request} has the head {expected[:7]}; it has new commits or is closed")
        return
    change = forge.change(number)
    if not change.open:
        tell(f"not posted: the {request} {number} is closed")
    elif change.head != expected:
        tell(f"not posted: the head of the {request} {number} moved from {expected[:7]} to {change.head[:7]}")
    else:
        posted = publish(forge, number, lambda most: comment_text(review, most, context.run, language))
        tell(f"the comment on {request} {number} was {_DONE[posted.action]}: {posted.url}")


_DONE = {"created": "written", "edited": "brought up to date", "unchanged": "right already"}


def _find(place: Place, head: str) -> int:
    if not isinstance(place.forge, GitHub):
        raise PromptsteadError("this is not a merge-request pipeline", hint="name the merge request with --request")
    found = place.forge.with_head(head, place.context.branch)
    if len(found) > 1:
        listed = ", ".join(f"#{each.number}" for each in found[:5])
        raise PromptsteadError(
            f"{len(found)} pull requests have the head {head[:7]}: {listed}", hint="name one with --request"
        )
    return found[0].number if found else 0
