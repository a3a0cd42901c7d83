"""How many cases, results and answers a run has, in one line, and which tokens were cached or thought."""

from collections.abc import Iterator

from promptstead.evaluators.shared.results import STATES
from promptstead.report.numbers import counted
from promptstead.report.token_parts import has_parts, tokens_in_and_out
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


def counts_of(report: RunReport, language: Language) -> str:
    """Return the results by what they come to; the cases apart where several answered one."""
    states = report.states()
    listed = ", ".join(counted(language, state, states[state]) for state in STATES if states[state])
    cases = listed or say_in(language, "runs.no-cases")
    if (count := report.cases()) != states.total():
        cases = say_in(language, "listings.results", n=count, results=states.total(), counts=listed)
    return say_in(language, "runs.counted", cases=cases, n=report.used().samples)


def parts_of_tokens(report: RunReport, language: Language) -> Iterator[str]:
    """Yield tokens in and out in one line, where it is known that some were cached, or were reasoning."""
    used = report.used()
    if has_parts(used):
        yield say_in(language, "runs.tokens", used=tokens_in_and_out(used, language))
