"""The files of a revision, with its links followed as a file system follows them."""

import os
import posixpath
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from promptstead.errors import PromptsteadError

if TYPE_CHECKING:
    from promptstead.git.repository import Repository

LINK = "120000"
FILES = frozenset(("100644", "100755", "100664"))
"""How Git writes the mode of a link and of files; the last is of old repositories."""
MAX_LINKS = 40
MAX_LINK_BYTES = 4096


class RevisionTree:
    """The files of one commit; a :class:`promptstead.model.Tree`. Submodules are no part of it.

    A file that Git LFS keeps is the file itself where the clone has it, and else the pointer that the commit holds.
    """

    def __init__(self, repository: "Repository", commit: str) -> None:
        self.commit = commit
        self.label = commit[:7]
        self._repository = repository
        self._known: dict[str, str] = {}
        """Path -> blob of files that were heard of before all are listed."""

    @cached_property
    def _listing(self) -> tuple[dict[str, str], dict[str, str]]:
        """Path -> blob of all files, and of all links."""
        files: dict[str, str] = {}
        links: dict[str, str] = {}
        for entry in self._repository.list_tree(self.commit):
            about, _, path = entry.partition("\t")
            mode, kind, name = about.split(" ")
            if kind == "blob":
                (links if mode == LINK else files)[path] = name
        return files, links

    def know(self, path: str, mode: str, name: str) -> None:
        """Remember what Git said of a path when it compared revisions, so that reading it needs no list of all."""
        if mode in FILES:
            self._known[path] = name

    def files(self, under: str = "") -> list[str]:
        """Return the sorted paths of the files, and of links, below the folder *under*, or of all."""
        folder = "" if under in {"", "."} else posixpath.normpath(under) + "/"
        return sorted(path for listing in self._listing for path in listing if path.startswith(folder))

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file. Links inside the repository are followed.

        :raises PromptsteadError: the file is too large or not in this clone, or a link that leaves the repository.
        """
        return self.read_many([path]).get(path)

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those *paths* that exist; the same errors as :meth:`read`."""
        names = {path: name for path in paths if (name := self._blob(path))}
        found = self._repository.contents.read(names, self.label)
        return {path: self._repository.lfs.behind(data) for path, data in found.items()}

    def open(self, path: str) -> BinaryIO | None:
        """Return a file opened for reading, or None where there is none; the same errors as :meth:`read`."""
        name = self._blob(path)
        return None if name is None else self._repository.contents.open(name, f"{self.label}:{path}")

    def _blob(self, path: str) -> str | None:
        files = self._known if path in self._known else self._listing[0]
        return files.get(path) or files.get(self._follow(path))

    def _follow(self, path: str) -> str:
        """Return where *path* leads once every link on the way is followed, step by step as a file system does."""
        reached: list[str] = []
        ahead = path.split("/")[::-1]
        links = 0
        while ahead:
            step = ahead.pop()
            if step in {"", "."}:
                continue
            if step == ".." and not reached:
                raise self._escape(path)
            if step == "..":
                reached.pop()
                continue
            reached.append(step)
            name = self._listing[1].get("/".join(reached))
            if name is None:
                continue
            links += 1
            target = os.fsdecode(self._repository.contents.read({path: name}, self.label)[path])
            if target.startswith("/"):
                raise self._escape(path)
            if links > MAX_LINKS or len(target) > MAX_LINK_BYTES:
                raise PromptsteadError(
                    "this link leads in a circle or through too many others", location=f"{self.label}:{path}"
                )
            reached.pop()
            ahead.extend(target.split("/")[::-1])
        return "/".join(reached)

    def _escape(self, path: str) -> PromptsteadError:
        hint = "replace the link by the file itself"
        return PromptsteadError("this link leads out of the repository", hint=hint, location=f"{self.label}:{path}")
