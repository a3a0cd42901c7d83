"""A tree of files in memory, for what needs no disk."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import BinaryIO


class MemoryTree:
    """Path -> text or bytes, as a :class:`promptstead.model.Tree`."""

    label = "test tree"

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}

    def files(self, under: str = "") -> list[str]:
        return sorted(path for path in self._files if not under or path.startswith(under + "/"))

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        return {path: self._files[path] for path in paths if path in self._files}

    def open(self, path: str) -> BinaryIO | None:
        return BytesIO(self._files[path]) if path in self._files else None
