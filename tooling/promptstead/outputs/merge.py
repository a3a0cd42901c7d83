"""Accepted answers into the file of recorded outputs; every other entry, and every comment, stays as it is."""

from collections.abc import Collection, Iterator, Sequence

from promptstead.documents.document import Document
from promptstead.documents.edits import Edit, edited, hyphen_column, line_end_of
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import kept
from promptstead.model import KeyPath, RecordedOutput, Span
from promptstead.outputs import jsonl_changes as lines
from promptstead.outputs.entry_format import dump, dump_lines, entry_lines
from promptstead.outputs.jsonl_changes import Key, key_of
from promptstead.outputs.reader import recorded_in


def replaced_by(output: RecordedOutput, recorded: Sequence[RecordedOutput]) -> RecordedOutput | None:
    """Return the entry whose place *output* takes: the same model's answer to the same case.

    A live answer of another snapshot of the same alias counts as the same model's.
    """
    same = [old for old in recorded if old.case == output.case]
    exact = next((old for old in same if old.model == output.model), None)
    return exact or next((old for old in same if lines.same_alias(output, old)), None)


def merged(document: Document | None, path: str, accepted: Sequence[RecordedOutput]) -> Iterator[str]:
    """Yield the text of the outputs file with the *accepted* outputs in it, one for each case and model.

    :param document: the file as it is; None where there is none.
    :param path: where it lies, or will.
    :raises PromptsteadError: the file is not valid, or cannot be changed without loss.
    """
    accepted = sorted((each._replace(samples=tuple(map(kept, each.samples))) for each in accepted), key=key_of)
    if document is None:
        yield dump_lines(accepted) if path.endswith(".jsonl") else dump(accepted)
    elif path.endswith(".jsonl"):
        yield from lines.merged(document, accepted)
    else:
        yield _merged(document, accepted)


def _merged(document: Document, accepted: Sequence[RecordedOutput]) -> str:
    recorded = list(recorded_in(document))
    old = [replaced_by(output, recorded) for output in accepted]
    text = edited(document.text, _edits(document, recorded, accepted, old))
    others = [output for output in recorded if all(output is not gone for gone in old)]
    _check(text, document.path, [*others, *accepted])
    return text


def without(document: Document, removed: Collection[Key]) -> Iterator[str]:
    """Yield the text of the outputs file without the entries of these cases and models.

    :raises PromptsteadError: the file is not valid, or cannot be changed without loss.
    """
    if document.path.endswith(".jsonl"):
        yield from lines.without(document, removed)
    else:
        yield _without(document, removed)


def _without(document: Document, removed: Collection[Key]) -> str:
    recorded = list(recorded_in(document))
    others = [output for output in recorded if key_of(output) not in removed]
    if others:
        edits = [(_block_of(document, output.at), "") for output in recorded if key_of(output) in removed]
    else:
        edits = [(Span(document.key_span(("outputs",)).end + 1, document.span(("outputs",)).end), " []")]
    text = edited(document.text, edits)
    _check(text, document.path, others)
    return text


def _edits(
    document: Document,
    recorded: Sequence[RecordedOutput],
    accepted: Sequence[RecordedOutput],
    old: Sequence[RecordedOutput | None],
) -> list[Edit]:
    whole = document.span(("outputs",))
    line_end = "\r\n" if "\r\n" in document.text else "\n"
    if not recorded:
        entries = [line for output in accepted for line in _lines_of(output)]
        return [(Span(document.key_span(("outputs",)).end + 1, whole.end), line_end + line_end.join(entries))]
    if document.text[whole.start] == "[":
        raise PromptsteadError(
            "the outputs are a list in brackets",
            hint="write one entry a line, each after a hyphen",
            location=document.path,
        )
    indent = " " * hyphen_column(document, recorded[0].at)
    edits: list[Edit] = []
    for output, gone in zip(accepted, old, strict=True):
        lines = [(indent + line[2:]) if line else "" for line in _lines_of(output)]
        if gone is not None:
            span = document.span(gone.at)
            lines[0] = lines[0][len(indent) + 2 :]
            # the value may stand further behind its hyphen than ours
            before = document.text[: span.start]
            span = Span(before.rindex("-") + 1, span.end)
            edits.append((span, " " + line_end.join(lines)))
            continue
        place = _place(document, recorded, output)
        edits.append((Span(place, place), line_end + line_end.join(lines)))
    return edits


def _lines_of(output: RecordedOutput) -> list[str]:
    return "\n".join(entry_lines(output)).split("\n")


def _place(document: Document, recorded: Sequence[RecordedOutput], output: RecordedOutput) -> int:
    """Return the offset of the end of the line behind which a new entry goes: the order by case and model is kept."""
    index = next((index for index, other in enumerate(recorded) if key_of(other) > key_of(output)), len(recorded))
    end = document.span(recorded[index - 1].at).end if index else document.key_span(("outputs",)).end
    return line_end_of(document, end)


def _block_of(document: Document, at: KeyPath) -> Span:
    """Return the lines of an entry, with the line break before them."""
    span = document.span(at)
    hyphen = document.text.rindex("-", 0, span.start)
    start = document.lines[document.position(hyphen)[0] - 1]
    return Span(line_end_of(document, start - 1), line_end_of(document, span.end))


def _check(text: str, path: str, expected: Sequence[RecordedOutput]) -> None:
    """Refuse a text that does not hold exactly what is *expected*."""
    found = list(recorded_in(read(text.encode(), path)))
    if sorted(map(lines.placeless, found), key=key_of) != sorted(map(lines.placeless, expected), key=key_of):
        raise PromptsteadError(
            "this file cannot be changed without loss", hint="run promptstead fmt on it first", location=path
        )
