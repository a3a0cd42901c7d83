"""A comparison for CI servers: one test case a prompt and pair of models, failed where the gate fails.

Not one a case: a broken case among many is no failure of the gate, and a red line for it would say otherwise than the
exit code.
"""

from promptstead.report.comparison_text import models
from promptstead.report.junit import JUnitCase, Suite, junit
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision


def comparison_junit(report: ComparisonReport) -> str:
    """Return the comparison as JUnit XML; what is not evaluated is skipped."""
    suites = [Suite(prompt.id, tuple(_cases(report, prompt))) for prompt in report.prompts]
    return junit(f"promptstead compare {report.base} {report.head}", suites)


def _cases(report: ComparisonReport, prompt: ComparedPrompt) -> list[JUnitCase]:
    if prompt.error:
        return [JUnitCase("valid", prompt.id, "failure", prompt.error)]
    refused = report.fail_not_evaluated and prompt.verdict == Verdict.NOT_EVALUATED
    return [_case(prompt.id, decision, refused or report.fails(decision)) for decision in prompt.decisions]


def _case(prompt: str, decision: Decision, fails: bool) -> JUnitCase:
    name = models(decision)
    text = "\n".join(
        [
            *decision.reasons,
            *(f"broken: {pair.head.case.id}" for pair in decision.broken),
            *(f"fixed: {pair.head.case.id}" for pair in decision.fixed),
            *(f"not compared: {left.case}: {left.why}" for left in decision.left_out),
        ]
    )
    if fails:
        return JUnitCase(name, prompt, "failure", f"{decision.verdict}: {decision.reasons[0]}", text)
    if decision.verdict == Verdict.NOT_EVALUATED:
        return JUnitCase(name, prompt, "skipped", decision.reasons[-1], text)
    return JUnitCase(name, prompt)
