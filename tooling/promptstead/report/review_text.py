"""The review as lines of text for a terminal, from its JSON report: the verdict, then each prompt, worst first."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import cast

from promptstead.diff.words import Piece, PieceKind
from promptstead.errors import one_line
from promptstead.escapes import visible
from promptstead.report.diff_text import Paint, inline
from promptstead.report.markup import plain
from promptstead.report.note_text import note_line
from promptstead.report.review_document import (
    ChangeDocument,
    ComparisonDocument,
    ContractDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ReviewDocument,
)
from promptstead.report.review_markdown_details import NO_NOTES, VALUE_PARTS
from promptstead.report.review_words import (
    declared,
    finding_texts,
    labelled,
    models,
    not_compared,
    out_of_sight,
    outcomes,
    rendered_counts,
    said,
    score_text,
    total,
    value_text,
    violations_alike,
)
from promptstead.report.some_names import some_names
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

WIDTH = 100
MAX_ANSWERS = 5
"""Most answers shown of one prompt."""
MAX_LINES = 12
"""Most lines of an answer or of changed words."""
MAX_NAMES = 10
STYLES = {"REGRESSION": "red", "WORSE, WITHIN MARGIN": "yellow", "INCONCLUSIVE": "yellow", "IMPROVEMENT": "green"}


def review_lines(
    review: ReviewDocument, paint: Paint = lambda text, style: text, language: Language = "en"
) -> Iterator[str]:
    """Yield the review; control characters of prompts and answers are made visible."""
    found = outcomes(review, language) or say_in(language, "reports.no-prompt-changed")
    hidden = out_of_sight(review, language)
    style = "red" if review["blocks"] else "yellow" if hidden else "green"
    found = hidden + declared(review, language) + found
    yield f"{paint(found, style)}  {one_line(review['base'])}..{one_line(label(language, review['head']))}"
    yield say_in(language, "reports.replayed", n=review["evaluated"])
    yield from (line for text in review["weakens"][:MAX_NAMES] for line in _wrapped(f"! {said(text, language)}"))
    for prompt in review["prompts"]:
        yield ""
        yield from _prompt(prompt, paint, language)
    yield from _not_compared(review, language)


def _not_compared(review: ReviewDocument, language: Language) -> Iterator[str]:
    left = not_compared(review, language)
    if left:
        yield ""
        yield say_in(language, "reports.not-compared", n=total(left))
    for prompt_id, why, cases in left[:MAX_NAMES]:
        names = some_names(language, cases, MAX_NAMES)
        yield from _wrapped(labelled(language, prompt_id, labelled(language, names, why)), "  ")
    if len(left) > MAX_NAMES:
        yield "  " + say_in(language, "reports.more-reasons", n=len(left) - MAX_NAMES)


def _prompt(prompt: PromptDocument, paint: Paint, language: Language) -> Iterator[str]:
    change = prompt["change"]
    name = paint(one_line(prompt["id"], WIDTH), "bold")
    yield f"{name}  {one_line(said(change['summary'], language), WIDTH)}" if change else name
    if prompt["error"]:
        yield from _wrapped(said(prompt["error"], language), "  ")
    if change and change["contract"]["consequence"] != "none" and change["kind"] != "added":
        yield from _contract(change["contract"], language)
    for comparison in prompt["comparisons"]:
        yield from _verdict(comparison, paint, language)
    yield from _let_pass(prompt, paint, language)
    if change and change["kind"] == "added":
        yield from _wrapped(say_in(language, "reports.new-prompt", path=prompt["path"]), "  ")
    elif change:
        yield from _changes(change, paint, language)
    yield from _rendered(prompt["rendered"], language)
    for comparison in prompt["comparisons"]:
        yield from _worse(comparison, language)
    yield from _new_notes(change, language)
    for found in prompt["lint"]["new"][:MAX_NAMES]:
        message, hint = finding_texts(found, language)
        place = f"{plain(found['level'], language)} {found['code']} {found['path']}:{found['line']}"
        yield from _wrapped(labelled(language, place, message), "  ")
        if hint and found["level"] == "error":
            yield from _wrapped(say_in(language, "listings.help", hint=hint), "    ")


def _contract(contract: ContractDocument, language: Language) -> Iterator[str]:
    old, new = contract.get("old", 1), contract.get("new", 1)
    if contract.get("declared"):
        name = say_in(language, "reports.contract-declared", old=old, new=new)
    elif old != new:
        name = say_in(language, "reports.contract-number", old=old, new=new)
    else:
        name = say_in(language, "reports.contract")
    title = name if contract.get("declared") else labelled(language, name, label(language, contract["consequence"]))
    reasons = [said(reason["reason"], language) for reason in contract["reasons"][:1]]
    yield from _wrapped(labelled(language, title, reasons[0]) if reasons else title, "  ")


def _changes(change: ChangeDocument, paint: Paint, language: Language) -> Iterator[str]:
    for message in change["messages"]:
        name = say_in(language, "reports.message", role=plain(message["role"], language))
        kind = "" if message["kind"] == "changed" else f" {plain(message['kind'], language)}"
        yield f"  {labelled(language, name + kind, '')}".rstrip()
        yield from _words(message["pieces"], paint, language)
    for part in VALUE_PARTS:
        for value in change.get(part, [])[:MAX_NAMES]:
            place = label(language, part) if value["path"] == part else f"{label(language, part)} {value['path']}"
            if value["pieces"]:
                yield f"  {labelled(language, one_line(place), '')}".rstrip()
                yield from _words(value["pieces"], paint, language)
            else:
                yield from _wrapped(labelled(language, place, value_text(value, language)), "  ")


def _verdict(comparison: ComparisonDocument, paint: Paint, language: Language) -> Iterator[str]:
    verdict = paint(plain(comparison["verdict"], language), STYLES.get(comparison["verdict"], "dim"))
    cases = say_in(
        language,
        "reports.case-counts",
        broken=len(comparison["broken"]),
        fixed=len(comparison["fixed"]),
        same=comparison["unchanged"],
    )
    name = labelled(language, one_line(models(comparison, language)), verdict)
    yield f"  {name}  {cases}  {score_text(comparison, language)}".rstrip(" –")
    for reason in comparison["reasons"][:MAX_NAMES]:
        yield from _wrapped(said(reason, language), "    ")
    for check, why, ids in violations_alike(comparison["violations"], language)[:MAX_NAMES]:
        why = labelled(language, f"{some_names(language, ids, MAX_NAMES)} · {check}", why)
        text = labelled(language, say_in(language, "reports.must-not-fail"), why)
        yield from (paint(line, "red") for line in _wrapped(text, "    "))


def _let_pass(prompt: PromptDocument, paint: Paint, language: Language) -> Iterator[str]:
    every = prompt.get("let_pass", [])
    for found in every[:MAX_NAMES]:
        counterexample = say_in(
            language, "reports.counterexample", counterexample=found["counterexample"], case=found["case"]
        )
        why = labelled(language, f"{counterexample} · {found['evaluator']}", said(found["reason"], language))
        text = labelled(language, say_in(language, "reports.let-pass"), f"{why} – {one_line(found['why'], 2 * WIDTH)}")
        yield from (paint(line, "red") for line in _wrapped(text, "  "))
    if len(every) > MAX_NAMES:
        yield f"  {say_in(language, 'reports.more-let-pass', n=len(every) - MAX_NAMES)}"
    if every:
        yield from _wrapped(say_in(language, "reports.let-pass-help"), "  ")


def _worse(comparison: ComparisonDocument, language: Language) -> Iterator[str]:
    for pair in comparison["broken"][:MAX_ANSWERS]:
        yield from _answer(pair, language)
    more = len(comparison["broken"]) - MAX_ANSWERS
    if more > 0:
        yield "    " + say_in(language, "reports.more-got-worse", n=more)


def _answer(pair: PairDocument, language: Language) -> Iterator[str]:
    failures = pair["head_failures"][:MAX_NAMES]
    failed = "; ".join(labelled(language, each["evaluator"], said(each["reason"], language)) for each in failures)
    title = say_in(language, "reports.got-worse", case=pair["case"])
    yield from _wrapped(labelled(language, title, failed) if failed else title, "    ")
    before, after = say_in(language, "reports.before"), say_in(language, "reports.after")
    for name, text in ((before, pair["base_answer"]), (after, pair["head_answer"])):
        yield f"      {labelled(language, name, '')}".rstrip()
        yield from _indented(visible(text or ""), "        ", language)
    for note in (*pair.get("base_notes", ()), *pair.get("head_notes", ()))[:MAX_NAMES]:
        said_of_it = one_line(note_line(note, language), 4 * WIDTH)
        yield from _wrapped(labelled(language, say_in(language, "reports.note"), said_of_it), "      ")


def _new_notes(change: ChangeDocument | None, language: Language) -> Iterator[str]:
    added = change.get("notes", NO_NOTES)["added"] if change else []
    for note in added[:MAX_NAMES]:
        place = f"{say_in(language, 'reports.note')} · {note['case']}"
        yield from _wrapped(labelled(language, place, one_line(note_line(note, language), 4 * WIDTH)), "  ")
    if len(added) > MAX_NAMES:
        yield f"  {say_in(language, 'reports.more-notes', n=len(added) - MAX_NAMES)}"


def _rendered(rendered: RenderedDocument | None, language: Language) -> Iterator[str]:
    if rendered and (rendered["changes"] or rendered["broken"]):
        counts = rendered_counts(rendered, language)
        yield f"  {labelled(language, say_in(language, 'reports.rendered-messages'), counts)}"


def _words(pieces: Sequence[PieceDocument], paint: Paint, language: Language) -> Iterator[str]:
    shown = inline((Piece(cast(PieceKind, piece["kind"]), piece["text"]) for piece in pieces), paint)
    return _indented(shown.strip("\n"), "    ", language)


def _indented(text: str, margin: str, language: Language) -> Iterator[str]:
    lines = text.split("\n")
    yield from (margin + line for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield margin + say_in(language, "reports.more-lines", n=len(lines) - MAX_LINES)


def _wrapped(text: str, margin: str = "") -> Iterator[str]:
    shown = one_line(text.replace("`", ""), 10 * WIDTH)
    yield from wrap(shown, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False)
