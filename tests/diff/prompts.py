"""Prompts for the tests of their differences."""

from promptstead.model import Case, EvaluatorSpec, Input, Json, Message, ModelChoice, Part, Prompt


def message(role: str, text: str) -> Message:
    return Message(role, (Part("text", text, ("messages", 0, "content")),))


def evaluator(name: str, kind: str = "contains", **options: Json) -> EvaluatorSpec:
    return EvaluatorSpec(name, kind, options, "a.prompt.yml", ("evaluators", name))


BASE = Prompt(
    id="bank/triage",
    path="prompts/bank/triage.prompt.yml",
    dialect="promptstead",
    data={"title": "Triage", "owners": ["@a"], "governance": {"purpose": "sort complaints", "risk": "limited"}},
    title="Triage",
    description="",
    language="en",
    inputs={
        "text": Input("text", {"type": "string", "maxLength": 100}),
        "day": Input("day", {}, default="x", required=False),
    },
    messages=(message("system", "Sort the complaint."), message("user", "{{ text }}")),
    model=ModelChoice("triage", {"temperature": 0}),
    output_format="json",
    output_schema={"type": "object", "properties": {"kind": {"enum": ["card", "fee"]}}, "required": ["kind"]},
    tools=({"name": "look_up", "parameters": {"type": "object", "properties": {"id": {"type": "string"}}}},),
    evaluators=(evaluator("named", value="kind"), evaluator("short", "length", max=100)),
    cases=(Case("one", {"text": "a"}, must_pass=True), Case("two", {"text": "b"})),
    partials={"partials/rules.md": "Obey the rules."},
)
