"""The review as Markdown for a pull-request comment or a job summary, from its JSON report.

The report may have been written by another job, over which an author has power: it must not be able to do anything but
show text.
"""

from collections.abc import Iterator

from promptstead.report.markup import code, sentence
from promptstead.report.review_document import ReviewDocument
from promptstead.report.review_markdown_details import MAX_DETAIL, MIN_DETAIL, details, parts
from promptstead.report.review_markdown_table import table
from promptstead.report.review_words import (
    declared,
    labelled,
    not_compared,
    out_of_sight,
    outcomes,
    said,
    total,
    undecided,
)
from promptstead.report.some_names import some_names
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

MAX_CHARACTERS = 60_000
"""Of the whole; a comment on GitHub holds 65,536."""
MAX_TABLE = 24_000
"""Characters of the table."""
MAX_NOT_COMPARED = 6_000
"""Characters of the list of cases that were not compared."""
MAX_NAMES = 10
"""Most cases that are named of those that are not compared for one reason."""
MAX_WEAKENS = 10
"""Most lines of what weakens the evidence."""
_SPARE = 200
"""Characters kept for the sentence that says what was left out."""


def review_markdown(review: ReviewDocument, limit: int = MAX_CHARACTERS, language: Language = "en") -> str:
    """Return the review in at most *limit* characters.

    What is left out first is the details of the last prompts, then cases that were not compared, then rows of the
    table, and the text says so; the headline and what weakens the evidence stay. Of a prompt whose details are cut,
    what must not fail stays, and the first of its words, answers and findings.
    """
    text = "\n".join([_headline(review, language), *_weakens(review, limit // 4, language)]) + "\n"
    text += "\n".join(table(review, min(MAX_TABLE, (limit - len(text)) // 2), language)) + "\n"
    tail = "\n".join(_not_compared(review, min(MAX_NOT_COMPARED, limit // 8), language))
    left_out = 0
    for prompt in review["prompts"]:
        room = limit - len(text) - len(tail) - _SPARE
        every = list(parts(prompt, language))
        fits = not left_out and room >= MIN_DETAIL
        shown = details(prompt, every, min(MAX_DETAIL, room), language) if fits else ""
        if shown:
            text += "\n" + shown + "\n"
        else:
            left_out += bool(every)
    if left_out:
        text += f"\n{say_in(language, 'reports.details-left-out', n=left_out)}\n"
    return f"{text}\n{tail}\n" if tail else text


def _headline(review: ReviewDocument, language: Language) -> str:
    hidden = out_of_sight(review, language)
    state = "⛔" if review["blocks"] else "⚠" if hidden or undecided(review) else "✔"
    revisions = f"{code(review['base'])}..{code(label(language, review['head']))}"
    if not review["prompts"]:
        state = "⚠" if review["weakens"] else state
        return f"{state} **{hidden}{say_in(language, 'reports.no-prompt-changed')}** · {revisions}"
    changed = say_in(language, "reports.in-changed-prompts", n=len(review["prompts"]))
    replayed = say_in(language, "reports.replayed", n=review["evaluated"])
    found = hidden + declared(review, language) + outcomes(review, language)
    return f"{state} **{found}** {changed} · {revisions} · {replayed}"


def _weakens(review: ReviewDocument, size: int, language: Language) -> Iterator[str]:
    lines = review["weakens"]
    if not lines:
        return
    yield ""
    for number, line in enumerate(lines):
        text = f"- {sentence(said(line, language))}"
        size -= len(text)
        if number == MAX_WEAKENS or size < 0:
            yield f"- {say_in(language, 'reports.and-more', n=len(lines) - number)}"
            return
        yield text


def _not_compared(review: ReviewDocument, size: int, language: Language) -> Iterator[str]:
    left = not_compared(review, language)
    if not left:
        return
    count = total(left)
    yield f"<details><summary>{say_in(language, 'reports.not-compared', n=count)}</summary>\n"
    for prompt_id, why, cases in left:
        names = some_names(language, cases, MAX_NAMES, lambda name: code(name, 120))
        text = f"- {labelled(language, f'{code(prompt_id, 120)} {names}', code(why))}"
        size -= len(text)
        if size < 0:
            yield f"- {say_in(language, 'reports.and-more', n=count)}"
            break
        count -= len(cases)
        yield text
    yield "\n</details>"


def comment_text(review: ReviewDocument, limit: int, run: str = "", language: Language = "en") -> str:
    """Return the comment in at most *limit* characters; *run* is the address of the run that computed the report."""
    where = say_in(language, "reports.artifact-of-run", run=run) if run else "`promptstead review --format json`"
    commit = code(review["head_commit"] or label(language, "unknown"), 64)
    footer = f"\n<sub>{say_in(language, 'reports.comment-footer', commit=commit, where=where)}</sub>\n"
    return review_markdown(review, min(MAX_CHARACTERS, limit) - len(footer), language) + footer
