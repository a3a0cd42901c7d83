"""The review as Markdown for a pull-request comment or a job summary, from its JSON report.

The report may have been written by another job, over which an author has power: it must not be able to do anything but
show text.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, cast, get_args

from promptstead.diff.values import ValueChange
from promptstead.diff.words import Piece, PieceKind
from promptstead.evals.gate import FEW_CASES
from promptstead.evals.verdict import Verdict
from promptstead.report.changes import values_text
from promptstead.report.document import (
    ChangeDocument,
    ComparisonDocument,
    FailureDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ReviewDocument,
    ValueDocument,
)
from promptstead.report.excerpt import excerpt
from promptstead.report.markup import block, cell, code, html

MAX_CHARACTERS = 60_000
"""Of the whole; a comment on GitHub holds 65,536."""
MAX_ANSWERS = 10
"""Most answers shown of one prompt."""
MAX_DETAIL = 12_000
"""Characters of one prompt's details."""
MAX_MESSAGE = 4_000
"""Characters of what changed in one text."""
MAX_TABLE = 24_000
"""Characters of the table."""
MAX_ROWS = 20
"""Most rows of one prompt, that is, pairs of models."""
MAX_NOT_COMPARED = 6_000
"""Characters of the list of cases that were not compared."""
MAX_WEAKENS = 10
"""Most lines of what weakens the evidence."""
MAX_WAYS = 3
"""Most ways in which rendered messages change that are shown."""
MAX_REASONS = 10
"""Most reasons of one comparison."""
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


_Part = Literal["partials", "inputs", "output", "tools", "model", "examples", "governance", "description"]
VALUE_PARTS: tuple[_Part, ...] = get_args(_Part)
"""The parts of a change that are values, in the order in which they are shown."""


def review_markdown(review: ReviewDocument, limit: int = MAX_CHARACTERS) -> str:
    """Return the review in at most *limit* characters.

    What is left out first is the details of the last prompts, then cases that were not compared, then rows of the
    table, and the text says so; the headline and what weakens the evidence stay.
    """
    text = "\n".join([_headline(review), *_weakens(review, limit // 4)]) + "\n"
    text += "\n".join(_table(review, min(MAX_TABLE, (limit - len(text)) // 2))) + "\n"
    tail = "\n".join(_not_compared(review, min(MAX_NOT_COMPARED, limit // 8)))
    left_out = 0
    for prompt in review["prompts"]:
        details = "\n".join(_details(prompt))
        if len(text) + len(details) + len(tail) + _SPARE > limit:
            left_out += bool(details)
        else:
            text += "\n" + details + "\n"
    if left_out:
        text += f"\nDetails of {left_out} more prompt{'' if left_out == 1 else 's'} are in the JSON report.\n"
    return f"{text}\n{tail}\n" if tail else text


def _headline(review: ReviewDocument) -> str:
    outcomes = ", ".join(counted(count, outcome) for outcome, count in list(review["outcomes"].items())[:20])
    state = "⛔" if review["blocks"] else "⚠" if _undecided(review) else "✔"
    prompts = len(review["prompts"])
    revisions = f"{code(review['base'])}..{code(review['head'])}"
    if not prompts:
        return f"✔ **No prompt changed** · {revisions}"
    return (
        f"{state} **{outcomes}** in {prompts} changed prompt{'' if prompts == 1 else 's'} · {revisions}"
        f" · {review['evaluated']:,} recorded answers replayed, 0 model calls"
    )


def _undecided(review: ReviewDocument) -> bool:
    """Tell whether a model's answers leave it open if the change makes them worse, also as none can be compared."""
    if review["counts"].keys() & {str(Verdict.INCONCLUSIVE), str(Verdict.WITHIN_MARGIN)}:
        return True
    comparisons = (comparison for prompt in review["prompts"] for comparison in prompt["comparisons"])
    return any(not each["pairs"] and each["left_out"] and not each["reference_answers"] for each in comparisons)


def counted(count: int, outcome: str) -> str:
    """Return ``2 regressions``: the outcomes that are things have a plural, the others are said of each."""
    return f"{count:,} {_plain(outcome)}" + ("s" if count != 1 and outcome in THINGS else "")


def _weakens(review: ReviewDocument, size: int) -> Iterator[str]:
    lines = review["weakens"]
    if not lines:
        return
    yield ""
    for number, line in enumerate(lines):
        text = f"- {_mixed(line)}"
        size -= len(text)
        if number == MAX_WEAKENS or size < 0:
            yield f"- … and {len(lines) - number} more"
            return
        yield text


def _mixed(text: str) -> str:
    """Return a sentence of ours with what it quotes; all of it as code, since what it quotes is not ours."""
    return code(text.replace("`", ""), 300)


def _plain(word: str) -> str:
    """Return a word that only promptstead writes into a report, and nothing else where it is not one."""
    return word if len(word) < 60 and all(part.isalpha() for part in word.split(" ")) else "unknown"


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
            yield f"\n… and {len(review['prompts']) - number} more prompts, in the JSON report"
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
    codes = sorted({_code(found["code"]) for found in lint["new"]})
    new = f"{len(lint['new'])} new" + (f" ({', '.join(codes[:5])})" if codes else "")
    return f"{new}, {lint['fixed']} fixed" if lint["fixed"] else new


def _code(text: str) -> str:
    return text if text.isalnum() and len(text) < 20 else "unknown"


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
    verdict = f"{MARKS.get(comparison['verdict'], '➖')} {_plain(comparison['verdict']).lower()}"
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
        return f"{before:.4g} → {after:.4g} ({difference:+.3g} [{lower:+.3g}, {upper:+.3g}])"
    interval = f"{difference * 100:+.1f} [{lower * 100:+.1f}, {upper * 100:+.1f}]"
    return f"{before * 100:.2f} → {after * 100:.2f} % ({interval})"


def _tokens(prompt: PromptDocument) -> str:
    base, head = prompt["tokens"]["base"], prompt["tokens"]["head"]
    if base is None and head is None:
        return "unknown"
    return " → ".join("?" if tokens is None else f"{tokens:.0f}" for tokens in (base, head))


def _details(prompt: PromptDocument) -> Iterator[str]:
    broken = sum(len(comparison["broken"]) for comparison in prompt["comparisons"])
    title = f"{prompt['id']}: {broken} answer{'' if broken == 1 else 's'} got worse" if broken else prompt["id"]
    parts = [
        *_findings(prompt),
        *_answers(prompt),
        *_reasons(prompt),
        *(_words(prompt["change"]) if prompt["change"] else ()),
        *_rendered(prompt["rendered"]),
    ]
    if not parts:
        return
    yield f"<details{' open' if prompt['blocks'] else ''}><summary>{html(title)}</summary>\n"
    size = 0
    for part in parts:
        size += len(part)
        if size > MAX_DETAIL:
            yield "… the rest is in the JSON report."
            break
        yield part + "\n"
    yield "</details>"


def _findings(prompt: PromptDocument) -> Iterator[str]:
    if prompt["error"]:
        yield f"**Not valid** {code(prompt['error'])}"
    new = prompt["lint"]["new"]
    for found in new[:10]:
        hint = f" – {code(found['hint'])}" if found["hint"] else ""
        place = code(f"{found['path']}:{found['line']}:{found['column']}")
        yield f"**{_plain(found['level'])} {_code(found['code'])}** {place}: {code(found['message'])}{hint}"
    if len(new) > 10:
        yield f"… and {len(new) - 10} more findings"


def _reasons(prompt: PromptDocument) -> Iterator[str]:
    for comparison in prompt["comparisons"][:MAX_ROWS]:
        models = " → ".join(dict.fromkeys(filter(None, (comparison["base_model"], comparison["head_model"]))))
        reasons = comparison["reasons"][:MAX_REASONS]
        yield "\n".join(f"- {code(models) + ': ' if models else ''}{_mixed(reason)}" for reason in reasons)


def _answers(prompt: PromptDocument) -> Iterator[str]:
    shown = 0
    for comparison in prompt["comparisons"]:
        for violation in comparison["violations"]:
            if shown < MAX_ANSWERS:
                shown += 1
                where = f"{code(violation['case'] or 'every case')} · {code(violation['check'])}"
                yield f"**must not fail** {where}: {code(violation['reason'])}"
        for label, pairs in (("worse", comparison["broken"]), ("better", comparison["fixed"])):
            for pair in pairs:
                if shown == MAX_ANSWERS:
                    counts = f"{len(comparison['broken'])} answers got worse and {len(comparison['fixed'])} better"
                    yield f"… {counts}; the JSON report has them all."
                    return
                shown += 1
                yield _answer(label, pair)


def _answer(label: str, pair: PairDocument) -> str:
    failures: Sequence[FailureDocument] = pair["head_failures"] if label == "worse" else pair["base_failures"]
    failed = "; ".join(f"{code(each['evaluator'])}: {code(each['reason'])}" for each in failures[:MAX_REASONS])
    when = f"; {'failed' if label == 'worse' else 'failed before'}: {failed}" if failed else ""
    inputs = "\n".join(f"{name}: {value}" for name, value in pair["inputs"].items())
    return "\n\n".join(
        (
            f"**{code(pair['case'])}** got {label}{when}",
            f"Input\n{block(inputs, 800)}",
            f"Before\n{block(pair['base_answer'] or '', 1_200)}",
            f"After\n{block(pair['head_answer'] or '', 1_200)}",
        )
    )


def _words(change: ChangeDocument) -> Iterator[str]:
    for message in change["messages"]:
        kind = "" if message["kind"] == "changed" else f"{_plain(message['kind'])} "
        yield f"**{_plain(message['role'])} message** {kind}" + _pieces(message["pieces"])
    for name in VALUE_PARTS:
        for value in change[name][:20]:
            text = _pieces(value["pieces"]) if value["pieces"] else code(values_text(value_change(value)))
            yield f"**{name}** {code(value['path'])}: {text}"


def _rendered(rendered: RenderedDocument | None) -> Iterator[str]:
    """Yield which cases are sent something else; the words of one stand for all that change alike."""
    if rendered is None or not (rendered["changes"] or rendered["broken"]):
        return
    ways = rendered["changes"]
    changed = sum(len(way["cases"]) for way in ways)
    alike = "alike" if len(ways) == 1 else f"in {len(ways)} ways"
    what = "1 case changes" if changed == 1 else f"{changed} cases change {alike}"
    yield f"**rendered messages** {what}, {rendered['same']} stay{'s' if rendered['same'] == 1 else ''} the same"
    for way in ways[:MAX_WAYS] if len(ways) > 1 else ():
        words = "; ".join(_pieces(message["pieces"]) for message in way["messages"])
        more = f" and {len(way['cases']) - 1} more" if len(way["cases"]) > 1 else ""
        yield f"- {code(''.join(way['cases'][:1]))}{more}: {words}"
    for left in rendered["broken"][:MAX_WAYS]:
        yield f"- {code(left['case'])} can be rendered on one side only: {code(left['why'])}"


def value_change(value: ValueDocument) -> ValueChange:
    """Return a value of the report as the change that it tells of."""
    kind = value["kind"]
    return ValueChange(
        "added" if kind == "added" else "removed" if kind == "removed" else "changed", (), value["old"], value["new"]
    )


def _pieces(pieces: Sequence[PieceDocument]) -> str:
    shown: list[str] = []
    for piece in excerpt(Piece(cast(PieceKind, piece["kind"]), piece["text"]) for piece in pieces):
        text = code(piece.text, 1_500)
        if not text:
            continue
        if sum(map(len, shown)) + len(text) > MAX_MESSAGE:
            return " ".join(shown) + " … the rest is in the JSON report."
        if piece.kind in ("removed", "moved from"):
            shown.append(f"~~{text}~~" + (" (moved)" if piece.kind == "moved from" else ""))
        elif piece.kind in ("added", "moved to"):
            shown.append(f"**{text}**" + (" (moved here)" if piece.kind == "moved to" else ""))
        else:
            shown.append(text)
    return " ".join(shown)


def _not_compared(review: ReviewDocument, size: int) -> Iterator[str]:
    left = [
        (prompt["id"], each)
        for prompt in review["prompts"]
        for comparison in prompt["comparisons"]
        for each in comparison["left_out"]
    ]
    if not left:
        return
    yield f"<details><summary>Not compared: {len(left)} case{'' if len(left) == 1 else 's'}</summary>\n"
    for number, (prompt_id, each) in enumerate(left):
        text = f"- {code(prompt_id, 120)} {code(each['case'], 120)}: {code(each['why'])}"
        size -= len(text)
        if size < 0:
            yield f"- … and {len(left) - number} more"
            break
        yield text
    yield "\n</details>"
