"""Git LFS: a revision holds pointers, and the files that they stand for lie beside Git's own objects."""

import os
import re
from functools import cached_property
from hashlib import sha256

from promptstead.git.process import run

MAX_BYTES = 64 * 1024 * 1024
"""Largest file read, as of a revision without pointers."""
_MOST = 1024
"""Bytes that no pointer has."""
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,12})\n"
)


class LfsObjects:
    """The files that ``git lfs`` has fetched for the repository at *root*; *named* is what Git is told besides."""

    def __init__(self, root: str, named: tuple[str, ...]) -> None:
        self._root, self._named = root, named

    def behind(self, data: bytes) -> bytes:
        """Return the file that *data* points to, and *data* where it is no pointer or the file is not at hand."""
        found = _POINTER.fullmatch(data) if len(data) < _MOST else None
        if found is None or int(found[2]) > MAX_BYTES:
            return data
        digest = found[1].decode()
        path = os.path.join(self._folder, digest[:2], digest[2:4], digest)
        try:
            with open(path, "rb") as file:
                there = file.read(int(found[2]) + 1)
        except OSError:
            return data
        return there if len(there) == int(found[2]) and sha256(there).hexdigest() == digest else data

    @cached_property
    def _folder(self) -> str:
        shared = run(self._root, *self._named, "rev-parse", "--git-common-dir")[1]
        return os.path.join(self._root, shared, "lfs", "objects")
