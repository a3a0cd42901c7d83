"""What lint found clean before: prompts that need no second look while nothing that they are made of has changed.

One SQLite file per user, keyed by everything that an answer depends on: the rules (by the package's own files), the
settings, the day (rules have dated tables) and the digest of every file that the prompt is made of, also of those that
are not there. Only clean prompts are kept. The file can be deleted at any time; where it cannot be used, nothing is
remembered.
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, BinaryIO

from promptstead.errors import PromptsteadError
from promptstead.model import Tree

MAX_BYTES = 256 * 1024 * 1024
_TABLE = (
    "CREATE TABLE IF NOT EXISTS clean (rules TEXT, root TEXT, path TEXT, made_of TEXT, PRIMARY KEY (rules, root, path))"
)
_BLOCK = 256 * 1024
_WAIT = 2.0
"""Seconds to wait for another process that writes."""


class Cache:
    """The clean prompts of one tree under one set of rules.

    :param settings: whatever else the answer depends on, as text.
    """

    def __init__(self, tree: Tree, root: str, settings: str) -> None:
        self._tree = tree
        self._root = root
        self._rules = blake2b((_package() + settings).encode(), digest_size=16).hexdigest()
        self._digests: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._connection = _connect()
        self._known = self._read()

    def is_clean(self, path: str) -> bool:
        """Tell whether the prompt *path* was clean and is made of the same files."""
        made_of = _files(self._known.get(path))
        return bool(made_of) and all(self._digest(file) == digest for file, digest in made_of.items())

    def remember(self, path: str, files: Iterable[str]) -> None:
        """Remember that the prompt *path*, made of *files* and of nothing else, is clean."""
        self._new[path] = json.dumps({file: self._digest(file) for file in sorted(set(files))})

    def save(self) -> None:
        """Write what is new, in one transaction."""
        if self._connection is None:
            return
        rows = [(self._rules, self._root, path, made_of) for path, made_of in self._new.items()]
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO clean VALUES (?, ?, ?, ?)", rows)
        except (sqlite3.Error, UnicodeError):
            pass  # another process is writing, the disk is full, a name is no text: the next run looks again
        self._connection.close()

    def _read(self) -> dict[str, str]:
        if self._connection is None:
            return {}
        query = "SELECT path, made_of FROM clean WHERE rules = ? AND root = ?"
        try:
            return dict(self._connection.execute(query, (self._rules, self._root)))
        except (sqlite3.Error, UnicodeError):
            return {}

    def _digest(self, file: str) -> str:
        if file not in self._digests:
            try:
                self._digests[file] = _digest(self._tree.open(file))
            except PromptsteadError:
                self._digests[file] = "unreadable"
        return self._digests[file]


def _digest(file: BinaryIO | None) -> str:
    """Return the digest of a file, which need not fit in memory; empty where there is none."""
    if file is None:
        return ""
    hashed = blake2b(digest_size=16)
    with file:
        while block := file.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def _files(made_of: object) -> dict[str, str]:
    """Return file -> digest as they were remembered; none where the memory is damaged."""
    try:
        found = json.loads(made_of) if isinstance(made_of, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _connect() -> Any:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not os.path.isabs(home):
        return None  # it would lie in the current folder, which is somebody's repository
    folder = os.path.join(home, "promptstead")
    path = os.path.join(folder, "lint.sqlite")
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(path) and os.path.getsize(path) > MAX_BYTES:
            os.unlink(path)
        connection = sqlite3.connect(path, timeout=_WAIT)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
    except (sqlite3.Error, OSError):
        return None
    return connection


def _package() -> str:
    """Return what changes when the package changes: name, size and time of each of its files."""
    found = []
    for folder, folders, names in os.walk(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            status = os.stat(os.path.join(folder, name))
            found.append(f"{name}:{status.st_size}:{status.st_mtime_ns}")
    return "\n".join(sorted(found))
