"""Two prompt files from anywhere, as ``git difftool`` hands them over: copies without what lies beside them."""

import os
import stat
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from promptstead.config.settings import Config
from promptstead.documents.yaml_reader import MAX_BYTES
from promptstead.errors import PromptsteadError
from promptstead.operations.workspace.revisions import PromptPair
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import SUFFIXES


def open_files(*names: str) -> Iterator[PromptPair]:
    """Yield the pair that two files are; one that is no prompt, or not there (``/dev/null``), stands for none.

    Partials and shared evaluators, which lie elsewhere, are not read: their names are compared, not their text.

    :raises PromptsteadError: not two files, or one that cannot be read.
    """
    if len(names) != 2:
        raise PromptsteadError("--no-index compares two files", hint="promptstead diff --no-index OLD NEW")
    called = next((os.path.basename(name) for name in reversed(names) if name.endswith(SUFFIXES)), "")
    if not called:
        raise PromptsteadError("neither is a prompt file", hint="prompt files end in .prompt.yml", location=names[1])
    base, head = (_load(name, called) for name in names)
    if base or head:
        yield PromptPair(base, head)


def _load(name: str, called: str) -> Loaded | None:
    try:
        if not stat.S_ISREG(os.stat(name).st_mode):
            return None
        with open(name, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise PromptsteadError(f"cannot read the file: {reason}", location=name) from error
    return Library(_OneFile(called, raw), Config()).load(called)


class _OneFile:
    """A tree that holds one file and nothing beside it."""

    label = "file"

    def __init__(self, path: str, raw: bytes) -> None:
        self._path = path
        self._raw = raw

    def files(self, under: str = "") -> list[str]:
        return [self._path] if not under else []

    def read(self, path: str) -> bytes | None:
        return self._raw if path == self._path else None

    def open(self, path: str) -> BinaryIO | None:
        return BytesIO(self._raw) if path == self._path else None

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        return {path: self._raw for path in paths if path == self._path}
