"""Waiting for the disk without holding up the calls: one wait for all the answers that came meanwhile."""

import asyncio

from promptstead.errors import PromptsteadError
from promptstead.storage.journal import Journal


class Keeping:
    """Waits until the lines of a journal are on disk, for any number of tasks of one event loop at once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._added = self._kept = 0
        self._one = asyncio.Lock()
        self._failed: PromptsteadError | None = None

    async def wait(self) -> None:
        """Return when all that was added to the journal before is on disk.

        :raises PromptsteadError: it cannot be written.
        """
        self._added += 1
        mine = self._added
        async with self._one:
            if self._kept >= mine:
                return
            if self._failed:
                raise self._failed
            known = self._added
            try:
                await asyncio.to_thread(self._journal.sync)
            except PromptsteadError as error:
                self._failed = error
                raise
            self._kept = known
