"""A new answer beside the accepted one, as lines of text for the person who decides."""

from collections.abc import Callable, Iterator

from promptstead.diff.words import word_diff
from promptstead.errors import one_line
from promptstead.escapes import visible
from promptstead.evaluators.shared.results import CaseResult, Result, total_usage
from promptstead.outputs.calls import answer_text
from promptstead.report.diff_text import Paint, inline
from promptstead.report.numbers import number
from promptstead.report.token_parts import tokens_in_and_out
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

Cost = Callable[[CaseResult], float | None]

MAX_LINES = 200
"""Most lines shown of one answer."""


def as_lines(
    before: CaseResult | None,
    after: CaseResult,
    cost: Cost,
    language: Language = "en",
    paint: Paint = lambda text, style: text,
) -> Iterator[str]:
    """Yield what is new in an answer: its words, what each check says of it, its tokens and what they cost.

    :param before: the accepted answer, judged; None where there is none.
    :param cost: what the answers of a result cost, None where nobody knows.
    """
    assert after.output is not None
    yield from _words(before, after, language, paint)
    yield from _checks(before, after, language, paint)
    now = _used(after, cost, language)
    used = f"{_used(before, cost, language)} → {now}" if before else now
    yield f"  {say_in(language, 'listings.tokens', used=used)}"
    if after.output.attempts > len(after.output.samples):
        yield f"  {say_in(language, 'listings.attempts', n=after.output.attempts)}"


def _words(before: CaseResult | None, after: CaseResult, language: Language, paint: Paint) -> Iterator[str]:
    old = before.output.samples if before and before.output else ()
    samples = after.output.samples if after.output else ()
    for index, sample in enumerate(samples, 1):
        accepted = answer_text(old[min(index, len(old)) - 1], after.case) if old else None
        text = answer_text(sample, after.case)
        same = accepted == text
        if len(samples) > 1:
            said = say_in(language, "listings.sample-same" if same else "listings.sample", n=index, all=len(samples))
            yield f"  {said}"
        else:
            yield f"  {say_in(language, 'listings.answer-same' if same else 'listings.answer')}"
        if not same:
            pieces = word_diff(accepted, text) if accepted is not None else ()
            yield from _indented(inline(pieces, paint) if pieces else visible(text), language)


def _checks(before: CaseResult | None, after: CaseResult, language: Language, paint: Paint) -> Iterator[str]:
    reasons = dict(after.failures())
    for name in dict.fromkeys(name for sample in after.samples for name in sample):
        now, was = _said(after, name, language), _said(before, name, language) if before else ""
        change = f"{was} → {now}" if was and was != now else now
        style = {True: "green", False: "red", None: ""}[after.outcome(name)]
        said = f"{one_line(name)} " + (paint(change, style) if style else change)
        if name in reasons:
            reason = one_line(reasons[name].to(language))
            said = say_in(language, "listings.check-reason", check=said, reason=reason)
        yield f"  {said}"


def _used(result: CaseResult, cost: Cost, language: Language) -> str:
    tokens, money = tokens_in_and_out(total_usage(result), language), cost(result)
    return tokens if money is None else say_in(language, "listings.used-cost", tokens=tokens, cost=money)


def _said(result: CaseResult, name: str, language: Language) -> str:
    """Return what a check says of all samples: ``pass``, ``fail``, ``unscored``, or its scores or labels."""
    found = [sample[name] for sample in result.samples if name in sample]
    if all(each.value is None or isinstance(each.value, bool) for each in found):
        outcome = result.outcome(name)
        return label(language, "unscored" if outcome is None else "pass" if outcome else "fail")
    return ", ".join(_value(each, language) for each in found)


def _value(result: Result, language: Language) -> str:
    if result.value is None:
        return label(language, "unscored")
    if isinstance(result.value, float):
        return number(result.value, language, ".4g")
    return one_line(str(result.value), 60)


def _indented(text: str, language: Language) -> Iterator[str]:
    lines = text.split("\n")
    yield from (f"    {line}" for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"    {say_in(language, 'listings.more-lines', n=len(lines) - MAX_LINES)}"
