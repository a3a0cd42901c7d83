"""What ``review`` does: the prompts that a change reaches, looked at on both sides, as one report; and its forms."""

from promptstead.executors.choice import forks_for
from promptstead.operations.workspace.out_of_sight import looser_settings, unlisted
from promptstead.operations.workspace.revisions import Candidate, candidates, open_revisions, reached
from promptstead.operations.workspace.workspace import Workspace
from promptstead.report.diff_text import Paint
from promptstead.report.review_document import ReviewDocument
from promptstead.report.review_json import review_json
from promptstead.verdicts.order import gravest_first
from promptstead.verdicts.renames import with_likely_renames
from promptstead.verdicts.review import PromptReview, Review
from promptstead.verdicts.reviewed_prompt import in_view_of_all, review_prompt
from promptstead.words.template import Language


def review(workspace: Workspace, revisions: str) -> ReviewDocument:
    """Review what the change between *revisions* does to prompts; on several cores where it reaches many.

    :raises PromptsteadError: there is no such revision, or what lies in one cannot be read.
    """
    with open_revisions(workspace, revisions) as opened:
        policy = opened.base.config  # a change does not choose the rules that it is judged by

        def examine(candidate: Candidate) -> PromptReview | None:
            pair = reached(opened, candidate)
            return review_prompt(pair.base, pair.head, policy, opened.base_commit[:7]) if pair else None

        found = list(candidates(opened))
        reviewed = forks_for(len(found)).map(lambda: examine, found)
        prompts = with_likely_renames(in_view_of_all([prompt for prompt in reviewed if prompt is not None], policy))
        base, _, head = opened.label.partition("..")
        report = Review(
            base,
            head,
            gravest_first(prompts),
            policy.inconclusive == "fail",
            opened.base_commit,
            opened.head_commit,
            policy.not_evaluated == "fail",
            tuple(unlisted(opened.base, opened.head, opened.changed)),
            tuple(looser_settings(opened.base, opened.head, opened.changed)),
        )
        return review_json(report)


def read_document(path: str) -> ReviewDocument:
    """Return a report that another job wrote.

    :raises PromptsteadError: it cannot be read, or is none.
    """
    from promptstead.operations.reviewing.posted_comment import read_report
    from promptstead.report.review_reader import read_review

    return read_review(read_report(path), path)


def rendered(document: ReviewDocument, form: str, language: Language, paint: Paint) -> str:
    """Return the report as text, JSON, annotations for GitHub, HTML or Markdown; *paint* colours the text.

    :param language: of what people read: all but JSON.
    """
    if form == "json":
        from promptstead.escapes import json_text

        return json_text(document)
    if form == "github":
        from promptstead.report.findings_github import review_annotations

        return "".join(f"{line}\n" for line in review_annotations(document, language))
    if form == "html":
        from promptstead.report.html.review_page import review_page

        return review_page(document, language)
    if form == "text":
        from promptstead.report.review_text import review_lines

        return "".join(f"{line}\n" for line in review_lines(document, paint, language))
    from promptstead.report.review_markdown import review_markdown

    return review_markdown(document, language=language)
