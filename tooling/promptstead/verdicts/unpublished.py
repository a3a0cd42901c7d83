"""Results that others may read, of answers that they may not.

Whoever writes the checks of a change could have them quote what they judge; so no report shows it, whoever asks.
"""

from promptstead.evaluators.shared.results import CaseResult
from promptstead.words.sentence import say


def without_answer(result: CaseResult) -> CaseResult:
    """Return *result* without the text of answers that are kept outside the repository, and what reasons quote."""
    return _without(result) if _is_kept_outside(result) else result


def _is_kept_outside(result: CaseResult) -> bool:
    return result.output is not None and any(sample.digest for sample in result.output.samples)


def _without(result: CaseResult) -> CaseResult:
    assert result.output is not None
    not_shown = say("verdicts.answer-not-shown")
    samples = tuple(
        sample._replace(output=f"({not_shown})", tool_calls=(), scores=None) if sample.digest else sample
        for sample in result.output.samples
    )
    judged = tuple(
        {name: each._replace(reason=not_shown) if each.reason else each for name, each in sample.items()}
        for sample in result.samples
    )
    return result._replace(output=result.output._replace(samples=samples), samples=judged)
