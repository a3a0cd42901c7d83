"""Many who wait for the disk at once."""

import asyncio
import errno
import os
import time
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.storage.journal import Journal

LINES = [f"answer {number}\n" for number in range(50)]


def test_everybody_goes_on_when_their_line_is_on_disk_and_few_waits_serve_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[int] = [0]

    def slow(file: int) -> None:
        size = os.fstat(file).st_size
        time.sleep(0.02)
        on_disk.append(size)

    monkeypatch.setattr(os, "fsync", slow)

    async def keep(journal: Journal, line: str, turn: int) -> None:
        for _ in range(turn):  # some come while others wait
            await asyncio.sleep(0.001)
        journal.add(line)
        end = (tmp_path / "journal").stat().st_size
        await journal.on_disk()
        assert on_disk[-1] >= end

    async def everybody(journal: Journal) -> None:
        await asyncio.gather(*(keep(journal, line, number % 10) for number, line in enumerate(LINES)))

    with Journal(str(tmp_path / "journal"), "j") as journal:
        asyncio.run(everybody(journal))
        assert sorted(journal.read().decode().splitlines(keepends=True)) == sorted(LINES)
    assert len(on_disk) - 1 < len(LINES) / 2


def test_nobody_goes_on_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def everybody(journal: Journal) -> list[BaseException | None]:
        for line in LINES:
            journal.add(line)
        return await asyncio.gather(*(journal.on_disk() for _ in LINES), return_exceptions=True)

    with Journal(str(tmp_path / "journal"), "j") as journal:
        journal.append("before\n")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            ends = asyncio.run(everybody(journal))
        assert all(isinstance(end, PromptsteadError) for end in ends)
        assert len(ends) == len(LINES)
        assert journal.read() == b"before\n"
