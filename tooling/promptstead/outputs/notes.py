"""What people said about recorded answers: which answer each note is about, and the file that keeps notes.

A note is tied to an answer by a digest of its words and of the inputs that they answer. So one about an answer that is
gone, or answers something else now, is said to be, and is never shown beside another answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal

from promptstead.digests import digest, inputs_digest
from promptstead.documents.document import Document
from promptstead.documents.edits import edited, hyphen_column, line_end_of
from promptstead.documents.emit import inline
from promptstead.documents.text_scalars import block_or_quoted
from promptstead.documents.yaml_reader import misread, read
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import plain_sample
from promptstead.evaluators.sealed_entry import ChangedEntry, opened_entry, sealed_text
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, Json, Note, Problem, Sample, Span, Stored
from promptstead.outputs.index import Unreadable, parsed, recorded_of
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.prompt import build_notes
from promptstead.prompts.schema_check import is_usable, load_schema
from promptstead.words.sentence import say

FILE = "notes.yml"
VERSION = "promptstead/notes/v1"
STORED = "promptstead/note/v1"
_SAID = ("verdict", "tags", "by", "date", "text")
_NOT_WORDS = frozenset(("finish_reason", "usage", "scores", "request"))

State = Literal["current", "gone", "unknown"]
CURRENT: Final = "current"
GONE: Final = "gone"
UNKNOWN: Final = "unknown"


def answer_digest(case: Case, sample: Sample) -> str:
    """Return the digest of an answer's words with the inputs and history of its case.

    Of an answer that is kept outside the repository its own digest stands for the words, whether or not they are at
    hand: who knows the words alone cannot tell that they are the ones.
    """
    words: Json = sample.digest
    if not words:
        words = _words(plain_sample(sample))
    return digest([inputs_digest(case), words])


def _words(entry: dict[str, Json]) -> dict[str, Json]:
    """Return what was said, and called, in an answer or a conversation; not what it took, nor what it was tied to."""
    words = {key: value for key, value in entry.items() if key not in _NOT_WORDS}
    return words | {"steps": list(map(_words, entry["steps"]))} if "steps" in entry else words


def notes_about(result: CaseResult, notes: Mapping[str, Iterable[Note]]) -> Iterator[Note]:
    """Yield the notes about the answers of *result*, in the order of its samples.

    :param notes: those of its case, by the digest of the answer.
    """
    for sample in result.output.samples if result.output is not None and notes else ():
        yield from (note for note in notes.get(answer_digest(result.case, sample), ()) if note.case == result.case.id)


def by_answer(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Return the notes by the digest of the answer that each is about."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        found.setdefault(note.answer, []).append(note)
    return found


def states(loaded: Loaded) -> list[tuple[Note, State]]:
    """Return the notes of a prompt, each with whether the answer that it is about is recorded.

    It is gone where another stands in its place, or none, or where its case asks something else now. Nothing is known
    where the case may only not have been read.
    """
    if loaded.prompt is None or not loaded.prompt.notes:
        return []
    cases = {case.id: case for case in reversed(loaded.prompt.cases)}
    about = {note.case: cases[note.case] for note in loaded.prompt.notes if note.case in cases}
    recorded = _recorded_digests(loaded, about)

    def state(note: Note) -> State:
        if (note.case, note.answer) in recorded:
            return CURRENT
        unsure = loaded.unread if note.case in cases else loaded.partial or loaded.doubt
        return UNKNOWN if unsure else GONE

    return [(note, state(note)) for note in loaded.prompt.notes]


def _recorded_digests(loaded: Loaded, cases: Mapping[str, Case]) -> set[tuple[str, str]]:
    """Return case and digest of every recorded answer to *cases*."""
    found: set[tuple[str, str]] = set()
    if loaded.outputs is None:
        return found
    with recorded_of(loaded.outputs) as recorded:
        for case in cases.values():
            for raw in recorded.of(case.id):
                output = parsed(case.id, raw)
                if not isinstance(output, Unreadable):
                    found.update((case.id, answer_digest(case, sample)) for sample in output.samples)
    return found


def problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the notes that stand in the repository and must not, and those whose stored text was changed."""
    notes = loaded.prompt.notes if loaded.prompt is not None else ()
    for note in notes:
        document = loaded.documents[note.file]
        span = document.span(note.at)
        if loaded.private and not note.digest:
            yield Problem(
                "SCH001", say("files.note-in-repository"), span, say("files.run-outputs-move"), path=note.file
            )
        elif note.digest:
            try:
                opened_note(note, loaded.stored)
            except ChangedEntry:
                hint = say("files.put-note-back")
                yield Problem("SCH001", say("files.stored-note-changed"), span, hint, path=note.file)
            except PromptsteadError:
                continue  # it is not at hand here, which is no fault


def stored_note(note: Note, salt: str) -> str:
    """Return what is stored of a note that may not enter the repository.

    :param salt: random, of 128 bits or more; what is stored without one can be guessed from its digest.
    """
    return sealed_text(STORED, said(note), salt)


def opened_note(note: Note, stored: Stored | None) -> Note:
    """Return *note* with what its digest names; one without a digest as it is.

    :raises PromptsteadError: it is not at hand.
    :raises ChangedEntry: what is stored is something else.
    """
    if not note.digest:
        return note
    entry = opened_entry(note.digest, stored, STORED)
    if entry is None:
        raise PromptsteadError(say("answers.note-not-in-store"))
    plain = {"case": note.case, "model": note.model, "answer": note.answer}
    plain |= {key: entry[key] for key in _SAID if key in entry}
    if not _validator().is_valid(plain):
        raise ChangedEntry
    (opened,) = build_notes([plain], note.file, ())
    return opened._replace(digest=note.digest, at=note.at)


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema("notes")["properties"]["notes"]["items"])


def said(note: Note) -> dict[str, Json]:
    """Return what a note says, as its file has it, without what is empty."""
    entry: dict[str, Json] = {"verdict": note.verdict, "tags": list(note.tags)}
    entry |= {"by": note.by, "date": note.date, "text": note.text}
    return {key: value for key, value in entry.items() if value}


def with_notes(document: Document | None, path: str, added: Iterable[Note]) -> str:
    """Return the text of the notes file with further notes at its end; all that stands there stays.

    :param document: the file as it is; None where there is none.
    :raises PromptsteadError: the file is not valid, or cannot be changed without loss.
    """
    entries = [line for note in added for line in entry_lines(note)]
    if document is None:
        return "\n".join([f"schema: {VERSION}", "notes:", *entries]) + "\n"
    _refuse_invalid(document)
    whole, notes = document.span(("notes",)), document.data["notes"]
    line_end = "\r\n" if "\r\n" in document.text else "\n"
    if not notes:
        key = document.key_span(("notes",))
        edits = [(Span(key.end + 1, whole.end), line_end + line_end.join(entries))]
    elif document.text[whole.start] == "[":
        hint = "write one note an entry, each after a hyphen"
        raise PromptsteadError("the notes are a list in brackets", hint=hint, location=path)
    else:
        indent = " " * hyphen_column(document, ("notes", 0))
        end = line_end_of(document, document.span(("notes", len(notes) - 1)).end)
        lines = [indent + line[2:] if line else "" for line in entries]
        edits = [(Span(end, end), line_end + line_end.join(lines))]
    text = edited(document.text, edits)
    expected = [*notes, *read("\n".join(["notes:", *entries]).encode(), path).data["notes"]]
    if read(text.encode(), path).data != {**document.data, "notes": expected}:
        hint = "run promptstead fmt on it first"
        raise PromptsteadError("this file cannot be changed without loss", hint=hint, location=path)
    return text


def replaced(document: Document, notes: Iterable[Note]) -> str:
    """Return the text of the notes file with *notes* in place of those at the same places.

    :raises PromptsteadError: the file is not valid.
    """
    _refuse_invalid(document)
    edits = []
    for note in notes:
        span = document.span(note.at)
        indent = " " * (document.position(span.start)[1] - 1)
        lines = [line[4:] for line in entry_lines(note)]
        edits.append((span, f"\n{indent}".join(lines) if document.text[span.start] != "{" else _flow(note)))
    return edited(document.text, edits)


def _refuse_invalid(document: Document) -> None:
    problem = misread(document)
    if problem is not None or not is_usable(document, "notes"):
        raise PromptsteadError("the notes are not valid", hint="run promptstead lint", location=document.path)


def _flow(note: Note) -> str:
    inside = ", ".join(f"{key}: {inline(value, '', 'flow')}" for key, value in _tied(note).items())
    return "{" + inside + "}"


def _tied(note: Note) -> dict[str, str]:
    entry = {"case": note.case, "model": note.model, "answer": note.answer}
    return entry | ({"digest": note.digest} if note.digest else {})


def entry_lines(note: Note) -> list[str]:
    """Return the lines of one entry of ``notes.yml``, its hyphen indented by two spaces, as ``fmt`` writes them."""
    lines = [f"    {key}: {inline(value, '', 'block')}" for key, value in _tied(note).items()]
    for key, value in {} if note.digest else said(note).items():
        if key == "tags":
            lines.append("    tags: [" + ", ".join(inline(tag, "", "flow") for tag in value) + "]")
        elif key == "text" and "\n" in value:
            lines.extend(f"    text: {block_or_quoted(value, ' ' * 6)}".split("\n"))
        else:
            lines.append(f"    {key}: {inline(value, '', 'block')}")
    lines[0] = "  - " + lines[0].lstrip()
    return lines
