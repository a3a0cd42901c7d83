"""A new answer beside the accepted one, as lines of text for the person who decides."""

from collections.abc import Callable, Iterator

from promptstead.diff.words import word_diff
from promptstead.errors import one_line
from promptstead.escapes import visible
from promptstead.evaluators.shared.results import CaseResult, Result, total_usage
from promptstead.outputs.calls import answer_text
from promptstead.report.diff_text import Paint, inline

Cost = Callable[[CaseResult], float | None]

MAX_LINES = 200
"""Most lines shown of one answer."""


def as_lines(
    before: CaseResult | None, after: CaseResult, cost: Cost, paint: Paint = lambda text, style: text
) -> Iterator[str]:
    """Yield what is new in an answer: its words, what each check says of it, its tokens and what they cost.

    :param before: the accepted answer, judged; None where there is none.
    :param cost: what the answers of a result cost, None where nobody knows.
    """
    assert after.output is not None
    old = before.output.samples if before and before.output else ()
    samples = after.output.samples
    for number, sample in enumerate(samples, 1):
        accepted = answer_text(old[min(number, len(old)) - 1]) if old else None
        text = answer_text(sample)
        label = f"  sample {number} of {len(samples)}:" if len(samples) > 1 else "  answer:"
        if accepted == text:
            yield f"{label} the same as before"
            continue
        pieces = word_diff(accepted, text) if accepted is not None else ()
        yield label
        yield from _indented(inline(pieces, paint) if pieces else visible(text))
    for name in dict.fromkeys(name for sample in after.samples for name in sample):
        now = _said(after, name)
        was = _said(before, name) if before else ""
        change = f"{was} → {now}" if was and was != now else now
        style = "red" if now.startswith("fail") else "green" if now == "pass" else ""
        reasons = dict(after.failures())
        why = f": {one_line(reasons[name])}" if name in reasons else ""
        yield f"  {one_line(name)} " + (paint(change, style) if style else change) + why
    now = _shown(after, cost)
    yield "  tokens " + (f"{_shown(before, cost)} → {now}" if before else now)
    if after.output.attempts > len(samples):
        yield f"  the model was asked {after.output.attempts} times"


def _shown(result: CaseResult, cost: Cost) -> str:
    sent, got = ("unknown" if count is None else f"{count:,}" for count in total_usage(result))
    money = cost(result)
    return f"{sent} in, {got} out" + ("" if money is None else f", cost {money:.4f}")


def _said(result: CaseResult, name: str) -> str:
    """Return what a check says of all samples: ``pass``, ``fail``, ``unscored``, or its scores or labels."""
    found = [sample[name] for sample in result.samples if name in sample]
    if all(each.value is None or isinstance(each.value, bool) for each in found):
        outcome = result.outcome(name)
        return "unscored" if outcome is None else "pass" if outcome else "fail"
    return ", ".join(map(_value, found))


def _value(result: Result) -> str:
    if result.value is None:
        return "unscored"
    return f"{result.value:.4g}" if isinstance(result.value, float) else one_line(str(result.value), 60)


def _indented(text: str) -> Iterator[str]:
    lines = text.split("\n")
    yield from (f"    {line}" for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"    … and {len(lines) - MAX_LINES} more lines"
