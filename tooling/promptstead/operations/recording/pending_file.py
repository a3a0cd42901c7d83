"""A file of what is pending: answers, or judgements, that a model gave and nobody accepted yet, one a line."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from promptstead.documents.version_line import version_line
from promptstead.errors import PromptsteadError
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.pending import FILE, MAX_ATTEMPTS, VERSION, Attempt, dump_attempt, key_of, parse_attempts
from promptstead.prompts.loaded import Loaded
from promptstead.storage.journal import MAX_BYTES, Journal, read_journal, too_full

Entry = TypeVar("Entry")


class Form(NamedTuple, Generic[Entry]):
    """What such a file is called, and how its lines are read and written."""

    name: str
    version: str
    """What the first line says that the file is."""
    parse: Callable[[bytes, str], list[Entry]]
    """Bytes and what errors call the file -> its entries; raises PromptsteadError where a line is none."""
    dump: Callable[[Entry], str]
    key: Callable[[Entry], tuple[str, ...]]
    """What tells the request apart that an entry answers."""
    number: Callable[[Entry], int]
    """How often that request had been sampled, this entry counted."""


ANSWERS = Form[Attempt](FILE, VERSION, parse_attempts, dump_attempt, key_of, lambda attempt: attempt.number)


class PendingFile(Generic[Entry]):
    """What is pending of one prompt. It is read at once; to change it, open it.

    Answers that are kept outside the repository, and what judges said of them, are pending there too, for their owner
    alone.

    :param folder: where it lies; empty for its own place.
    :param held: open it at once.
    :raises PromptsteadError: it cannot be read, or has no place.
    """

    def __init__(
        self, workspace: Workspace, loaded: Loaded, form: Form[Entry], folder: str = "", *, held: bool = False
    ) -> None:
        self._form = form
        self._place, self.location = pending_place(workspace, loaded, form.name, folder)
        self._mode = 0o600 if loaded.private else 0o666
        self._journal: Journal | None = None
        self.written = 0
        """Entries with an answer that were added since."""
        if held:
            self.open()
        else:
            self._know(form.parse(read_journal(self._place, self.location), self.location))

    def open(self) -> None:
        """Take the file: nobody else writes it until :meth:`close`.

        :raises PromptsteadError: somebody does, or it cannot be written.
        """
        if self._journal is None:
            journal = Journal(self._place, self.location, mode=self._mode)
            try:
                self._know(self._form.parse(journal.read(), self.location))
            except BaseException:
                journal.close()
                raise
            self._journal = journal

    def close(self) -> None:
        """Give the file back."""
        if self._journal is not None:
            self._journal.close()

    @property
    def full(self) -> str:
        """Return why nothing more is asked; empty where it may be."""
        if self._journal is None or not self._journal.full:
            return ""
        return str(too_full(MAX_BYTES, "accept or reject some first", ""))

    async def on_disk(self) -> None:
        """Wait until what was added is on disk; other calls go on meanwhile.

        :raises PromptsteadError: it cannot be written.
        """
        if self._journal is not None:
            await self._journal.on_disk()

    def sync(self) -> None:
        """Wait for the same where nothing else goes on.

        :raises PromptsteadError: it cannot be written.
        """
        if self._journal is not None:
            self._journal.sync()

    def _next(self, key: tuple[str, ...], accepted: int) -> int:
        """Return the number of the next sampling of a request.

        :param accepted: how many led to what is accepted.
        """
        return min(MAX_ATTEMPTS, max(self._sampled[key], accepted) + 1)

    def _add(self, entry: Entry) -> None:
        assert self._journal is not None
        if self._journal.is_empty:
            self._journal.add(version_line(self._form.version))
        self._journal.add(self._form.dump(entry))
        self.pending.append(entry)
        self._count([entry])

    def _replace(self, entries: Sequence[Entry]) -> None:
        assert self._journal is not None
        first = version_line(self._form.version) if entries else ""
        self._journal.replace(first + "".join(map(self._form.dump, entries)))
        self._know(entries)

    def _know(self, entries: Sequence[Entry]) -> None:
        self.pending = list(entries)
        self._sampled = Counter[tuple[str, ...]]()
        self._count(entries)

    def _count(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            key = self._form.key(entry)
            self._sampled[key] = max(self._sampled[key], self._form.number(entry))


def pending_place(workspace: Workspace, loaded: Loaded, name: str, folder: str = "") -> tuple[str, str]:
    """Return where the pending file of that *name* of a prompt lies on disk, and what errors call that.

    :raises PromptsteadError: it belongs outside the repository, and there is no store.
    """
    path = workspace.library.companion_path(loaded.path, name)
    if folder:
        place = os.path.join(os.path.abspath(folder), *path.split("/"))
        return place, place
    if not loaded.private:
        return workspace.tree.place(path), path
    place = answer_store(workspace).pending(path)
    return place, place


def is_pending_at_hand(workspace: Workspace, loaded: Loaded) -> bool:
    """Tell whether what is pending of a prompt has a place here: without a store, that of a private one has none."""
    try:
        return not loaded.private or bool(answer_store(workspace).open())
    except PromptsteadError:
        return False
