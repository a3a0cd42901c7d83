"""Where the recorded answers of each case stand in ``outputs.jsonl``: one pass over the file, then one read a case.

An entry takes about 40 bytes, whatever its answer has. Of the lines that promptstead wrote itself only the beginning is
looked at in the first pass.
"""

import re
from array import array
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from promptstead.documents.document import Document
from promptstead.documents.lines import bounded_lines
from promptstead.documents.lines_document import MAX_LINE, LinesDocument
from promptstead.documents.version_line import said_version, wrong_version
from promptstead.errors import one_line
from promptstead.model import RecordedOutput, Tree
from promptstead.outputs.entry_format import VERSION, parse_line
from promptstead.outputs.reader import parse
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import companion_path
from promptstead.prompts.seen_ids import IdTable
from promptstead.words.sentence import Sentence, own_words, say

MAX_ENTRIES = 10_000_000
MAX_MODELS = 1000
MAX_PROBLEMS = 100

_HEAD = re.compile(
    rb'\{"case":"([A-Za-z0-9][A-Za-z0-9._-]{0,127})","model":"([^"\\\x00-\x1f]{1,300})","source":"(live|reference|imported)"'
)
_NONE = 0xFFFFFFFF


class LineProblem(NamedTuple):
    """A line of the outputs file that is no answer to anything."""

    path: str
    line: int
    message: str


class RawAnswer(NamedTuple):
    """A recorded answer as its file has it: the line still to be parsed, or (from YAML) the output already."""

    model: str
    where: str
    content: bytes | RecordedOutput


class Unreadable(NamedTuple):
    """An entry of a case that cannot be read, and why."""

    model: str
    why: Sentence


def parsed(case: str, raw: RawAnswer) -> RecordedOutput | Unreadable:
    """Return the output that *raw* is; it must be one of *case*."""
    if isinstance(raw.content, RecordedOutput):
        return raw.content
    try:
        output = parse_line(raw.content)
        if output.case != case or output.model != raw.model:
            raise ValueError("the file changed while it was read")
    except ValueError as error:
        said = own_words(error.args[0] if error.args and isinstance(error.args[0], str) else str(error))
        return Unreadable(raw.model, say("answers.unreadable", where=raw.where, error=said))
    return output


class Recorded:
    """The recorded answers of one prompt, case by case; use it as a context manager: it may keep its file open.

    *models* are those that answered, in the order in which they first appear, without those who wrote references.
    *problems* are the lines that answer nothing, up to 100 of them; *wrong* counts all.
    """

    def __init__(self, path: str = "", file: BinaryIO | None = None, outputs: Sequence[RecordedOutput] = ()) -> None:
        self.path = path
        self.problems: list[LineProblem] = []
        self.wrong = 0
        self._file = file
        self._known: dict[str, list[RecordedOutput]] = {}
        for output in outputs:
            self._known.setdefault(output.case, []).append(output)
        self._names: list[str] = []
        self._last = IdTable()
        """Case -> its last entry; each entry names the one before it."""
        self._before, self._lines = array("I"), array("I")
        self._offsets, self._models = array("Q"), array("H")
        answered = dict.fromkeys(output.model for output in outputs if output.source != "reference")
        if file is not None:
            self._read(file, answered)
        self.models = tuple(answered)

    def __enter__(self) -> "Recorded":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def of(self, case: str, models: Collection[str] = ()) -> list[RawAnswer]:
        """Return the answers of a case, by one of *models* or by any, in the order of the file."""
        if self._file is None:
            known = (RawAnswer(output.model, self.path, output) for output in self._known.get(case, ()))
            return [answer for answer in known if not models or answer.model in models]
        found = []
        for entry in reversed(list(self._entries(case))):
            model = self._names[self._models[entry]]
            if not models or model in models:
                self._file.seek(self._offsets[entry])
                found.append(RawAnswer(model, f"{self.path}:{self._lines[entry]}", self._file.readline(MAX_LINE)))
        return found

    def _entries(self, case: str) -> Iterator[int]:
        entry = self._last.get(case)
        while entry is not None and entry != _NONE:
            yield entry
            entry = self._before[entry]

    def _read(self, file: BinaryIO, answered: dict[str, None]) -> None:
        numbers: dict[str, int] = {}
        offset = 0
        for line, raw in enumerate(bounded_lines(file, MAX_LINE), 1):
            start, offset = offset, file.tell()
            if raw.isspace():
                continue
            if b'"schema"' in raw and (said := said_version(raw.removeprefix(BOM_UTF8).decode("utf-8", "replace"))):
                if wrong := wrong_version(said, VERSION):
                    self.add_problem(line, f"{wrong[0]} ({wrong[1]})")
                    return
                continue
            head = _head(raw.removeprefix(BOM_UTF8)) if line == 1 else _head(raw)
            if isinstance(head, str):
                self.add_problem(line, head)
                continue
            case, model, source = head
            number = numbers.setdefault(model, len(numbers))
            if number == len(self._names):
                self._names.append(model)
            if any(self._models[entry] == number for entry in self._entries(case)):
                self.add_problem(
                    line, f"case `{case}` has two recorded outputs of `{one_line(model, 100)}`; the first counts"
                )
                continue
            if len(self._offsets) >= MAX_ENTRIES or len(numbers) > MAX_MODELS:
                self.add_problem(
                    line, f"more than {MAX_ENTRIES:,} entries or {MAX_MODELS:,} models; the rest was not read"
                )
                return
            if source != "reference":
                answered.setdefault(model)
            last = self._last.get(case)
            self._before.append(_NONE if last is None else last)
            self._last.put(case, len(self._offsets))
            self._offsets.append(start)
            self._lines.append(line)
            self._models.append(number)

    def add_problem(self, line: int, message: str) -> None:
        """Take note of a line that answers nothing."""
        self.wrong += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(LineProblem(self.path, line, message))


def open_recorded(tree: Tree, loaded: Loaded) -> Recorded:
    """Return the recorded answers of a prompt that ``Library.load(path, rows=False)`` has read.

    :raises PromptsteadError: the file cannot be read.
    """
    if loaded.outputs is not None:
        return recorded_of(loaded.outputs)
    path = companion_path(loaded.path, "outputs.jsonl")
    return Recorded(path, tree.open(path))


def recorded_of(document: Document) -> Recorded:
    """Return the recorded answers of a file of outputs that was loaded.

    :raises PromptsteadError: the file cannot be read.
    """
    if isinstance(document, LinesDocument):
        return Recorded(document.path, document.open())
    outputs, problems = parse(document)
    recorded = Recorded(document.path, None, outputs)
    for problem in problems:
        recorded.add_problem(document.position(problem.span.start)[0], problem.message)
    return recorded


def _head(raw: bytes) -> tuple[str, str, str] | str:
    """Return case, model and source of a line; or why it has none."""
    if len(raw) > MAX_LINE:
        return f"this line is longer than {MAX_LINE:,} bytes"
    match = _HEAD.match(raw)
    if match is None:
        try:
            output = parse_line(raw)
        except ValueError as error:
            return str(error)
        return output.case, output.model, output.source
    try:
        return match[1].decode(), match[2].decode(), match[3].decode()
    except UnicodeDecodeError:
        return "this line is not UTF-8"
