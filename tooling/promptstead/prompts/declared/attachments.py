"""What a prompt attaches: the files that it and its cases name, and where inputs stand that are attachments."""

from collections.abc import Iterable, Iterator, Mapping

from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import Attachment, KeyPath, Problem, Prompt
from promptstead.prompts.attached_files import Attachments
from promptstead.prompts.loaded import case_span
from promptstead.runtime.attachments import MOST_TOGETHER
from promptstead.template.analysis import Output, flow
from promptstead.template.nodes import Template
from promptstead.words.sentence import Sentence, own_words, say


def attached(
    prompt: Prompt, documents: Mapping[str, Document], attachments: Attachments
) -> tuple[Prompt, list[tuple[str, Problem]]]:
    """Return *prompt* with what the files are that it and its cases attach, and what is wrong with them.

    :returns: the prompt; path of a file in the repository, empty where it is not known, and the problem with it.
    """
    wrong: list[tuple[str, Problem]] = []
    document = documents[prompt.path]

    def report(at: KeyPath, path: str, message: Sentence, hint: Sentence) -> None:
        wrong.append((path, Problem("SCH001", message, document.span(at), hint)))

    found: dict[str, Attachment] = {}
    for part in (part for message in prompt.messages for part in message.parts if part.path):
        assert part.type != "text"
        try:
            found[part.path] = attachments.attach(part.path, part.type)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            report((*part.at, "path"), error.location, own_words(error.message), own_words(error.hint))
    inputs = dict(prompt.inputs)
    for name, spec in prompt.inputs.items():
        for key in ("example", "default") if spec.attachment else ():
            value = getattr(spec, key)
            values, unattached = attachments.values({name: value}, {name: spec})
            for each in unattached:
                report(("inputs", name, key), each.path, each.message, each.hint)
            if values[name] is not value:
                inputs[name] = inputs[name]._replace(**{key: values[name]})
    cases = []
    for case in prompt.cases:
        changed, unattached = attachments.case(case, prompt.inputs)
        cases.append(changed)
        for each in unattached:
            span = case_span(documents, case, "inputs", each.name)
            wrong.append((each.path, Problem("SCH001", each.message, span, each.hint, path=case.file)))
    together = sum({each.sha256: each.size for each in found.values()}.values())
    if together > MOST_TOGETHER:
        message = say("files.attachments-too-large", size=together, most=MOST_TOGETHER)
        report(("messages",), "", message, say("files.attach-less"))
    return prompt._replace(inputs=inputs, cases=tuple(cases), attachments=found), wrong


def misplaced(prompt: Prompt, templates: Mapping[KeyPath, Template], document: Document) -> Iterator[Problem]:
    """Yield each place where an input that is an attachment is written elsewhere than alone in a part of its kind."""
    kinds = {name: spec.attachment for name, spec in prompt.inputs.items() if spec.attachment}
    for part in (part for message in prompt.messages for part in message.parts) if kinds else ():
        template = templates.get(part.at)
        for output in _outputs(flow(template)) if template is not None else ():
            for name in sorted(output.roots & kinds.keys()):
                if part.type != "text" and kinds[name] == part.type and output.roots == {name} and not output.filters:
                    continue
                if part.type == "text":
                    message = say("files.attachment-in-text", input=name)
                elif kinds[name] != part.type:
                    message = say("files.attachment-in-part", input=name, kind=kinds[name], part=part.type)
                else:
                    message = say("files.attachment-not-alone", input=name)
                hint = say("files.write-attachment", kind=kinds[name], input=name)
                place = (output.start, output.end) if output.source is None else (0, len(part.template))
                yield Problem("TPL106", message, document.locate(part.at, *place), hint)


def _outputs(pieces: Iterable[object]) -> Iterator[Output]:
    return (piece for piece in pieces if isinstance(piece, Output))
