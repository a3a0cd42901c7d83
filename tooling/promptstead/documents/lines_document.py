"""A file of lines as a document: it need not fit in memory. Known is where each line starts; its text is read again."""

from array import array
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO, NamedTuple

from promptstead.documents.document import Document
from promptstead.documents.lines import bounded_lines
from promptstead.documents.merge_conflict import unfinished_merge
from promptstead.errors import PromptsteadError
from promptstead.model import KeyPath, Problem, Span
from promptstead.words.sentence import Sentence, say

MAX_LINE = 32 * 1024 * 1024
"""Bytes of the longest line that is read."""
MAX_LINES = 10_000_000
MAX_PROBLEMS = 100
KEPT = 1024 * 1024
"""Bytes of a file up to which it is held, and not read again."""
PIECE = 256 * 1024
"""Characters from which on lines are no longer put together to one piece."""


class Line(NamedTuple):
    """A line with its end, counted from 1, and the offset of its first character."""

    number: int
    start: int
    text: str


class LinesDocument(Document):
    """The lines of a file: 16 bytes each are held, whatever is in them. It has no text and no data.

    :param file: opened for reading; it is read, and not needed any more.
    :param reopen: opens it again; None where it is gone.
    :raises PromptsteadError: the file cannot be read.
    """

    __slots__ = ("_cut", "_digest", "_kept", "_offsets", "_reopen")

    def __init__(self, path: str, file: BinaryIO, reopen: Callable[[], BinaryIO | None]) -> None:
        self._reopen = reopen
        self._kept: bytes | None = None
        self._cut = False
        self._offsets = array("Q")
        starts = array("Q")
        problems: list[Problem] = []
        hashed = blake2b(digest_size=16)
        place = size = 0
        with file:
            for number, raw in enumerate(bounded_lines(file, MAX_LINE), 1):
                hashed.update(raw)
                starts.append(place)
                self._offsets.append(size)
                size = file.tell()
                length = len(_text(raw, number))
                why = _wrong(raw, number)
                if why:
                    problems.append(Problem("SCH001", why[0], Span(place, place + min(length, PIECE)), why[1]))
                place += length
                if number >= MAX_LINES or len(problems) >= MAX_PROBLEMS:
                    message, hint = say("files.too-many-lines"), say("files.split-or-correct")
                    problems.append(Problem("SCH001", message, Span(place, place), hint))
                    self._cut = True
                    break
            if size <= KEPT:
                file.seek(0)
                self._kept = file.read(KEPT + 1)
                text = self._kept.decode("utf-8", "replace").removeprefix("\ufeff")
                problems = [problem] if (problem := unfinished_merge(text)) else problems
        self._digest = hashed.digest()
        if not starts:
            starts.append(0)
        super().__init__(path, "", None, {}, {}, problems, starts)

    def open(self) -> BinaryIO:
        """Return the file opened for reading.

        :raises PromptsteadError: it cannot be read.
        """
        if self._kept is not None:
            return BytesIO(self._kept)
        file = self._reopen()
        if file is None:
            raise PromptsteadError("the file was removed while it was read", hint="try again", location=self.path)
        return file

    def each(self) -> Iterator[Line]:
        """Yield the lines that are text, one after another.

        :raises PromptsteadError: the file is another one now, which is said when it is through.
        """
        hashed = blake2b(digest_size=16)
        with self.open() as file:
            for number, raw in enumerate(bounded_lines(file, MAX_LINE), 1):
                if number > len(self._offsets):
                    if not self._cut:
                        raise self._changed()
                    break
                hashed.update(raw)
                if not _wrong(raw, number):
                    yield Line(number, self.lines[number - 1], _text(raw, number))
        if hashed.digest() != self._digest:
            raise self._changed()

    def pieces(self) -> Iterator[tuple[int, str]]:
        """Yield whole lines put together, with the offset of the first."""
        waiting: list[str] = []
        start = end = 0
        for line in self.each():
            if waiting and (line.start != end or end - start > PIECE):
                yield start, "".join(waiting)
                waiting.clear()
            if not waiting:
                start = line.start
            waiting.append(line.text)
            end = line.start + len(line.text)
        if waiting:
            yield start, "".join(waiting)

    def line_text(self, line: int) -> str:
        """Return the text of a line, counted from 1, without its line break; empty where there is no such line."""
        if not 1 <= line <= len(self._offsets):
            return ""
        with self.open() as file:
            file.seek(self._offsets[line - 1])
            return _text(file.readline(MAX_LINE), line).rstrip("\r\n")

    def span(self, path: KeyPath) -> Span:
        """Return the place of the line that *path* leads through: its number from 0 stands behind the first key."""
        number = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        if number >= len(self._offsets):
            return Span(0, 0)
        end = self.lines[number + 1] - 1 if number + 1 < len(self.lines) else self.lines[number]
        return Span(self.lines[number], max(self.lines[number], end))

    def _changed(self) -> PromptsteadError:
        return PromptsteadError("the file changed while it was read", hint="try again", location=self.path)


def lines_document(path: str, reopen: Callable[[], BinaryIO | None]) -> LinesDocument | None:
    """Return the lines of the file *path*, which *reopen* opens; None where there is none.

    :raises PromptsteadError: it cannot be read.
    """
    file = reopen()
    return None if file is None else LinesDocument(path, file, reopen)


def _text(raw: bytes, number: int) -> str:
    return (raw.removeprefix(BOM_UTF8) if number == 1 else raw).decode("utf-8", "replace")


def _wrong(raw: bytes, number: int) -> tuple[Sentence, Sentence] | None:
    """Return why a line is no text, and what to do; None where it is one."""
    if len(raw) > MAX_LINE:
        return say("files.line-too-long", most=MAX_LINE), say("files.shorten-line")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return say("files.line-has-no-text", line=number), say("files.save-as-utf-8")
    return None
