"""The file of a live run: it grows by lines that are on disk before they count.

A row is a case that is judged; an answer whose case waits for others, or for a judge, is a line of its own until then,
and so is what a judge said. So a run that is killed loses the calls in flight and nothing else.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from promptstead.operations.running.run_files import opened_run
from promptstead.runs.writer import (
    End,
    Row,
    Run,
    TakenAnswer,
    TakenJudgement,
    dump_answer,
    dump_end,
    dump_row,
    dump_run,
    dump_taken,
)
from promptstead.storage.journal import Journal

MAX_BYTES = 4 * 1024 * 1024 * 1024
"""Largest run file that is written."""
Line = Row | TakenAnswer | TakenJudgement


class LiveRunFile:
    """The lines of one live run, held by this process until they are closed.

    :param place: where the file lies; its folder is made where there is none.
    :param run: its first line.
    :raises PromptsteadError: it cannot be written, or another process holds it.
    """

    def __init__(self, place: str, run: Run) -> None:
        self._place, self._run = place, run
        self._journal = Journal(place, place, MAX_BYTES, "evaluate in shards: --shard 1/4")
        self.close, self.sync = self._journal.close, self._journal.sync
        self.on_disk = self._journal.on_disk
        """The same as :meth:`sync`, for calls under way."""

    def start(self) -> None:
        """Write the first line."""
        self._journal.append(dump_run(self._run))

    def add(self, line: Line) -> None:
        """Add a line; :meth:`sync` waits until it is on disk."""
        self._journal.add(_dump(line))

    def lines(self) -> Iterator[Line]:
        """Yield what the file holds after its first line.

        :raises PromptsteadError: it is no run file.
        """
        with opened_run(self._place) as reader:
            yield from reader.lines()

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Put *lines* in place of those after the first, at once; they may come from :meth:`lines`."""
        self._journal.rewrite(chain((dump_run(self._run),), map(_dump, lines)))

    def empty(self) -> None:
        """Leave nothing, so that the file is gone when it is closed."""
        self._journal.rewrite(())

    def end(self, end: End) -> None:
        """Write the last line."""
        self._journal.append(dump_end(end))


def _dump(line: Line) -> str:
    if isinstance(line, Row):
        return dump_row(line)
    return dump_answer(line) if isinstance(line, TakenAnswer) else dump_taken(line)
