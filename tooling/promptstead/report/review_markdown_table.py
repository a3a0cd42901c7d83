"""The table of a review in Markdown: a row for each prompt and pair of models that is compared."""

from collections.abc import Iterator

from promptstead.report.markup import cell, plain, rule_code
from promptstead.report.review_document import ChangeDocument, ComparisonDocument, PromptDocument, ReviewDocument
from promptstead.report.review_markdown_details import MAX_ROWS
from promptstead.report.review_words import said, score_text
from promptstead.verdicts.decision import Verdict
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

COLUMNS = 8
MARKS: dict[str, str] = {
    Verdict.REGRESSION: "🔴",
    Verdict.WITHIN_MARGIN: "🟠",
    Verdict.INCONCLUSIVE: "⚪",
    Verdict.NO_REGRESSION: "✅",
    Verdict.IMPROVEMENT: "🟢",
    Verdict.NOT_EVALUATED: "➖",
}


def table(review: ReviewDocument, size: int, language: Language) -> Iterator[str]:
    """Yield the lines of the table, in about *size* characters; it says how many prompts it leaves out."""
    if not review["prompts"]:
        return
    yield ""
    yield say_in(language, "reports.review-table")
    yield "|" + " --- |" * COLUMNS
    for number, prompt in enumerate(review["prompts"]):
        rows = list(_rows(prompt, language))
        size -= sum(map(len, rows))
        if size < 0:
            yield "\n" + say_in(language, "reports.more-prompts", n=len(review["prompts"]) - number)
            return
        yield from rows


def verdict_text(verdict: str, language: Language, alone: str | None, further: int | None) -> str:
    """Return a verdict with what it would be by itself, where that is another, and how many cases would decide."""
    text = plain(verdict, language)
    if alone:
        text = say_in(language, "reports.by-itself", verdict=text, alone=plain(alone, language))
    return say_in(language, "reports.further-cases", verdict=text, n=further) if further else text


def _rows(prompt: PromptDocument, language: Language) -> Iterator[str]:
    """Yield one row for each pair of models that is compared, the first with what is about the prompt itself."""
    lint = _lint(prompt, language)
    if prompt["error"]:
        invalid = label(language, "not valid")
        yield f"| {cell(prompt['id'])} | {invalid} | – | {lint} | – | – | ⛔ {invalid} | – |"
        return
    change = prompt["change"]
    summary = cell(said(change["summary"], language)) if change else ""
    first = [cell(prompt["id"]), summary, _contract(change, language), lint]
    last = _tokens(prompt, language)
    let_pass = len({found["counterexample"] for found in prompt.get("let_pass", [])})
    for comparison in prompt["comparisons"][:MAX_ROWS] or (None,):
        *figures, verdict = _scores(comparison, language)
        if let_pass:
            verdict = f"⛔ {say_in(language, 'reports.let-pass-count', n=let_pass)} · {verdict}"
        yield "| " + " | ".join([*first, *figures, verdict, last]) + " |"
        first, last, let_pass = [""] * len(first), "", 0
    if len(prompt["comparisons"]) > MAX_ROWS:
        more = say_in(language, "reports.more-models", n=len(prompt["comparisons"]) - MAX_ROWS)
        yield f"| {more} |" + " |" * (COLUMNS - 1)


def _contract(change: ChangeDocument | None, language: Language) -> str:
    reasons = change["contract"]["reasons"] if change else []
    if change is None or change["kind"] == "added" or change["contract"]["consequence"] == "none" or not reasons:
        return label(language, "none")
    breaking = change["contract"]["consequence"] == "breaking"
    consequence = f"**{label(language, 'breaking')}**" if breaking else label(language, "compatible")
    return say_in(language, "reports.labelled", name=cell(said(reasons[0]["reason"], language), 80), text=consequence)


def _lint(prompt: PromptDocument, language: Language) -> str:
    lint = prompt["lint"]
    codes = sorted({rule_code(found["code"]) for found in lint["new"]})
    count = len(lint["new"])
    if codes:
        new = say_in(language, "reports.new-findings", n=count, codes=codes)
    else:
        new = say_in(language, "reports.no-new-findings")
    return say_in(language, "reports.and-fixed", new=new, n=lint["fixed"]) if lint["fixed"] else new


def _scores(comparison: ComparisonDocument | None, language: Language) -> list[str]:
    if comparison is None:
        return ["–", "–", f"{MARKS[Verdict.NOT_EVALUATED]} {label(language, 'not evaluated')}"]
    broken, fixed, same = len(comparison["broken"]), len(comparison["fixed"]), comparison["unchanged"]
    cases = f"{broken} / {fixed} / {same}" if broken + fixed + same else "–"
    if broken:
        cases = f"**{cases}**"
    if comparison["reference_answers"] and cases != "–":
        cases = say_in(language, "reports.of-reference", cases=cases)
    score = score_text(comparison, language)
    if comparison["violations"] and comparison["verdict"] != Verdict.REGRESSION:
        return [cases, score, f"⛔ {say_in(language, 'reports.must-not-fail-count', n=len(comparison['violations']))}"]
    verdict = comparison["verdict"]
    text = verdict_text(verdict, language, comparison.get("verdict_alone"), comparison["further_cases"])
    return [cases, score, f"{MARKS.get(verdict, '➖')} {text}"]


def _tokens(prompt: PromptDocument, language: Language) -> str:
    base, head = prompt["tokens"]["base"], prompt["tokens"]["head"]
    if base is None and head is None:
        return label(language, "unknown")
    return " → ".join("?" if tokens is None else f"{tokens:.0f}" for tokens in (base, head))
