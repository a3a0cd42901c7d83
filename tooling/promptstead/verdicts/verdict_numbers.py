"""The numbers of a verdict in a sentence: the counts, the difference with its interval, and how they were found."""

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from promptstead.statistics.paired_shares import Comparison, Method
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.measured import shown_evaluator
from promptstead.verdicts.price import price_said
from promptstead.words.sentence import Sentence, say, word

if TYPE_CHECKING:
    from promptstead.verdicts.gate import Decision

FEW_CASES = 50
"""Under so many pairs a report leads with the broken cases, not with a percentage."""


def numbers(decision: "Decision", comparison: Comparison) -> Sentence:
    """Return what *comparison* comes to; where cases are few, those that broke come first, by name."""
    clauses = [_counts(decision, comparison), *_clauses(decision, comparison)]
    return say("verdicts.clauses", clauses=clauses) if len(clauses) > 1 else clauses[0]


def _counts(decision: "Decision", comparison: Comparison) -> Sentence:
    name, cases = shown_evaluator(decision.primary), comparison.n
    difference = _difference(comparison, score=decision.score)
    better, worse = comparison.fixed, comparison.broken
    broken = [pair.head.case.id for pair in decision.broken] if cases < FEW_CASES else []
    if comparison.method == Method.MCNEMAR:
        if broken:
            return say(
                "verdicts.broken-first",
                evaluator=name,
                broken=worse,
                names=broken,
                fixed=better,
                cases=cases,
                difference=difference,
            )
        return say(
            "verdicts.fixed-first", evaluator=name, fixed=better, broken=worse, cases=cases, difference=difference
        )
    if broken:
        return say(
            "verdicts.worse-first",
            evaluator=name,
            worse=worse,
            names=broken,
            better=better,
            cases=cases,
            difference=difference,
        )
    return say("verdicts.better-first", evaluator=name, better=better, worse=worse, cases=cases, difference=difference)


def _difference(comparison: Comparison, *, score: bool) -> Sentence:
    found, lower, upper = comparison.difference, comparison.lower, comparison.upper
    endless = not isfinite(lower) or not isfinite(upper)
    if score and endless:
        return say("verdicts.difference-alone", difference=found)
    if score:
        return say("verdicts.difference", difference=found, lower=lower, upper=upper)
    if endless:
        return say("verdicts.points-alone", difference=100 * found)
    return say("verdicts.points", difference=100 * found, lower=100 * lower, upper=100 * upper)


def _clauses(decision: "Decision", comparison: Comparison) -> Iterator[Sentence]:
    if decision.score and decision.less:
        yield say("verdicts.less-is-better")
    if decision.score:
        yield say("verdicts.margin-of-score", margin=decision.margin, base=decision.base_mean or 0.0)
    if comparison.method == Method.T:
        yield say("verdicts.method-t")
    elif comparison.method == Method.BOOTSTRAP:
        yield say("verdicts.method-bootstrap")
    if comparison.clustered:
        yield say("verdicts.clusters", n=comparison.units)
    if decision.alone is not None:
        alone, p, family = word(decision.alone.lower()), comparison.p_value, comparison.family
        if comparison.adjusted is None:
            yield say("verdicts.alone", verdict=alone, p=p, family=family)
        else:
            yield say("verdicts.alone-adjusted", verdict=alone, p=p, family=family, adjusted=comparison.adjusted)
    if decision.verdict == Verdict.INCONCLUSIVE:
        yield price_said(decision)
