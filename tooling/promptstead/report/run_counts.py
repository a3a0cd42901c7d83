"""How many cases, results and answers a run has, in one line."""

from promptstead.evaluators.shared.results import STATES
from promptstead.report.numbers import counted
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
