"""Hand-written and imported answers tied to the inputs that they answer."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from promptstead.digests import inputs_digest
from promptstead.documents.document import Document
from promptstead.documents.edits import Edit, edited
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, KeyPath, Span
from promptstead.outputs.reader import raw_lines, recorded_in
from promptstead.prompts.requests import why_not
from promptstead.words.sentence import Sentence


def unfit(document: Document, cases: Mapping[str, Case]) -> dict[str, Sentence]:
    """Return the cases whose hand-written answer would be tied and is not the conversation that they script, and why.

    An entry that is not valid is none of them: ``lint`` says what is wrong with it.
    """
    if not any(case.is_conversation for case in cases.values()):
        return {}
    found: dict[str, Sentence] = {}
    with suppress(PromptsteadError):
        for output in recorded_in(document):
            case = cases.get(output.case)
            digest = inputs_digest(case) if case is not None else ""
            if output.source == "live" or output.inputs == digest:
                continue
            why = why_not(case, output._replace(inputs=digest), lambda *asked: "")
            if case is not None and why is not None:
                found[case.id] = why
    return found


def tied(document: Document, cases: dict[str, Case]) -> tuple[Iterable[str], list[str]]:
    """Return the text of the outputs file with the digests put in, piece by piece, and the cases that got one.

    The rest of the text stays as it is.

    :param cases: those whose answers are tied, by id.
    :raises PromptsteadError: the file holds no recorded outputs.
    """
    if document.path.endswith(".jsonl"):
        changed = [case.id for text in _lines(document) if (case := _untied(text, cases)[1])]
        return (_tied_line(text, cases) for text in _lines(document)), changed
    entries = document.data.get("outputs") if isinstance(document.data, dict) else None
    if not isinstance(entries, list):
        raise PromptsteadError(
            "the recorded answers are not valid", hint="run promptstead lint", location=document.path
        )
    edits: list[Edit] = []
    changed = []
    for index, entry in enumerate(entries):
        case = _case_of(entry, cases)
        if case is None:
            continue
        digest = inputs_digest(case)
        if entry.get("inputs") == digest:
            continue
        at = ("outputs", index)
        if "inputs" in entry:
            edits.append((document.span((*at, "inputs")), digest))
        else:
            edits.append(_insertion(document, at, f"inputs: {digest}"))
        changed.append(case.id)
    return (edited(document.text, edits),), changed


def _insertion(document: Document, at: KeyPath, text: str) -> Edit:
    """Return the edit that puts *text* behind the `source` of the entry at *at*: in block style on the next line."""
    end = document.span((*at, "source")).end
    if document.text[document.span(at).start] == "{":
        return Span(end, end), f", {text}"
    end = document.text.find("\n", end)
    end = len(document.text) if end < 0 else end
    line_end = "\r\n" if document.text[end - 1 : end] == "\r" else "\n"
    end -= len(line_end) - 1
    column = document.position(document.key_span((*at, "source")).start)[1]
    return Span(end, end), f"{line_end}{' ' * (column - 1)}{text}"


def _lines(document: Document) -> Iterator[str]:
    return (text for _, _, text in raw_lines(document))


def _tied_line(text: str, cases: dict[str, Case]) -> str:
    entry, case = _untied(text, cases)
    return (json.dumps(entry | {"inputs": inputs_digest(case)}, ensure_ascii=False) if case else text) + "\n"


def _untied(text: str, cases: dict[str, Case]) -> tuple[Json, Case | None]:
    """Return the entry of a line and the case that it is to be tied to, None where it needs nothing."""
    try:
        entry = json.loads(text)
        json.dumps(entry, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        entry = None  # lint says what is wrong with this line; half a surrogate pair is no text either
    case = _case_of(entry, cases)
    return entry, case if case is not None and entry.get("inputs") != inputs_digest(case) else None


def _case_of(entry: Json, cases: dict[str, Case]) -> Case | None:
    if not isinstance(entry, dict) or entry.get("source") not in ("reference", "imported"):
        return None
    return cases.get(str(entry.get("case")))
