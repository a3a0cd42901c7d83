"""The store of answers that may not enter Git: a folder outside the repository, one file an answer.

``<folder>/<2 hex>/<64 hex>.json`` holds the answer of that digest, ``<folder>/waiting/`` what models said and nobody
accepted yet. Nobody but the owner may read what is written there.
"""

import hashlib
import os
import re
import stat
from contextlib import suppress

from promptstead.errors import PromptsteadError
from promptstead.storage.disk import make_folder, sync_folder
from promptstead.storage.replacement import replacing_bytes

VARIABLE = "PROMPTSTEAD_STORE"
"""Environment variable that says where the store is on this machine; it comes before the configuration."""
MAX_BYTES = 32 * 1024 * 1024
"""Of the largest answer."""
_DIGEST = re.compile(r"sha256:([0-9a-f]{2})([0-9a-f]{62})")
_HINT = f"set {VARIABLE}, or `store` under [outputs] on the default branch, to a folder outside the repository"


class AnswerStore:
    """The folder as it is on this machine.

    :param folder: as the base's settings have it; empty where they have none. The environment variable comes first.
    :param root: the repository, in which it must not lie.
    """

    def __init__(self, folder: str, root: str) -> None:
        self._folder = os.path.expanduser(os.environ.get(VARIABLE) or folder)
        self._root = root

    def open(self) -> str:
        """Return where it is.

        :raises PromptsteadError: there is none, or it lies in the repository.
        """
        if not self._folder:
            raise PromptsteadError("no store of private answers is configured on this machine", hint=_HINT)
        folder = os.path.realpath(self._folder)
        root = os.path.realpath(self._root)
        if not os.path.isabs(self._folder) or folder == root or folder.startswith(root.rstrip(os.sep) + os.sep):
            raise PromptsteadError("the store of private answers must be outside the repository", hint=_HINT)
        if not os.path.isdir(folder):
            raise PromptsteadError(
                "the store of private answers does not exist", hint=f"create the folder {self._folder}"
            )
        return folder

    def read(self, digest: str) -> bytes | None:
        """Return what is stored under *digest*, unchecked; None where nothing is.

        :raises PromptsteadError: there is no store, or the answer cannot be read.
        """
        path = self._path(digest)
        try:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(file, "rb") as stream:
                status = os.fstat(stream.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                    raise PromptsteadError("a stored answer is not a file, or is too large", location=path)
                return stream.read(MAX_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = error.strerror or "the system refuses"
            raise PromptsteadError(f"a stored answer cannot be read: {reason}", location=path) from error

    def write(self, text: str) -> str:
        """Store *text* and return its digest. It is on disk, whole, before this returns.

        :raises PromptsteadError: there is no store, or it cannot be written.
        """
        raw = text.encode("utf-8")
        if len(raw) > MAX_BYTES:
            raise PromptsteadError(f"an answer of more than {MAX_BYTES // (1024 * 1024)} MiB cannot be stored")
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        path = self._path(digest)
        try:
            make_folder(os.path.dirname(path), 0o700)
            with replacing_bytes(path, 0o600) as stream:  # for the owner alone
                stream.write(raw)
            sync_folder(os.path.dirname(path))
        except OSError as error:
            reason = error.strerror or "the system refuses"
            raise PromptsteadError(f"the answer cannot be stored: {reason}", location=path) from error
        return digest

    def remove(self, digest: str) -> None:
        """Delete what is stored under *digest*, if anything is.

        :raises PromptsteadError: there is no store, or it cannot be changed.
        """
        path = self._path(digest)
        try:
            with suppress(FileNotFoundError):
                os.unlink(path)
        except OSError as error:
            raise PromptsteadError(f"a stored answer cannot be deleted: {error.strerror}", location=path) from error

    def pending(self, path: str) -> str:
        """Return where the file *path* of what is pending lies in the store, or would lie.

        :raises PromptsteadError: there is no store.
        """
        repository = hashlib.sha256(os.fsencode(os.path.realpath(self._root))).hexdigest()[:16]
        return os.path.join(self.open(), "waiting", repository, *path.split("/"))

    def _path(self, digest: str) -> str:
        named = _DIGEST.fullmatch(digest)
        if named is None:
            raise PromptsteadError("this is not the digest of an answer")
        folder = os.path.join(self.open(), named[1])
        if os.path.realpath(folder) != folder:
            raise PromptsteadError("a folder of the store is a link", hint="remove the link", location=folder)
        return os.path.join(folder, f"{named[1]}{named[2]}.json")
