"""The files of a bundle: a folder, or one archive with the same files, each listed with its size and its hash.

An archive is a ZIP file without compression whose first member is ``manifest.json``; the manifest says where the other
members lie, so that one is read without looking at the rest. It stays open, so that it can be replaced or removed under
who reads it. The files of a folder are named by their content and stay where they are when the manifest is replaced.
"""

import os
import stat

from promptstead.errors import PromptsteadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, BinaryIO

MANIFEST = "manifest.json"
MAX_MANIFEST = 64 << 20
MAX_FILE = 8 << 20
MAX_ATTACHMENT = 20 << 20
ATTACHMENTS = "attachments/"
"""How the names of the files begin that prompts attach; they have as many bytes as a request can have."""
HEADER = 30
"""Bytes of a ZIP member's header before its name."""

_FORBIDDEN = frozenset('\\:*?"<>|')


class BundleError(PromptsteadError):
    """A bundle cannot be read: missing, damaged, changed or not a bundle."""


def is_safe_name(name: str) -> bool:
    """Tell whether a file's *name* stays in its folder on every system: relative, no segment of it odd."""
    return (
        0 < len(name) <= 500
        and name.isprintable()
        and _FORBIDDEN.isdisjoint(name)
        and all(map(_is_segment, name.split("/")))
    )


def _is_segment(segment: str) -> bool:
    return bool(segment) and segment[-1] not in ". " and segment[0] != " "


class Folder:
    """A bundle as a folder.

    :raises BundleError: it has no manifest.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._folder = os.path.abspath(path)  # whatever folder the application works in later
        self.manifest = self._read(MANIFEST, MAX_MANIFEST)

    def read(self, name: str, entry: "Mapping[str, Any]") -> bytes:
        """Return the bytes of a listed file.

        :raises BundleError: it is missing, changed, a link, or its name leaves the folder.
        """
        if not is_safe_name(name):
            raise BundleError(f"the bundle lists a file outside of it: {name[:80]!r}", location=self.path)
        folder = self._folder
        for segment in name.split("/")[:-1]:
            folder = os.path.join(folder, segment)
            if os.path.islink(folder):
                raise BundleError(f"`{name}` lies behind a link", location=self.path)
        return _verified(self._read(name, _most(name)), name, entry, self.path)

    def _read(self, name: str, limit: int) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(os.path.join(self._folder, *name.split("/")), flags), "rb") as file:
                return _bounded(file, name, limit, self.path)
        except OSError as error:
            raise BundleError(f"`{name}` cannot be read: {error.strerror}", location=self.path) from None


class Archive:
    """A bundle as one file, open until nobody refers to it.

    :raises BundleError: it is not such a file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = -1
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags)
            regular = stat.S_ISREG(os.fstat(self._file).st_mode)
        except OSError as error:
            raise BundleError(f"the bundle cannot be read: {error.strerror}", location=path) from None
        if not regular:
            raise BundleError("the bundle is not a regular file", location=path)
        start, size = self._member(0, MANIFEST, MAX_MANIFEST)
        self.manifest = self._read(start, size)
        self._base = start + size
        if len(self.manifest) != size:
            raise BundleError("the bundle is cut short", location=path)

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    def read(self, name: str, entry: "Mapping[str, Any]") -> bytes:
        """Return the bytes of a listed file.

        :raises BundleError: it is not where the manifest says, or changed.
        """
        start, size = self._member(self._base + _count(entry, "offset", self.path), name, _most(name))
        return _verified(self._read(start, size), name, entry, self.path)

    def _read(self, start: int, count: int) -> bytes:
        """Return up to *count* bytes from *start*; threads and forks have no position in the file in common."""
        try:
            return _at(self._file, start, count)
        except (OSError, OverflowError, ValueError):
            raise BundleError("the bundle cannot be read where its manifest says", location=self.path) from None

    def _member(self, offset: int, name: str, limit: int) -> "tuple[int, int]":
        """Return where the data of the member at *offset* starts, and its size in bytes."""
        wanted = name.encode()
        header = self._read(offset, HEADER + len(wanted))
        method, compressed, size = header[8:10], header[18:22], header[22:26]
        fixed = header[:4] == b"PK\x03\x04" and method == b"\0\0" and compressed == size and header[28:30] == b"\0\0"
        if not fixed or header[26:28] != len(wanted).to_bytes(2, "little") or header[HEADER:] != wanted:
            raise BundleError(
                f"`{name}` is not where a bundle has it", location=self.path, hint="is this a promptstead bundle?"
            )
        count = int.from_bytes(size, "little")
        if count > limit:
            raise BundleError(f"`{name}` is larger than {limit} bytes", location=self.path)
        return offset + len(header), count


if hasattr(os, "pread"):

    def _at(file: int, start: int, count: int) -> bytes:
        """Return up to *count* bytes of an open file from *start*."""
        found = b""
        while len(found) < count and (more := os.pread(file, count - len(found), start + len(found))):
            found += more
        return found

else:
    from threading import Lock

    _POSITION = Lock()

    def _at(file: int, start: int, count: int) -> bytes:
        """Return up to *count* bytes of an open file from *start*; where there is no pread, there is no fork either."""
        with _POSITION:
            os.lseek(file, start, os.SEEK_SET)
            found = b""
            while len(found) < count and (more := os.read(file, count - len(found))):
                found += more
            return found


def open_files(path: str) -> "Folder | Archive":
    """Open a bundle, whichever form it has.

    :raises BundleError: there is none at *path*.
    """
    return Folder(path) if os.path.isdir(path) else Archive(path)


def _most(name: str) -> int:
    return MAX_ATTACHMENT if name.startswith(ATTACHMENTS) else MAX_FILE


def _count(entry: "Mapping[str, Any]", key: str, path: str) -> int:
    value = entry.get(key)
    if type(value) is not int or value < 0:
        raise BundleError("the bundle's manifest is damaged", location=path)
    return value


def _bounded(file: "BinaryIO", name: str, limit: int, path: str) -> bytes:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise BundleError(f"`{name}` is not a regular file", location=path)
    data = file.read(limit + 1) if status.st_size <= limit else b""
    if status.st_size > limit or len(data) > limit:
        raise BundleError(f"`{name}` is larger than {limit} bytes", location=path)
    return data


def _verified(data: bytes, name: str, entry: "Mapping[str, Any]", path: str) -> bytes:
    from hashlib import sha256

    if len(data) != _count(entry, "size", path) or sha256(data).hexdigest() != entry.get("sha256"):
        raise BundleError(
            f"`{name}` is not the file that the manifest lists", location=path, hint="fetch the bundle again"
        )
    return data
