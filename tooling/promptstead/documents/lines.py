"""Lines of a file that need not fit in memory; each of them does."""

from collections.abc import Iterator
from typing import BinaryIO


def bounded_lines(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield the lines of *file* with their ends; of one longer than *limit* bytes only the first ``limit + 1``."""
    while line := file.readline(limit + 1):
        yield line
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                pass  # passed over piece by piece
