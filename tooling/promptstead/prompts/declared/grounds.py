"""Checks that hold an answer against inputs: the inputs that they name are there."""

from collections.abc import Iterator, Mapping

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.model import Problem, Prompt
from promptstead.words.sentence import say

TYPE = "grounded"


def problems(prompt: Prompt, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield the inputs that such checks name and the prompt has not, or that are attachments, each at its place."""
    for spec in prompt.every_evaluator():
        document = documents.get(spec.file)
        if spec.type == TYPE and document is not None:
            for index, path in enumerate(spec.options.get("in", ())):
                name = path.partition(".")[0]
                if name in prompt.inputs and prompt.inputs[name].attachment:
                    wrong = say("files.not-read-in-attachment", input=name)
                    message = say("files.in-evaluator", evaluator=spec.name, wrong=wrong)
                    hint = say("files.name-text-input")
                    yield Problem("SCH001", message, document.span((*spec.at, "in", index)), hint, path=spec.file)
                if name not in prompt.inputs:
                    near = nearest(name, prompt.inputs)
                    hint = say("files.did-you-mean", near=near) if near else say("files.name-declared-input")
                    wrong = say("files.no-such-input", input=name)
                    message = say("files.in-evaluator", evaluator=spec.name, wrong=wrong)
                    yield Problem("SCH001", message, document.span((*spec.at, "in", index)), hint, path=spec.file)
