"""The scripts of conversations: stubs are of tools that the prompt has, and turns have checks that can judge one."""

from collections.abc import Iterator, Mapping

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.errors import one_line
from promptstead.model import Case, Problem, Prompt
from promptstead.prompts.conversation import shadowed
from promptstead.prompts.declared.combinations import TYPES
from promptstead.words.sentence import Sentence, say


def problems(prompt: Prompt, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what is wrong with the scripts of a prompt's cases, each at its place; rows of datasets have none."""
    tools = {str(tool.get("name", "")) for tool in prompt.tools}
    for case in prompt.cases:
        document = documents.get(case.file)
        if document is None or not case.is_conversation or case.line:
            continue
        if "transcript" in prompt.inputs:
            where = "turns" if case.turns else "stubs"
            span, hint = document.key_span((*case.at, where)), say("files.rename-input")
            yield Problem("SCH001", say("files.input-called-transcript"), span, hint, path=case.file)
        for index, key, message, hint in _wrong(case, tools):
            yield Problem("SCH001", message, document.span((*case.at, "stubs", index, *key)), hint, path=case.file)
        for spec in (spec for turn in case.turns for spec in turn.evaluators):
            if spec.type in TYPES:
                message, hint = say("files.combination-in-turn", type=spec.type), say("files.combine-elsewhere")
                yield Problem("SCH001", message, document.span((*spec.at, "type")), hint, path=case.file)
            if "over" in spec.options:
                message, hint = say("files.over-in-turn"), say("files.leave-over-out")
                yield Problem("SCH001", message, document.span((*spec.at, "over")), hint, path=case.file)


def _wrong(case: Case, tools: set[str]) -> Iterator[tuple[int, tuple[str, ...], Sentence, Sentence]]:
    for index, stub in enumerate(case.stubs):
        if stub.tool not in tools:
            near = nearest(stub.tool, tools)
            hint = say("files.did-you-mean", near=near) if near else say("files.declare-tool")
            yield index, ("tool",), say("files.no-such-tool", tool=one_line(stub.tool, 80)), hint
    for later, earlier in shadowed(case.stubs):
        message = say("files.stub-never-used", stub=later + 1, other=earlier + 1)
        yield later, (), message, say("files.order-stubs")
