"""``outputs.jsonl`` changed line by line: what stays is copied as it is, and only what changes is held."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from promptstead.documents.document import Document
from promptstead.documents.version_line import said_version, version_line
from promptstead.errors import PromptsteadError
from promptstead.model import RecordedOutput
from promptstead.outputs.entry_format import VERSION, entry_line, parse_line
from promptstead.outputs.reader import raw_lines, valid_entries

Key = tuple[str, str]
"""Case and model."""


def merged(document: Document, accepted: Sequence[RecordedOutput]) -> Iterator[str]:
    """Yield the lines of the file with *accepted* in it, which are in order; first its version.

    Each takes the place of the entry that it replaces, or stands before the first that comes behind it.

    :raises PromptsteadError: a line is no recorded output, or the file changes meanwhile.
    """
    replaced, before, last = _places(document, accepted)
    for number, _, text in raw_lines(document):
        if number == 1 and said_version(text) is None:
            yield version_line(VERSION)
        yield from map(_line, before.get(number, ()))
        yield _line(replaced[number]) if number in replaced else text + "\n"
    yield from map(_line, last)


def without(document: Document, removed: Collection[Key]) -> Iterator[str]:
    """Yield the lines of the file but those of the cases and models *removed*; the same errors."""
    for entry in valid_entries(document):
        if entry.output is None or (entry.output.case, entry.output.model) not in removed:
            yield entry.text + "\n"


def same_alias(output: RecordedOutput, old: RecordedOutput) -> bool:
    """Tell whether *old* is the live answer of another snapshot of the same alias to the same case."""
    alias, at, _ = output.model.partition("@")
    return bool(at) and old.case == output.case and old.source == "live" and old.model.startswith(f"{alias}@")


def placeless(output: RecordedOutput) -> RecordedOutput:
    """Return an output without what depends on where it was read."""
    return output._replace(at=(), unavailable="")


def _places(
    document: Document, accepted: Sequence[RecordedOutput]
) -> tuple[dict[int, RecordedOutput], dict[int, list[RecordedOutput]], list[RecordedOutput]]:
    """Return the outputs by the line that each takes the place of, by the line that each goes before, and the rest."""
    of_case: dict[str, list[RecordedOutput]] = defaultdict(list)
    for output in accepted:
        of_case[output.case].append(output)
    same: dict[Key, int] = {}
    other: dict[Key, int] = {}
    following: dict[Key, int] = {}
    ahead = [key_of(output) for output in reversed(accepted)]
    for entry in valid_entries(document):
        old = entry.output
        if old is None:
            continue
        while ahead and ahead[-1] < key_of(old):
            following[ahead.pop()] = entry.line
        for output in of_case.get(old.case, ()):
            if output.model == old.model:
                same[key_of(output)] = entry.line
            elif same_alias(output, old):
                other.setdefault(key_of(output), entry.line)
    replaced = {same[key_of(output)]: output for output in accepted if key_of(output) in same}
    before: dict[int, list[RecordedOutput]] = defaultdict(list)
    last: list[RecordedOutput] = []
    for output in (output for output in accepted if key_of(output) not in same):
        line = other.get(key_of(output))
        if line is not None and line not in replaced:
            replaced[line] = output
        elif key_of(output) in following:
            before[following[key_of(output)]].append(output)
        else:
            last.append(output)
    return replaced, before, last


def key_of(output: RecordedOutput) -> Key:
    """Return what tells an output from the others of its file."""
    return output.case, output.model


def _line(output: RecordedOutput) -> str:
    """Return the line of an output, which reads back as the same."""
    line = entry_line(output)
    try:
        back = parse_line(line.encode())
    except ValueError as error:
        raise PromptsteadError(f"case `{output.case}`: its answer cannot be recorded: {error}") from error
    if placeless(back) != placeless(output):
        raise PromptsteadError(f"case `{output.case}`: its answer cannot be recorded without loss")
    return line + "\n"
