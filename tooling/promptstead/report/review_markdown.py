"""The review as Markdown for a pull-request comment or a job summary, from its JSON report.

The report may have been written by another job, over which an author has power: it must not be able to do anything but
show text.
"""

from collections.abc import Iterator

from promptstead.errors import some_of
from promptstead.report.markup import cell, code, plain, rule_code, sentence
from promptstead.report.review_document import (
    ChangeDocument,
    ComparisonDocument,
    PromptDocument,
    ReviewDocument,
)
from promptstead.report.review_markdown_details import MAX_DETAIL, MAX_ROWS, MIN_DETAIL, details, parts
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import FEW_CASES

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

THINGS = ("regression", "improvement")
MARKS: dict[str, str] = {
    Verdict.REGRESSION: "🔴",
    Verdict.WITHIN_MARGIN: "🟠",
    Verdict.INCONCLUSIVE: "⚪",
    Verdict.NO_REGRESSION: "✅",
    Verdict.IMPROVEMENT: "🟢",
    Verdict.NOT_EVALUATED: "➖",
}


def review_markdown(review: ReviewDocument, limit: int = MAX_CHARACTERS) -> str:
    """Return the review in at most *limit* characters.

    What is left out first is the details of the last prompts, then cases that were not compared, then rows of the
    table, and the text says so; the headline and what weakens the evidence stay. Of a prompt whose details are cut,
    what must not fail stays, and the first of its words, answers and findings.
    """
    text = "\n".join([_headline(review), *_weakens(review, limit // 4)]) + "\n"
    text += "\n".join(_table(review, min(MAX_TABLE, (limit - len(text)) // 2))) + "\n"
    tail = "\n".join(_not_compared(review, min(MAX_NOT_COMPARED, limit // 8)))
    left_out = 0
    for prompt in review["prompts"]:
        room = limit - len(text) - len(tail) - _SPARE
        every = list(parts(prompt))
        shown = details(prompt, every, min(MAX_DETAIL, room)) if not left_out and room >= MIN_DETAIL else ""
        if shown:
            text += "\n" + shown + "\n"
        else:
            left_out += bool(every)
    if left_out:
        text += f"\nDetails of {left_out} more prompt{'' if left_out == 1 else 's'} are in the full report.\n"
    return f"{text}\n{tail}\n" if tail else text


def _headline(review: ReviewDocument) -> str:
    outcomes = ", ".join(counted(count, outcome) for outcome, count in list(review["outcomes"].items())[:20])
    hidden = out_of_sight(review)
    state = "⛔" if review["blocks"] else "⚠" if hidden or _undecided(review) else "✔"
    prompts = len(review["prompts"])
    revisions = f"{code(review['base'])}..{code(review['head'])}"
    if not prompts:
        state = "⚠" if review["weakens"] else state
        return f"{state} **{hidden}No prompt changed** · {revisions}"
    return (
        f"{state} **{hidden}{outcomes}** in {prompts} changed prompt{'' if prompts == 1 else 's'} · {revisions}"
        f" · {review['evaluated']:,} recorded answers replayed, 0 model calls"
    )


def out_of_sight(review: ReviewDocument) -> str:
    """Return how many prompts the change takes out of sight, for the front of the first line; empty where none."""
    count = len(review.get("unlisted", ()))
    return f"{count:,} prompt{' is' if count == 1 else 's are'} no longer looked at · " if count else ""


def _undecided(review: ReviewDocument) -> bool:
    """Tell whether a model's answers leave it open if the change makes them worse, also as none can be compared."""
    if review["counts"].keys() & {str(Verdict.INCONCLUSIVE), str(Verdict.WITHIN_MARGIN)}:
        return True
    comparisons = (comparison for prompt in review["prompts"] for comparison in prompt["comparisons"])
    return any(not each["pairs"] and each["left_out"] and not each["reference_answers"] for each in comparisons)


def counted(count: int, outcome: str) -> str:
    """Return ``2 regressions``: the outcomes that are things have a plural, the others are said of each."""
    return f"{count:,} {plain(outcome)}" + ("s" if count != 1 and outcome in THINGS else "")


def _weakens(review: ReviewDocument, size: int) -> Iterator[str]:
    lines = review["weakens"]
    if not lines:
        return
    yield ""
    for number, line in enumerate(lines):
        text = f"- {sentence(line)}"
        size -= len(text)
        if number == MAX_WEAKENS or size < 0:
            yield f"- … and {len(lines) - number} more"
            return
        yield text


def _table(review: ReviewDocument, size: int) -> Iterator[str]:
    if not review["prompts"]:
        return
    yield ""
    yield "| prompt | change | contract | lint | cases ✔→✘ / ✘→✔ / same | score | verdict | tokens per call |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for number, prompt in enumerate(review["prompts"]):
        rows = list(_rows(prompt))
        size -= sum(map(len, rows))
        if size < 0:
            yield f"\n… and {len(review['prompts']) - number} more prompts, in the full report"
            return
        yield from rows


def _rows(prompt: PromptDocument) -> Iterator[str]:
    """Yield one row for each pair of models that is compared, the first with what is about the prompt itself."""
    if prompt["error"]:
        yield f"| {cell(prompt['id'])} | not valid | – | {_lint(prompt)} | – | – | ⛔ not valid | – |"
        return
    change = prompt["change"]
    first = [cell(prompt["id"]), cell(change["summary"]) if change else "", _contract(change), _lint(prompt)]
    last = _tokens(prompt)
    for comparison in prompt["comparisons"][:MAX_ROWS] or (None,):
        yield "| " + " | ".join([*first, *_scores(comparison), last]) + " |"
        first, last = [""] * len(first), ""
    if len(prompt["comparisons"]) > MAX_ROWS:
        yield f"| … and {len(prompt['comparisons']) - MAX_ROWS} more models | | | | | | | |"


def _contract(change: ChangeDocument | None) -> str:
    reasons = change["contract"]["reasons"] if change else []
    if change is None or change["kind"] == "added" or change["contract"]["consequence"] == "none" or not reasons:
        return "none"
    word = "**breaking**" if change["contract"]["consequence"] == "breaking" else "compatible"
    return f"{cell(reasons[0]['text'], 80)}: {word}"


def _lint(prompt: PromptDocument) -> str:
    lint = prompt["lint"]
    codes = sorted({rule_code(found["code"]) for found in lint["new"]})
    new = f"{len(lint['new'])} new" + (f" ({', '.join(codes[:5])})" if codes else "")
    return f"{new}, {lint['fixed']} fixed" if lint["fixed"] else new


def _scores(comparison: ComparisonDocument | None) -> list[str]:
    if comparison is None:
        return ["–", "–", f"{MARKS[Verdict.NOT_EVALUATED]} not evaluated"]
    broken, fixed, same = len(comparison["broken"]), len(comparison["fixed"]), comparison["unchanged"]
    cases = f"{broken} / {fixed} / {same}" if broken + fixed + same else "–"
    if broken:
        cases = f"**{cases}**"
    if comparison["reference_answers"]:
        cases += " (reference)" if cases != "–" else ""
    if comparison["violations"] and comparison["verdict"] != Verdict.REGRESSION:
        return [cases, score_text(comparison), f"⛔ {len(comparison['violations'])} must not fail"]
    verdict = f"{MARKS.get(comparison['verdict'], '➖')} {plain(comparison['verdict']).lower()}"
    if alone := comparison.get("verdict_alone"):
        verdict += f" ({plain(alone).lower()} by itself)"
    if comparison["further_cases"]:
        verdict += f": about {comparison['further_cases']:,} more cases would decide"
    return [cases, score_text(comparison), verdict]


def score_text(comparison: ComparisonDocument) -> str:
    """Return the rates or scores of both sides and the interval of their difference; a dash without any."""
    before, after, difference = comparison["base_rate"], comparison["head_rate"], comparison["difference"]
    lower, upper = comparison["lower"], comparison["upper"]
    if before is None or after is None or difference is None or lower is None or upper is None:
        return "–"
    if comparison["pairs"] < FEW_CASES:
        return f"{comparison['pairs']} cases: too few for a percentage"
    if comparison["scale"] == "score":
        less = ", less is better" if comparison.get("better") == "lower" else ""
        return f"{before:.4g} → {after:.4g} ({difference:+.3g} [{lower:+.3g}, {upper:+.3g}]{less})"
    interval = f"{difference * 100:+.1f} [{lower * 100:+.1f}, {upper * 100:+.1f}]"
    return f"{before * 100:.2f} → {after * 100:.2f} % ({interval})"


def _tokens(prompt: PromptDocument) -> str:
    base, head = prompt["tokens"]["base"], prompt["tokens"]["head"]
    if base is None and head is None:
        return "unknown"
    return " → ".join("?" if tokens is None else f"{tokens:.0f}" for tokens in (base, head))


def _not_compared(review: ReviewDocument, size: int) -> Iterator[str]:
    left = not_compared(review)
    if not left:
        return
    count = sum(map(len, left.values()))
    yield f"<details><summary>Not compared: {count:,} case{'' if count == 1 else 's'}</summary>\n"
    for (prompt_id, why), cases in left.items():
        names = some_of(cases, MAX_NAMES, lambda name: code(name, 120))
        text = f"- {code(prompt_id, 120)} {names}: {code(why)}"
        size -= len(text)
        if size < 0:
            yield f"- … and {count:,} more"
            break
        count -= len(cases)
        yield text
    yield "\n</details>"


def not_compared(review: ReviewDocument) -> dict[tuple[str, str], list[str]]:
    """Return prompt and reason -> the cases that are not compared."""
    left: dict[tuple[str, str], list[str]] = {}
    for prompt in review["prompts"]:
        for comparison in prompt["comparisons"]:
            for each in comparison["left_out"]:
                left.setdefault((prompt["id"], each["why"]), []).append(each["case"])
    return left


def comment_text(review: ReviewDocument, limit: int, run: str = "") -> str:
    """Return the comment in at most *limit* characters; *run* is the address of the run that computed the report."""
    where = f"the artifact of [this run]({run})" if run else "`promptstead review --format json`"
    footer = f"\n<sub>Commit {code(review['head_commit'] or 'unknown', 64)} · full report: {where}</sub>\n"
    return review_markdown(review, min(MAX_CHARACTERS, limit) - len(footer)) + footer
