"""Checks that ask a judge: a model that another prompt of the repository tells how to judge."""

from collections.abc import Callable, Iterator, Mapping

from promptstead.did_you_mean import did_you_mean
from promptstead.documents.document import Document
from promptstead.model import EvaluatorSpec, Json, Problem, Prompt

TYPE = "judge"

Find = Callable[[str], Prompt | None]
"""Id of a judge's prompt -> that prompt as far as its own file says; None where there is none, or it is not valid."""


def reads_answer(template: Json) -> bool:
    """Tell whether an input of a judge gets something of the answer."""
    from promptstead.template.analysis import paths
    from promptstead.template.errors import TemplateError
    from promptstead.template.parser import parse

    if not isinstance(template, str) or "{" not in template:
        return False
    try:
        return any(use.path[0] == "output" for use in paths(parse(template)))
    except TemplateError:
        return False


def problems(prompt: Prompt, documents: Mapping[str, Document], find: Find) -> Iterator[Problem]:
    """Yield what is wrong with the judges that a prompt and its cases name, each at its place."""
    for spec in prompt.every_evaluator():
        document = documents.get(spec.file)
        if spec.type == TYPE and document is not None:
            for key, message, hint in _wrong(spec, find):
                span = document.span((*spec.at, *key)) if key in _places(spec) else document.span(spec.at)
                yield Problem("SCH001", f"evaluator `{spec.name}`: {message}", span, hint, path=spec.file)


def _places(spec: EvaluatorSpec) -> list[tuple[str, ...]]:
    return [("prompt",), ("inputs",), *(("inputs", name) for name in spec.options["inputs"])]


def _wrong(spec: EvaluatorSpec, find: Find) -> Iterator[tuple[tuple[str, ...], str, str]]:
    judge = find(spec.options["prompt"])
    if judge is None:
        message = f"there is no valid prompt `{spec.options['prompt']}` to judge with"
        yield ("prompt",), message, "name the id of a prompt of this repository"
        return
    given = spec.options["inputs"]
    for name, template in given.items():
        declared = judge.inputs.get(name)
        if declared is None:
            hint = did_you_mean(name, judge.inputs, "declare it in the judge's prompt")
            yield ("inputs", name), f"`{judge.id}` has no input `{name}`", hint
        elif declared.trust == "trusted" and reads_answer(template):
            message = f"the input `{name}` of `{judge.id}` is trusted, and gets what a model said"
            yield ("inputs", name), message, "declare it `trust: untrusted` and fence it there"
    missing = [name for name, declared in judge.inputs.items() if declared.required and name not in given]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        yield ("inputs",), f"`{judge.id}` needs the input {listed}", "give it under `inputs`"
