"""What a CI job says about the change it runs for, in its environment and its event file.

What an event says comes from the forge and is trusted; a report that another job wrote is not.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.forge.github import API as GITHUB_API
from promptstead.forge.gitlab import API as GITLAB_API

MAX_EVENT = 32 * 1024 * 1024
"""GitHub caps a payload at 25 MB."""
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DOCUMENT = "see tooling/docs/pull-requests.md"


class Context(NamedTuple):
    """Where to post. *number* is 0 and *head* is empty where the job does not say."""

    project: str
    """``owner/name`` on GitHub; the project's id or path on GitLab."""
    token: str
    url: str
    """Of the API."""
    number: int = 0
    head: str = ""
    """The commit that the report must be about: the head of the change when the job was started."""
    branch: str = ""
    """On GitHub ``owner:branch`` of the head, where a workflow run says it."""
    run: str = ""
    """Address of the run that computed the report."""
    web: str = ""
    """Address of the project for people."""


def github_context(env: Mapping[str, str]) -> Context:
    """Return what GitHub Actions says, or what is set by hand: ``GITHUB_REPOSITORY`` and a token are needed.

    :raises PromptsteadError: one of them is missing, the event cannot be read, or it is one whose job must not post.
    """
    token = env.get("GITHUB_TOKEN") or env.get("GH_TOKEN") or ""
    if not token:
        raise PromptsteadError(
            "there is no token",
            hint=f"put one in GITHUB_TOKEN or GH_TOKEN; for the permissions it needs, see {_DOCUMENT}",
        )
    project = env.get("GITHUB_REPOSITORY", "")
    if not project:
        raise PromptsteadError("GITHUB_REPOSITORY is not set", hint="set it to owner/name")
    web = f"{env.get('GITHUB_SERVER_URL') or 'https://github.com'}/{project}"
    found = Context(
        project,
        _clean(token),
        env.get("GITHUB_API_URL") or GITHUB_API,
        web=web,
        run=_run(web, env.get("GITHUB_RUN_ID")),
    )
    event = env.get("GITHUB_EVENT_NAME", "")
    if event == "pull_request_target":
        raise PromptsteadError(
            "this job was started by pull_request_target, which gives your secrets to a stranger's change",
            hint=f"review in pull_request and post in workflow_run: see {_DOCUMENT}",
        )
    if event not in ("pull_request", "workflow_run"):
        return found
    payload = _payload(env)
    try:
        if event == "pull_request":
            pull = payload["pull_request"]
            return found._replace(number=int(pull["number"]), head=_commit(pull["head"]["sha"]))
        run = payload["workflow_run"]
        if run["event"] != "pull_request":
            raise PromptsteadError(
                f"the workflow run was started by `{run['event']}`, not by a pull request",
                hint="post only where `github.event.workflow_run.event == 'pull_request'`",
            )
        owner = (run.get("head_repository") or {}).get("owner") or {}
        branch = f"{owner['login']}:{run['head_branch']}" if owner.get("login") and run.get("head_branch") else ""
        return found._replace(head=_commit(run["head_sha"]), branch=branch, run=_run(web, str(run["id"])))
    except (KeyError, TypeError, ValueError):
        raise PromptsteadError(
            f"the event file does not describe a `{event}` event", location=env["GITHUB_EVENT_PATH"]
        ) from None


def gitlab_context(env: Mapping[str, str]) -> Context:
    """Return what a merge-request pipeline of GitLab says.

    :raises PromptsteadError: there is no token, or no project.
    """
    token = env.get("GITLAB_TOKEN", "")
    if not token:
        job = " (a job token may not write notes)" if env.get("CI_JOB_TOKEN") else ""
        raise PromptsteadError(
            f"there is no token{job}", hint=f"put an access token with the scope `api` in GITLAB_TOKEN: see {_DOCUMENT}"
        )
    project = env.get("CI_PROJECT_ID") or env.get("CI_PROJECT_PATH") or ""
    if not project:
        raise PromptsteadError("CI_PROJECT_ID is not set", hint="set it to the project's number or path")
    number = env.get("CI_MERGE_REQUEST_IID", "")
    # In a pipeline of the merged result CI_COMMIT_SHA is a commit that nobody wrote.
    head = env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or (env.get("CI_COMMIT_SHA", "") if number else "")
    try:
        return Context(
            project,
            _clean(token),
            env.get("CI_API_V4_URL") or GITLAB_API,
            number=int(number or 0),
            head=_commit(head) if head else "",
            run=env.get("CI_JOB_URL", "") if _is_address(env.get("CI_JOB_URL", "")) else "",
            web=env.get("CI_PROJECT_URL", ""),
        )
    except ValueError:
        raise PromptsteadError("CI_MERGE_REQUEST_IID or the commit's id is not valid") from None


def _clean(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PromptsteadError(
            "the token contains characters that no token has", hint="see whether it ends with a line break"
        )
    return token


def _commit(text: Any) -> str:
    if not isinstance(text, str) or not COMMIT.fullmatch(text):
        raise ValueError("no commit id")
    return text


def _run(web: str, number: str | None) -> str:
    return f"{web}/actions/runs/{number}" if number and number.isascii() and number.isdigit() else ""


def _is_address(text: str) -> bool:
    return re.fullmatch(r"https?://[\w.:/~%+-]+", text, re.ASCII) is not None


def _payload(env: Mapping[str, str]) -> Any:
    path = env.get("GITHUB_EVENT_PATH", "")
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_EVENT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "it cannot be read"
        raise PromptsteadError(f"cannot read the event: {reason}", location=path or "GITHUB_EVENT_PATH") from error
    if len(raw) > MAX_EVENT:
        raise PromptsteadError(f"the event has more than {MAX_EVENT:,} bytes", location=os.path.basename(path))
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise PromptsteadError("the event is not JSON", location=path) from None
