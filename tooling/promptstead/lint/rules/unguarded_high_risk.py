"""The prompt declares high risk, and lacks what that asks for: human oversight, an evaluation, a second approver.

**Why it matters.** The AI Act asks of high-risk systems that people can oversee them (art. 14), that their accuracy is
measured and stated (art. 15) and that quality is managed by more than one pair of eyes (art. 17).

**Example.** `governance: {risk: high}` and no `human_oversight`; no cases, or none that an evaluator judges; one owner.

**How to fix.** Say under `governance.human_oversight` who checks the answer before it has an effect; add cases and
evaluators with a `gate.primary`; name a second owner, or a team (`@org/team`). No fix is offered.

What is missing is certain, since the class is your own: a note while you write, a warning in a review, an error in a
release. The date from which the duties apply is in a table: `promptstead rule --data`.
"""

from collections.abc import Iterator

from promptstead.lint.facts import load_facts
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem
from promptstead.words.sentence import Sentence, say


def check(context: Context) -> Iterator[Problem]:
    """Report what a prompt of declared high risk lacks, in one finding."""
    governance = context.prompt.data.get("governance", {})
    if governance.get("risk") != "high":
        return
    missing = list(_missing(context))
    if missing:
        date = load_facts("ai-act")["applies"]["annex_iii"]
        span = context.document.span(("governance", "risk"))
        yield Problem("GOV953", say("rules.GOV953", missing=missing), span, say("rules.GOV953-hint", date=date))


def _missing(context: Context) -> Iterator[Sentence]:
    prompt = context.prompt
    if not prompt.data["governance"].get("human_oversight"):
        yield say("rules.GOV953-oversight")
    judged = prompt.gate.primary and (prompt.evaluators or any(case.evaluators for case in prompt.cases))
    if not prompt.cases or not judged:
        yield say("rules.GOV953-evaluation")
    owners = prompt.data.get("owners") or []
    if len(set(owners)) < 2 and not any("/" in owner for owner in owners):
        yield say("rules.GOV953-approver")


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "error"}
RULE = Rule(
    "GOV953", "unguarded-high-risk", "high risk without oversight, evaluation or second approver", LEVELS, check
)
