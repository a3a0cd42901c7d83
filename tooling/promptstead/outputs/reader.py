"""What stands in a file of recorded outputs, one entry after another: ``outputs.jsonl`` need not fit in memory."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from promptstead.conflict_markers import is_marker
from promptstead.documents.document import Document
from promptstead.documents.json_keys import DuplicateKey
from promptstead.documents.version_line import said_version, wrong_version
from promptstead.documents.yaml_reader import misread
from promptstead.errors import PromptsteadError
from promptstead.model import Problem, RecordedOutput, Span
from promptstead.outputs.entry_format import (
    DECODER,
    VERSION,
    built,
    entry_validator,
    received_digest,
)
from promptstead.prompts.schema_check import can_build, validate
from promptstead.prompts.seen_ids import IdTable
from promptstead.words.replacement import replaced
from promptstead.words.sentence import own_words, say


class Entry(NamedTuple):
    """An entry of a file of recorded outputs: what it holds, or what is wrong with it, or both.

    *line*, from 1, and *text* are those of ``outputs.jsonl``, where an empty line is an entry too, which holds nothing,
    and so is the line of the version.
    """

    output: RecordedOutput | None
    problem: Problem | None = None
    line: int = 0
    text: str = ""


def entries(document: Document) -> Iterator[Entry]:
    """Yield what stands in a file of recorded outputs.

    A file whose name ends in ``.jsonl`` is read line by line, and a line that is no output spoils no other. Any other
    is taken as the YAML that it was read as; where that is not what its schema asks, there are no outputs. Two entries
    for one case and model are a problem, and the first of them counts. What the reader said of the document
    (``document.problems``) is not repeated.
    """
    if document.path.endswith(".jsonl"):
        yield from _of_lines(document)
        return
    outputs, problems = _parse(document)
    yield from (Entry(None, problem) for problem in problems)
    yield from (Entry(output) for output in outputs)


def parse(document: Document) -> tuple[list[RecordedOutput], list[Problem]]:
    """Return all recorded outputs of a file, as :func:`entries` gives them, and what is wrong with it."""
    outputs: list[RecordedOutput] = []
    problems: list[Problem] = []
    for entry in entries(document):
        if entry.output is not None:
            outputs.append(entry.output)
        if entry.problem is not None:
            problems.append(entry.problem)
    return outputs, problems


def valid_entries(document: Document) -> Iterator[Entry]:
    """Yield the entries of a file that is to be changed, or on which something depends that costs.

    :raises PromptsteadError: it is not valid; entries before the place may have been yielded.
    """
    if problem := misread(document):
        raise _refusal(document, problem)
    for entry in entries(document):
        if entry.problem is not None:
            raise _refusal(document, entry.problem)
        yield entry


def recorded_in(document: Document) -> Iterator[RecordedOutput]:
    """Yield the recorded outputs of such a file; the same errors."""
    return (entry.output for entry in valid_entries(document) if entry.output is not None)


def _refusal(document: Document, problem: Problem) -> PromptsteadError:
    line = document.position(problem.span.start)[0]
    message = say("files.no-recorded-outputs", why=problem.message)
    hint = problem.hint or say("files.run-lint")
    return PromptsteadError(message, hint=hint, location=f"{document.path}:{line}")


@lru_cache(2)  # lint, replay and the other of two revisions ask for the same document
def _parse(document: Document) -> tuple[list[RecordedOutput], list[Problem]]:
    problems = validate(document, "outputs")
    if document.data is None or not can_build(document, "outputs", problems):
        return [], problems
    found: dict[tuple[str, str], RecordedOutput] = {}
    for index, entry in enumerate(document.data["outputs"]):
        output = built(entry, index)
        if problem := _changed(output, document.span(output.at)):
            problems.append(problem)
        if (output.case, output.model) in found:
            problems.append(_twice(output, document.span(output.at)))
        else:
            found[output.case, output.model] = output
    return list(found.values()), problems


def raw_lines(document: Document) -> Iterator[tuple[int, int, str]]:
    """Yield number, offset and text, without its end, of each line of a file of lines."""
    for offset, piece in document.pieces():
        first = document.position(offset)[0]
        for number, text in enumerate(piece.removesuffix("\n").split("\n"), first):
            yield number, offset, text
            offset += len(text) + 1


def _of_lines(document: Document) -> Iterator[Entry]:
    seen = IdTable()
    for number, offset, text in raw_lines(document):
        if (said := said_version(text)) is not None:
            wrong = wrong_version(said, VERSION)
            yield Entry(
                None, wrong and Problem("SCH001", wrong[0], Span(offset, offset + len(text)), wrong[1]), number, text
            )
            if wrong:
                return  # any other problem would be a guess
        elif text.strip():
            yield _entry(text, Span(offset, offset + len(text)), number, document.path, seen)
        else:
            yield Entry(None, None, number, text)


def _entry(text: str, span: Span, number: int, path: str, seen: IdTable) -> Entry:
    """Return what a line holds; *seen* has case and model of those before it."""
    try:
        entry = DECODER.decode(text)
        if "\\u" in text:
            json.dumps(entry, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        problem = Problem("SCH001", say("files.half-a-surrogate-pair"), span, say("files.fix-text"))
        return Entry(None, problem, number, text)
    except DuplicateKey as error:
        message = say("files.line-has-key-twice", key=error.key)
        return Entry(None, Problem("SCH001", message, span, say("files.keep-one")), number, text)
    except (ValueError, RecursionError) as error:
        why = own_words(error.msg) if isinstance(error, json.JSONDecodeError) else say("files.nan-or-too-deep")
        problem = Problem("SCH001", say("files.line-not-json", why=why), span, say("files.one-object-a-line"))
        if is_marker(text.rstrip("\r")):
            problem = Problem("SCH001", say("files.conflict-marker"), span, say("files.resolve-conflict"))
        return Entry(None, problem, number, text)
    unknown = None
    if not entry_validator().is_valid(entry):
        alone = Document(path, text, {"schema": VERSION, "outputs": [entry]}, {}, {}, (), [0])
        problems = validate(alone, "outputs")
        item = say("files.item", number=1, of="`outputs`")
        message = replaced(problems[0].message, item, say("files.this-line"))
        unknown = problems[0]._replace(message=message, span=span, fix=None)
        if not can_build(alone, "outputs", problems):
            return Entry(None, unknown, number, text)
    output = built(entry, number - 1)
    key = f"{output.case}\0{output.model}"
    if seen.get(key) is not None:
        return Entry(None, _twice(output, span), number, text)
    seen.put(key, min(number, 2**32 - 1))
    return Entry(output, unknown or _changed(output, span), number, text)


def _changed(output: RecordedOutput, span: Span) -> Problem | None:
    if output.received in ("", received_digest(output)):
        return None
    return Problem("SCH001", say("files.answer-changed"), span, say("files.take-answer-back"))


def _twice(output: RecordedOutput, span: Span) -> Problem:
    message = say("files.two-outputs", case=output.case, model=output.model)
    return Problem("SCH001", message, span, say("files.delete-one"))
