"""What a table of a run says of one rate or mean score: the mean, its 95 % interval, its standard error."""

from promptstead.report.numbers import number
from promptstead.runs.classification import Classification
from promptstead.runs.tally import Rate
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

NOTHING = "–"


def share(value: float | None, language: Language) -> str:
    """Return a share in per cent."""
    return NOTHING if value is None else f"{number(value * 100, language, '.2f')} %"


def mean(rate: Rate, language: Language) -> str:
    """Return the mean: a rate in per cent, a score on its own scale."""
    if rate.mean is None or rate.kind == "assertion":
        return share(rate.mean, language)
    return number(rate.mean, language, ".4g")


def interval(rate: Rate | Classification, language: Language) -> str:
    """Return the bounds, in per cent for a rate or an accuracy."""
    if rate.lower is None or rate.upper is None:
        return NOTHING
    if _is_share(rate):
        return say_in(language, "runs.share-bounds", lower=rate.lower * 100, upper=rate.upper * 100)
    return say_in(language, "runs.score-bounds", lower=rate.lower, upper=rate.upper)


def error(rate: Rate | Classification, language: Language) -> str:
    """Return the standard error: points for a rate or an accuracy, two digits on the scale of a score."""
    if rate.error is None:
        return NOTHING
    return number(rate.error * 100, language, ".2f") if _is_share(rate) else number(rate.error, language, ".2g")


def _is_share(rate: Rate | Classification) -> bool:
    return isinstance(rate, Classification) or rate.kind == "assertion"
