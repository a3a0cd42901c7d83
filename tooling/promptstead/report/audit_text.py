"""How far a judge can be trusted, as lines of text."""

from collections.abc import Iterator

from promptstead.errors import one_line
from promptstead.runs.calibration import FILE, Audit
from promptstead.statistics.agreement import Agreement
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


def audit_lines(prompt: str, found: Audit, language: Language = "en") -> Iterator[str]:
    """Yield what is known of one judge of the prompt with the id *prompt*: against people, then against itself."""
    yield one_line(say_in(language, "runs.judge", prompt=prompt, check=found.evaluator, judge=found.judge))
    for line in (*_judged(found, language), *_people(found, language), *_itself(found, language)):
        yield f"  {line}"


def _judged(found: Audit, language: Language) -> Iterator[str]:
    said = say_in(language, "runs.judged", n=found.judged, all=found.answers)
    nonsense = found.nonsense
    yield f"{said}, {say_in(language, 'runs.nonsense', n=nonsense)}" if nonsense else said


def _people(found: Audit, language: Language) -> Iterator[str]:
    agreement = found.agreement
    if agreement.n:
        said = say_in(language, "runs.people", n=found.humans, answers=agreement.n)
        yield f"{said}, {say_in(language, 'runs.tied', n=found.tied)}" if found.tied else said
        share = _share(agreement.rate, agreement.lower, agreement.upper, language)
        yield say_in(language, "runs.agreement", share=share)
        yield say_in(language, "runs.kappa", kappa=_kappa(agreement, language))
        if found.weighted is not None:
            yield say_in(language, "runs.weighted-kappa", kappa=_kappa(found.weighted, language))
    else:
        yield say_in(language, "runs.no-people", file=FILE)
    if found.gone:
        yield say_in(language, "runs.labels-left-out", n=found.gone)


def _itself(found: Audit, language: Language) -> Iterator[str]:
    itself = found.itself
    if not itself.things:
        yield say_in(language, "runs.judged-once")
        return
    share = _share(itself.rate, itself.lower, itself.upper, language)
    yield say_in(language, "runs.itself", n=itself.split, all=itself.things, share=share)
    yield say_in(language, "runs.itself-pairs", share=100 * (itself.pairs or 0))


def _share(rate: float | None, lower: float | None, upper: float | None, language: Language) -> str:
    share, low, high = (100 * (each or 0) for each in (rate, lower, upper))
    return say_in(language, "runs.share-interval", share=share, lower=low, upper=high)


def _kappa(found: Agreement, language: Language) -> str:
    if found.kappa is None:
        return say_in(language, "runs.kappa-undefined")
    if found.kappa_lower is None or found.kappa_upper is None:
        return say_in(language, "runs.kappa-alone", kappa=found.kappa)
    return say_in(language, "runs.kappa-interval", kappa=found.kappa, lower=found.kappa_lower, upper=found.kappa_upper)
