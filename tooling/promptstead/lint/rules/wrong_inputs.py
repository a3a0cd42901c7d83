"""An example or a case misses an input, gives an unknown one, or gives one that the input's schema does not allow.

**Why it matters.** The case cannot be rendered, so that it tests nothing.

**Example.** `inputs: {complaint: …}` in a case, where `received_on` is required too.

**How to fix.** Give the inputs that the prompt declares. In files of GitHub Models' format, where an unknown value is
ignored, this is a warning.
"""

from collections.abc import Iterator, Mapping

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Json, KeyPath, Level, Problem, Span
from promptstead.prompts.attached_files import is_unattached
from promptstead.prompts.compiled_input import compiled_input
from promptstead.prompts.loaded import case_span
from promptstead.runtime.inputs import InputError, check_inputs
from promptstead.words.sentence import Sentence, own_words, say


def check(context: Context) -> Iterator[Problem]:
    """Check the inputs of every example and case as a call would."""
    declared = context.shared(declared_inputs)
    github_models = context.prompt.dialect == "github-models"
    for index, example in enumerate(context.prompt.examples):
        reasons = _reasons(declared, example.inputs)
        if reasons:
            span = _place(context.document, (*example.at, "inputs"), declared, example.inputs)
            message = say("rules.EXA502-example", example=index + 1, reasons=reasons)
            yield Problem("EXA502", message, span, _hint(declared, example.inputs))
    for case in context.prompt.cases:
        reasons = _reasons(*_attachable(declared, case.inputs))
        unset = [f"{{{{{name}}}}}" for name in declared if name not in case.inputs] if github_models else []
        if unset or reasons:
            span = case_span(context.loaded.documents, case)
            if not github_models and case.at:
                span = _place(context.loaded.documents[case.file], (*case.at, "inputs"), declared, case.inputs)
            level: Level | None = "warning" if github_models else None
            message = _case_message(case.id, unset, reasons)
            yield Problem("EXA502", message, span, _hint(declared, case.inputs), path=case.file, level=level)


def cases_with_wrong_inputs(context: Context) -> frozenset[str]:
    """Return the ids of the cases that cannot be rendered: what else is wrong with them is a consequence."""
    declared = context.shared(declared_inputs)
    return frozenset(case.id for case in context.prompt.cases if _reasons(declared, case.inputs))


def declared_inputs(context: Context) -> dict[str, dict[str, Json]]:
    """Return the inputs of the prompt as a call checks them."""
    return {name: compiled_input(spec) for name, spec in context.prompt.inputs.items()}


def _place(
    document: Document, at: KeyPath, declared: Mapping[str, Mapping[str, Json]], values: Mapping[str, Json]
) -> Span:
    """Return the key that is no input's, or the value that an input does not take; otherwise where inputs are given."""
    for name in values:
        if name not in declared:
            return document.key_span((*at, name))
    for name, value in values.items():
        if _reasons({name: declared[name]}, {name: value}):
            return document.span((*at, name))
    return document.span(at) if values == {} else document.key_span(at)


def _hint(declared: Mapping[str, Mapping[str, Json]], values: Mapping[str, Json]) -> Sentence:
    missing = [name for name in declared if name not in values]
    near = next((near for name in values if name not in declared and (near := nearest(name, missing))), "")
    if near:
        return say("rules.EXA502-rename-hint", name=near)
    for name, value in values.items():
        by_path = isinstance(value, Mapping) and value.keys() == {"path"}
        attached = name in declared and ("attachment" in declared[name] or by_path)
        if attached and _reasons({name: declared[name]}, {name: value}):
            return say("rules.EXA502-attachment-hint")
    return say("rules.EXA502-declared-hint", names=list(declared)) if declared else say("rules.EXA502-hint")


def _attachable(
    declared: Mapping[str, Mapping[str, Json]], values: Mapping[str, Json]
) -> tuple[Mapping[str, Mapping[str, Json]], Mapping[str, Json]]:
    """Return inputs and values without the files that cannot be attached, about which SCH001 has said why."""
    broken = [name for name in declared if "attachment" in declared[name] and is_unattached(values.get(name))]
    if not broken:
        return declared, values
    kept, given = ({name: each[name] for name in each if name not in broken} for each in (declared, values))
    return kept, given


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
