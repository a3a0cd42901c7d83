"""The files of a bundle: a folder, or one archive with the same files, each listed with its size and its hash.

An archive is a ZIP file without compression whose first member is ``manifest.json``; the manifest says where the other
members lie, so that one is read without looking at the rest. Every file is opened for one read alone: nothing stays
open.
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
        self.manifest = self._read(MANIFEST, MAX_MANIFEST)

    def read(self, name: str, entry: "Mapping[str, Any]") -> bytes:
        """Return the bytes of a listed file.

        :raises BundleError: it is missing, changed, a link, or its name leaves the folder.
        """
        if not is_safe_name(name):
            raise BundleError(f"the bundle lists a file outside of it: {name[:80]!r}", location=self.path)
        folder = self.path
        for segment in name.split("/")[:-1]:
            folder = os.path.join(folder, segment)
            if os.path.islink(folder):
                raise BundleError(f"`{name}` lies behind a link", location=self.path)
        return _verified(self._read(name, MAX_FILE), name, entry, self.path)

    def _read(self, name: str, limit: int) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(os.path.join(self.path, *name.split("/")), flags), "rb") as file:
                return _bounded(file, name, limit, self.path)
        except OSError as error:
            raise BundleError(f"`{name}` cannot be read: {error.strerror}", location=self.path) from None


class Archive:
    """A bundle as one file.

    :raises BundleError: it is not such a file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        with self._open() as file:
            size = self._member(file, 0, MANIFEST, MAX_MANIFEST)
            self.manifest = file.read(size)
        self._base = HEADER + len(MANIFEST) + size
        if len(self.manifest) != size:
            raise BundleError("the bundle is cut short", location=path)

    def read(self, name: str, entry: "Mapping[str, Any]") -> bytes:
        """Return the bytes of a listed file.

        :raises BundleError: it is not where the manifest says, or changed.
        """
        with self._open() as file:
            size = self._member(file, self._base + _count(entry, "offset", self.path), name, MAX_FILE)
            return _verified(file.read(size), name, entry, self.path)

    def _open(self) -> "BinaryIO":
        try:
            return open(self.path, "rb")
        except OSError as error:
            raise BundleError(f"the bundle cannot be read: {error.strerror}", location=self.path) from None

    def _member(self, file: "BinaryIO", offset: int, name: str, limit: int) -> int:
        """Go to the data of the member at *offset* and return its size in bytes."""
        wanted = name.encode()
        try:
            file.seek(offset)
        except (OSError, OverflowError, ValueError):
            raise BundleError("the bundle's manifest is damaged", location=self.path) from None
        header = file.read(HEADER + len(wanted))
        method, compressed, size = header[8:10], header[18:22], header[22:26]
        fixed = header[:4] == b"PK\x03\x04" and method == b"\0\0" and compressed == size and header[28:30] == b"\0\0"
        if not fixed or header[26:28] != len(wanted).to_bytes(2, "little") or header[HEADER:] != wanted:
            raise BundleError(
                f"`{name}` is not where a bundle has it", location=self.path, hint="is this a promptstead bundle?"
            )
        count = int.from_bytes(size, "little")
        if count > limit:
            raise BundleError(f"`{name}` is larger than {limit} bytes", location=self.path)
        return count


def open_files(path: str) -> "Folder | Archive":
    """Open a bundle, whichever form it has.

    :raises BundleError: there is none at *path*.
    """
    return Folder(path) if os.path.isdir(path) else Archive(path)


def _count(entry: "Mapping[str, Any]", key: str, path: str) -> int:
    value = entry.get(key)
    if not isinstance(value, int) or value < 0:
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
