"""A run for CI servers: one suite a prompt and model, one test case a case."""

from promptstead.evaluators.shared.results import CaseResult, Result, state_of
from promptstead.outputs.calls import answer_text
from promptstead.report.junit import JUnitCase, Suite, junit
from promptstead.report.numbers import number
from promptstead.verdicts.run_report import RunReport


def render(report: RunReport) -> str:
    """Return the rows that *report* kept as JUnit XML.

    A case fails when an assertion fails on one of its answers; it is skipped, with the reason, where it is not
    evaluated or nothing says whether it passes. A case with scores and labels only is skipped with these.
    """
    suites: dict[tuple[str, str], list[JUnitCase]] = {}
    for row in report.rows:
        suites.setdefault((row.prompt, row.result.model), []).append(_case(row.prompt, row.result))
    named = (
        Suite(prompt + (f" · {model}" if model else ""), tuple(cases)) for (prompt, model), cases in suites.items()
    )
    return junit("promptstead eval", named)


def _case(prompt: str, result: CaseResult) -> JUnitCase:
    samples = result.output.samples if result.output else ()
    seconds = [sample.seconds for sample in samples if sample.seconds is not None]
    time = sum(seconds) if seconds else None
    if result.state != "evaluated":
        return JUnitCase(result.case.id, prompt, "skipped", f"not evaluated: {result.why}", seconds=time)
    if result.passed:
        return JUnitCase(result.case.id, prompt, seconds=time)
    failures = [f"{name}: {why}" for name, why in result.failures()]
    if failures:
        answers = [f"answer {number}:\n{answer_text(sample, result.case)}" for number, sample in enumerate(samples, 1)]
        return JUnitCase(result.case.id, prompt, "failure", "; ".join(failures), "\n".join([*failures, *answers]), time)
    if state_of(result) == "measured":
        values = [f"{name} {_value(found)}" for judged in result.samples for name, found in judged.items()]
        message = f"scores or labels only: {', '.join(values)}"
        return JUnitCase(result.case.id, prompt, "skipped", message, seconds=time)
    unscored = [
        f"unscored: {name}: {found.reason}"
        for judged in result.samples
        for name, found in judged.items()
        if found.value is None
    ]
    return JUnitCase(result.case.id, prompt, "skipped", next(iter(unscored), "no assertion ran on it"), seconds=time)


def _value(found: Result) -> str:
    return number(found.value, "en", ".4g") if isinstance(found.value, float) else str(found.value)
