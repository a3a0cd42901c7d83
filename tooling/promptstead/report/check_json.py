"""What ``promptstead check`` says of the recorded answers of each prompt, for programs."""

from collections.abc import Mapping

from promptstead.evaluators.shared.results import STATES, state_of
from promptstead.model import Json
from promptstead.outputs.counterexamples import STATES as COUNTEREXAMPLE_STATES
from promptstead.outputs.counterexamples import Trial
from promptstead.verdicts.checks import PromptCheck
from promptstead.verdicts.violations import Violation
from promptstead.words.sentence_json import sentence_json

FORMAT = "promptstead/check/v2"


def check_json(check: PromptCheck) -> Json:
    """Return what is said of one prompt, complete."""
    models = {}
    for model in check.by_model:
        models[model] = [
            {
                "evaluator": each.name,
                "kind": each.kind,
                "rate": each.mean,
                "lower": each.lower,
                "upper": each.upper,
                "cases": each.cases,
                "passes": each.passes if each.kind == "assertion" else None,
                "unscored": each.unscored,
            }
            for each in check.rates(model)
        ]
    return {
        "id": check.prompt.id,
        "path": check.prompt.path,
        "totals": {"cases": check.cases, "results": len(check.results)},
        "counts": check.counts,
        "rates": models,
        "violations": [violation_json(violation) for _, violation in check.violations],
        "counterexamples": [_trial(trial) for trial in check.trials],
        "cases": [
            {
                "case": result.case.id,
                "model": result.model,
                "state": state_of(result),
                "why": sentence_json(result.why) if result.why else None,
                "source": result.output.source if result.output else None,
                "failures": [{"evaluator": name, "reason": sentence_json(why)} for name, why in result.failures()],
            }
            for result in check.results
        ],
    }


def totals_json(cases: int, counts: Mapping[str, int], counterexamples: Mapping[str, int]) -> Json:
    """Return what all prompts come to: how many cases, how many results, and these by what they come to.

    :param counterexamples: likewise by what becomes of them.
    """
    states = {state: counts.get(state, 0) for state in STATES}
    caught = {state: counterexamples.get(state, 0) for state in COUNTEREXAMPLE_STATES}
    return {"cases": cases, "results": sum(states.values()), "counts": states, "counterexamples": caught}


def _trial(trial: Trial) -> Json:
    found = trial.counterexample
    return {
        "counterexample": found.id,
        "case": found.case,
        "evaluator": trial.evaluator,
        "state": trial.state,
        "reason": sentence_json(trial.reason),
        "why": found.why,
        "path": found.file,
        "line": trial.line,
    }


def violation_json(found: Violation) -> Json:
    """Return what may not fail and does, as ``check`` and ``eval`` say it."""
    return {"case": found.case, "evaluator": found.check, "reason": sentence_json(found.reason)}
