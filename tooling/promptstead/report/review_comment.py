"""The text of the one comment: the review in Markdown, and where the rest of it is."""

from promptstead.report.markup import code
from promptstead.report.review_document import ReviewDocument
from promptstead.report.review_markdown import MAX_CHARACTERS, review_markdown


def comment_text(review: ReviewDocument, limit: int, run: str = "") -> str:
    """Return the comment in at most *limit* characters; *run* is the address of the run that computed the report."""
    where = f"the artifact of [this run]({run})" if run else "`promptstead review --format json`"
    footer = f"\n<sub>Commit {code(review['head_commit'] or 'unknown', 64)} · full report: {where}</sub>\n"
    return review_markdown(review, min(MAX_CHARACTERS, limit) - len(footer)) + footer
