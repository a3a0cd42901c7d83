"""Checks that ask a judge: a model that another prompt of the repository tells how to judge."""

from collections.abc import Callable, Iterator, Mapping

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.model import EvaluatorSpec, Json, Problem, Prompt
from promptstead.words.sentence import Sentence, say

TYPE = "judge"

Find = Callable[[str], Prompt | None]
"""Id of a judge's prompt -> that prompt as far as its own file says; None where there is none, or it is not valid."""


def reads_answer(template: Json) -> bool:
    """Tell whether an input of a judge gets something of the answer, or of those before it in a conversation."""
    from promptstead.template.analysis import paths
    from promptstead.template.errors import TemplateError
    from promptstead.template.parser import parse

    if not isinstance(template, str) or "{" not in template:
        return False
    try:
        return any(use.path[0] in ("output", "transcript") for use in paths(parse(template)))
    except TemplateError:
        return False


def problems(prompt: Prompt, documents: Mapping[str, Document], find: Find) -> Iterator[Problem]:
    """Yield what is wrong with the judges that a prompt and its cases name, each at its place."""
    for spec in prompt.every_evaluator():
        document = documents.get(spec.file)
        if spec.type == TYPE and document is not None:
            for key, wrong, hint in _wrong(spec, find):
                span = document.span((*spec.at, *key)) if key in _places(spec) else document.span(spec.at)
                message = say("files.in-evaluator", evaluator=spec.name, wrong=wrong)
                yield Problem("SCH001", message, span, hint, path=spec.file)


def _places(spec: EvaluatorSpec) -> list[tuple[str, ...]]:
    return [("prompt",), ("inputs",), *(("inputs", name) for name in spec.options["inputs"])]


def _wrong(spec: EvaluatorSpec, find: Find) -> Iterator[tuple[tuple[str, ...], Sentence, Sentence]]:
    judge = find(spec.options["prompt"])
    if judge is None:
        message = say("files.no-judge", prompt=spec.options["prompt"])
        yield ("prompt",), message, say("files.name-prompt")
        return
    given = spec.options["inputs"]
    for name, template in given.items():
        declared = judge.inputs.get(name)
        if declared is None:
            near = nearest(name, judge.inputs)
            hint = say("files.did-you-mean", near=near) if near else say("files.declare-in-judge")
            yield ("inputs", name), say("files.judge-without-input", prompt=judge.id, input=name), hint
        elif declared.trust == "trusted" and reads_answer(template):
            message = say("files.judge-trusts-answer", input=name, prompt=judge.id)
            yield ("inputs", name), message, say("files.declare-untrusted")
    missing = [name for name, declared in judge.inputs.items() if declared.required and name not in given]
    if missing:
        yield ("inputs",), say("files.judge-needs-input", prompt=judge.id, inputs=missing), say("files.give-input")
