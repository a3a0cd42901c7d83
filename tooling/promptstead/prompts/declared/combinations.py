"""Checks that combine other checks of the same prompt: what they name, and whether that can be followed."""

from collections.abc import Iterator, Mapping, Sequence

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError
from promptstead.model import EvaluatorSpec, Problem, Prompt
from promptstead.prompts.declared.formula import gives_truth, names, parse
from promptstead.words.sentence import own_words, say

TYPES = frozenset(("all", "any", "weighted", "formula"))
"""Evaluator types that combine others."""

Scope = Mapping[str, EvaluatorSpec]
"""Name -> the check that has it where a combination stands: the case's own, and the prompt's that it does not replace.
"""


def parts(spec: EvaluatorSpec) -> list[str]:
    """Return the checks that a combination names, in order; none for any other check.

    :raises PromptsteadError: its formula is malformed.
    """
    if spec.type not in TYPES:
        return []
    return names(parse(spec.options["formula"])) if spec.type == "formula" else list(spec.options["of"])


def decides(spec: EvaluatorSpec) -> bool:
    """Tell whether a combination is an assertion, so that it decides in place of its parts; a score is not."""
    if spec.type == "formula":
        return gives_truth(parse(spec.options["formula"]))
    return spec.type in ("all", "any") or (spec.type == "weighted" and "threshold" in spec.options)


def check_parts(spec: EvaluatorSpec, scope: Scope) -> None:
    """Refuse a combination whose parts are not there, or which is a part of itself.

    :raises PromptsteadError: for that, and for a malformed formula.
    """
    own = parts(spec)
    unknown = next((name for name in own if name not in scope), None)
    if unknown is not None:
        others = [name for name in scope if name != spec.name]
        near = nearest(unknown, others)
        hint = say("files.did-you-mean", near=near) if near else say("files.name-evaluators")
        raise PromptsteadError(say("files.nothing-to-combine", evaluator=unknown), hint=hint)
    if spec.name in everything_in(spec, scope):
        message = say("files.part-of-itself", evaluator=spec.name)
        raise PromptsteadError(message, hint=say("files.take-out-of-combination"))


def in_order(specs: Sequence[EvaluatorSpec]) -> list[EvaluatorSpec]:
    """Return the checks with each combination behind its parts, otherwise as they are; what turns in a circle last."""
    left = [spec for spec in specs if spec.type in TYPES]
    done = [spec for spec in specs if spec.type not in TYPES]
    while left:
        open_names = {spec.name for spec in left}
        ready = [spec for spec in left if not open_names.intersection(_parts_or_none(spec))]
        done += ready or left
        left = [spec for spec in left if spec not in ready] if ready else []
    return done


def everything_in(spec: EvaluatorSpec, scope: Scope) -> dict[str, EvaluatorSpec]:
    """Return the checks that a combination rests on, its parts' parts too, by name."""
    found: dict[str, EvaluatorSpec] = {}
    waiting = _parts_or_none(spec)
    while waiting:
        name = waiting.pop()
        if name in scope and name not in found:
            found[name] = scope[name]
            waiting.extend(_parts_or_none(scope[name]))
    return found


def covered(specs: Sequence[EvaluatorSpec]) -> frozenset[str]:
    """Return the names of the checks that a combination decides in place of: they alone fail no case."""
    return frozenset(name for spec in specs for name in (_parts_or_none(spec) if _decides(spec) else ()))


def problems(prompt: Prompt, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what is wrong with the combinations of a prompt and of its cases, each at its place."""
    shared = {spec.name: spec for spec in prompt.evaluators}
    scopes = [(prompt.evaluators, shared)]
    scopes += [
        (case.evaluators, shared | {spec.name: spec for spec in case.evaluators})
        for case in prompt.cases
        if case.evaluators
    ]
    for specs, scope in scopes:
        for spec in specs:
            try:
                check_parts(spec, scope)
            except PromptsteadError as error:
                document = documents.get(spec.file)
                if document is not None:
                    span = document.span((*spec.at, "formula" if spec.type == "formula" else "of"))
                    message = say("files.in-evaluator", evaluator=spec.name, wrong=own_words(error.message))
                    yield Problem("SCH001", message, span, own_words(error.hint), path=spec.file)


def _decides(spec: EvaluatorSpec) -> bool:
    try:
        return decides(spec)
    except PromptsteadError:
        return False


def _parts_or_none(spec: EvaluatorSpec) -> list[str]:
    try:
        return parts(spec)
    except PromptsteadError:
        return []
