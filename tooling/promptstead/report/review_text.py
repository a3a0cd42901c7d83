"""The review as lines of text for a terminal, from its JSON report: the verdict, then each prompt, worst first."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import cast

from promptstead.diff.words import Piece, PieceKind
from promptstead.errors import one_line, some_of
from promptstead.escapes import visible
from promptstead.report.diff_text import Paint, inline, values_text
from promptstead.report.review_document import (
    ComparisonDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ReviewDocument,
)
from promptstead.report.review_markdown import counted, not_compared, out_of_sight, score_text
from promptstead.report.review_markdown_details import VALUE_PARTS, value_change

WIDTH = 100
MAX_ANSWERS = 5
"""Most answers shown of one prompt."""
MAX_LINES = 12
"""Most lines of an answer or of changed words."""
MAX_NAMES = 10
STYLES = {"REGRESSION": "red", "WORSE, WITHIN MARGIN": "yellow", "INCONCLUSIVE": "yellow", "IMPROVEMENT": "green"}


def review_lines(review: ReviewDocument, paint: Paint = lambda text, style: text) -> Iterator[str]:
    """Yield the review; control characters of prompts and answers are made visible."""
    said = ", ".join(counted(count, outcome) for outcome, count in review["outcomes"].items()) or "no prompt changed"
    hidden = out_of_sight(review)
    style = "red" if review["blocks"] else "yellow" if hidden else "green"
    yield f"{paint(hidden + said, style)}  {one_line(review['base'])}..{one_line(review['head'])}"
    yield f"{review['evaluated']:,} recorded answers replayed, 0 model calls"
    yield from (line for text in review["weakens"][:MAX_NAMES] for line in _wrapped(f"! {text}"))
    for prompt in review["prompts"]:
        yield ""
        yield from _prompt(prompt, paint)
    yield from _not_compared(review)


def _not_compared(review: ReviewDocument) -> Iterator[str]:
    left = not_compared(review)
    if left:
        yield ""
        yield f"not compared: {sum(map(len, left.values())):,}"
    for (prompt_id, why), cases in list(left.items())[:MAX_NAMES]:
        yield from _wrapped(f"{prompt_id}: {some_of(cases, MAX_NAMES)}: {why}", "  ")
    if len(left) > MAX_NAMES:
        yield f"  … and {len(left) - MAX_NAMES} more reasons"


def _prompt(prompt: PromptDocument, paint: Paint) -> Iterator[str]:
    change = prompt["change"]
    yield paint(one_line(prompt["id"], WIDTH), "bold") + (f"  {one_line(change['summary'], WIDTH)}" if change else "")
    if prompt["error"]:
        yield from _wrapped(prompt["error"], "  ")
    if change and change["contract"]["consequence"] != "none" and change["kind"] != "added":
        reason = change["contract"]["reasons"][0]["text"] if change["contract"]["reasons"] else ""
        yield from _wrapped(f"contract: {change['contract']['consequence']}: {reason}", "  ")
    for comparison in prompt["comparisons"]:
        yield from _verdict(comparison, paint)
    if change:
        for message in change["messages"]:
            yield f"  {message['role']} message{'' if message['kind'] == 'changed' else ' ' + message['kind']}:"
            yield from _words(message["pieces"], paint)
        for name in VALUE_PARTS:
            for value in change[name][:MAX_NAMES]:
                if value["pieces"]:
                    yield f"  {name} {one_line(value['path'])}:"
                    yield from _words(value["pieces"], paint)
                else:
                    yield from _wrapped(f"{name} {value['path']}: {values_text(value_change(value))}", "  ")
    yield from _rendered(prompt["rendered"])
    for comparison in prompt["comparisons"]:
        yield from _worse(comparison)
    for found in prompt["lint"]["new"][:MAX_NAMES]:
        yield from _wrapped(
            f"{found['level']} {found['code']} {found['path']}:{found['line']}: {found['message']}", "  "
        )


def _verdict(comparison: ComparisonDocument, paint: Paint) -> Iterator[str]:
    names = dict.fromkeys(filter(None, (comparison["base_model"], comparison["head_model"])))
    broken, fixed = len(comparison["broken"]), len(comparison["fixed"])
    verdict = paint(comparison["verdict"].lower(), STYLES.get(comparison["verdict"], "dim"))
    who = one_line(" → ".join(names)) or ("reference answers" if comparison["reference_answers"] else "no model")
    cases = f"{broken} broken, {fixed} fixed, {comparison['unchanged']} the same"
    yield f"  {who}: {verdict}  {cases}  {score_text(comparison)}".rstrip(" –")
    for reason in comparison["reasons"][:MAX_NAMES]:
        yield from _wrapped(reason, "    ")
    for violation in comparison["violations"][:MAX_NAMES]:
        text = f"must not fail: {violation['case'] or 'every case'} · {violation['check']}: {violation['reason']}"
        yield from (paint(line, "red") for line in _wrapped(text, "    "))


def _worse(comparison: ComparisonDocument) -> Iterator[str]:
    for pair in comparison["broken"][:MAX_ANSWERS]:
        yield from _answer(pair)
    more = len(comparison["broken"]) - MAX_ANSWERS
    if more > 0:
        yield f"    … and {more} more that got worse (--format html shows them)"


def _answer(pair: PairDocument) -> Iterator[str]:
    failed = "; ".join(f"{each['evaluator']}: {each['reason']}" for each in pair["head_failures"][:MAX_NAMES])
    yield from _wrapped(f"{pair['case']} got worse: {failed}", "    ")
    for label, text in (("before", pair["base_answer"]), ("after", pair["head_answer"])):
        yield f"      {label}:"
        yield from _indented(visible(text or ""), "        ")


def _rendered(rendered: RenderedDocument | None) -> Iterator[str]:
    if rendered and (rendered["changes"] or rendered["broken"]):
        changed = sum(len(way["cases"]) for way in rendered["changes"])
        yield f"  rendered messages: {changed} cases change, {rendered['same']} stay the same"


def _words(pieces: Sequence[PieceDocument], paint: Paint) -> Iterator[str]:
    shown = inline((Piece(cast(PieceKind, piece["kind"]), piece["text"]) for piece in pieces), paint)
    return _indented(shown.strip("\n"), "    ")


def _indented(text: str, margin: str) -> Iterator[str]:
    lines = text.split("\n")
    yield from (margin + line for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"{margin}… and {len(lines) - MAX_LINES} more lines"


def _wrapped(text: str, margin: str = "") -> Iterator[str]:
    shown = one_line(text.replace("`", ""), 10 * WIDTH)
    yield from wrap(shown, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False)
