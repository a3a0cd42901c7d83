"""An example or a case misses an input, gives an unknown one, or gives one that the input's schema does not allow.

**Why it matters.** The case cannot be rendered, so that it tests nothing.

**Example.** `inputs: {complaint: …}` in a case, where `received_on` is required too.

**How to fix.** Give the inputs that the prompt declares. In files of GitHub Models' format, where an unknown value is
ignored, this is a warning.
"""

from collections.abc import Iterator, Mapping

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Json, Level, Problem
from promptstead.prompts.loaded import case_span
from promptstead.runtime.inputs import InputError, check_inputs
from promptstead.words.sentence import Sentence, own_words, say


def check(context: Context) -> Iterator[Problem]:
    """Check the inputs of every example and case as a call would."""
    declared = {
        name: {
            "schema": spec.schema,
            "required": spec.required,
            **({"default": spec.default} if spec.has_default else {}),
        }
        for name, spec in context.prompt.inputs.items()
    }
    github_models = context.prompt.dialect == "github-models"
    for index, example in enumerate(context.prompt.examples):
        reasons = _reasons(declared, example.inputs)
        if reasons:
            span = context.document.span((*example.at, "inputs"))
            message = say("rules.EXA502-example", example=index + 1, reasons=reasons)
            yield Problem("EXA502", message, span, say("rules.EXA502-hint"))
    for case in context.prompt.cases:
        reasons = _reasons(declared, case.inputs)
        unset = [f"{{{{{name}}}}}" for name in declared if name not in case.inputs] if github_models else []
        if unset or reasons:
            span = case_span(context.loaded.documents, case, *(() if github_models else ("inputs",)))
            level: Level | None = "warning" if github_models else None
            message = _case_message(case.id, unset, reasons)
            yield Problem("EXA502", message, span, say("rules.EXA502-hint"), path=case.file, level=level)


def _case_message(case: str, unset: list[str], reasons: list[Sentence]) -> Sentence:
    if not unset:
        return say("rules.EXA502-case", case=case, reasons=reasons)
    if not reasons:
        return say("rules.EXA502-unset", case=case, placeholders=unset)
    return say("rules.EXA502-unset-and", case=case, placeholders=unset, reasons=reasons)


def _reasons(declared: Mapping[str, Mapping[str, Json]], values: Mapping[str, Json]) -> list[Sentence]:
    try:
        check_inputs(declared, values)
    except InputError as error:
        return [own_words(problem) for problem in error.problems]
    return []


RULE = Rule(
    "EXA502",
    "wrong-inputs",
    "example or case that misses an input, or gives an unknown one",
    everywhere("error"),
    check,
)
