"""Two revisions of the repository at hand, each with its own configuration and its own prompts."""

import os
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, NamedTuple

from promptstead.config.file import STANDALONE, load_config
from promptstead.console.output import plural, tell
from promptstead.errors import PromptsteadError, one_line
from promptstead.git.repository import ChangedPath, Repository
from promptstead.model import Tree
from promptstead.operations.workspace.workspace import Workspace, workspace_at
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import SUFFIXES

FEW = 3
"""Most files that a line names."""


@dataclass(frozen=True)
class Revisions:
    """Base and head.

    *head_commit* is None for the working tree. *changed* lists the files that differ, relative to the workspace.
    """

    base: Library
    head: Library
    base_commit: str
    head_commit: str | None
    changed: tuple[ChangedPath, ...]

    @cached_property
    def touched(self) -> frozenset[str]:
        """Return the paths of the files that differ, as they are and as they were."""
        return frozenset(path for change in self.changed for path in (change.path, change.old_path) if path)

    @cached_property
    def head_as_before(self) -> Library:
        """Return the prompts of the head where the base's settings say that they lie."""
        base, head = self.base.config, self.head.config
        if base.places == head.places:
            return self.head
        config = head._replace(roots=base.roots, default_roots=base.default_roots, exclude=base.exclude)
        return Library(self.head.tree, config, self.head.python, self.head.stored, self.head.plugins)

    @cached_property
    def listed(self) -> frozenset[str]:
        """Return the paths of the prompts that the head's settings name."""
        return frozenset(self.head.paths())

    def head_of(self, path: str) -> Library:
        """Return what reads the prompt *path* of the head: by its own settings where they name it."""
        return self.head if path in self.listed else self.head_as_before

    @property
    def label(self) -> str:
        """Return ``a1b2c3d..e4f5a6b``."""
        return f"{self.base_commit[:7]}..{self.head_commit[:7] if self.head_commit else 'working tree'}"


@contextmanager
def open_revisions(workspace: Workspace, text: str) -> Iterator[Revisions]:
    """Open the revisions that *text* names.

    That is ``A..B``, ``A...B`` (from their merge base), or one revision against the working tree.

    :raises PromptsteadError: no Git repository, an unknown revision, or history that a shallow clone lacks.
    """
    with Repository.discover(workspace.tree.root) as repository:
        base, head = repository.parse_range(text)
        workspace = _as_the_base_has_it(workspace, repository, base)
        base_library = library_at(workspace, repository, base)
        head_library = workspace.library if head is None else library_at(workspace, repository, head)
        if head is not None and head == repository.head_commit():
            _tell_uncommitted(workspace, repository, head)
        yield Revisions(base_library, head_library, base, head, changed_files(workspace, repository, base, head))


def _tell_uncommitted(workspace: Workspace, repository: Repository, head: str) -> None:
    """Say that files of prompts differ from the commit that is checked out, and so are not looked at."""
    library = workspace.library
    changed = changed_files(workspace, repository, head, None)
    paths = [each.path for each in changed if library.root_of(each.path).path and not library.excluded(each.path)]
    if paths:
        names = ", ".join([*paths[:FEW], *(["…"] if len(paths) > FEW else [])])
        count = f"{plural(len(paths), 'file')} of prompts"
        verb = "are" if len(paths) > 1 else "is"
        tell(one_line(f"{count} changed and {verb} not committed, so not compared ({names}): name the base alone"))


def library_at(workspace: Workspace, repository: Repository, commit: str) -> Library:
    """Return the prompts of *commit* under the configuration that it had.

    :raises PromptsteadError: that configuration is wrong.
    """
    tree: Tree = repository.tree(commit)
    prefix = _prefix(workspace, repository)
    tree = _Below(tree, prefix) if prefix else tree
    try:
        own = workspace.library
        return Library(tree, load_config(tree), own.python, own.stored, own.plugins)
    except PromptsteadError as error:
        raise PromptsteadError(error.message, hint=error.hint, location=f"{tree.label}:{error.location}") from error


def _as_the_base_has_it(workspace: Workspace, repository: Repository, base: str) -> Workspace:
    """Return the workspace whose settings *base* has: the nearest from the current folder upwards.

    A change that adds settings in between, or takes them away, does not choose which folder is looked at, and by whose
    policy. Where the base has no settings at all, the workspace stays as it is.
    """
    tree = repository.tree(base)
    folder = os.path.realpath(os.curdir)
    inside = folder == repository.root or folder.startswith(repository.root.rstrip(os.sep) + os.sep)
    while inside and folder != repository.root:
        below = os.path.relpath(folder, repository.root).replace(os.sep, "/")
        if tree.read(f"{below}/{STANDALONE}") is not None:
            break
        folder = os.path.dirname(folder)
    if not inside or folder == workspace.tree.root or (folder == repository.root and not load_config(tree).file):
        return workspace
    there = workspace_at(folder)
    here = workspace.library
    there.library.python, there.library.stored, there.library.plugins = here.python, here.stored, here.plugins
    return there


def changed_files(workspace: Workspace, repository: Repository, base: str, head: str | None) -> tuple[ChangedPath, ...]:
    """Return the files of the workspace that differ between two commits; *head* None is the working tree."""
    return tuple(_relative(repository.changed_paths(base, head), _prefix(workspace, repository)))


def _prefix(workspace: Workspace, repository: Repository) -> str:
    return workspace.tree.root[len(repository.root) :].strip("/")


@dataclass(frozen=True, slots=True)
class PromptPair:
    """One prompt on both sides; None where that side does not have it."""

    base: Loaded | None
    head: Loaded | None

    @property
    def id(self) -> str:
        """Return the id it has now, or had."""
        loaded = self.head or self.base
        assert loaded is not None
        return loaded.id

    @property
    def paths(self) -> set[str]:
        """Return the path on either side."""
        return {loaded.path for loaded in (self.base, self.head) if loaded}


class Candidate(NamedTuple):
    """A prompt that the change may reach: its path on the base and on the head, empty where that side has none.

    *near* says that it surely does: its file changed, or what lies in its folder.
    """

    old_path: str
    path: str
    near: bool


def changed_prompts(revisions: Revisions) -> Iterator[PromptPair]:
    """Yield the prompts that the changed files reach, in the order of their paths.

    They reach a prompt through its file, what lies in its folder, or what it includes or attaches. A change of the
    configuration reaches every prompt whose model it resolves otherwise.
    """
    for candidate in candidates(revisions):
        if pair := reached(revisions, candidate):
            yield pair


def candidates(revisions: Revisions) -> Iterator[Candidate]:
    """Yield the prompts that the changed files may reach, in the order of their paths; none of them is read."""
    touched = revisions.touched
    folders = {folder for path in touched for folder in _folders_around(path)}
    old, new = _paths(revisions)
    everything = _shared(revisions, old | new)
    for old_path, path in _path_pairs(revisions, old, new):
        near = path in touched or old_path in touched or _folder(revisions, path) in folders
        if near or everything:
            yield Candidate(old_path if old_path in old else "", path if path in new else "", near)


def reached(revisions: Revisions, candidate: Candidate) -> PromptPair | None:
    """Load a candidate of :func:`candidates`; None where the changed files do not reach it."""
    pair = _load(revisions, candidate.old_path, candidate.path)
    if candidate.near or _includes(pair, revisions.touched) or _model(pair.base) != _model(pair.head):
        return pair
    return None


def all_prompts(revisions: Revisions) -> Iterator[PromptPair]:
    """Yield every prompt of either side, changed or not, in the order of their paths."""
    old, new = _paths(revisions)
    for old_path, path in _path_pairs(revisions, old, new):
        yield _load(revisions, old_path if old_path in old else "", path if path in new else "")


def _paths(revisions: Revisions) -> tuple[set[str], set[str]]:
    """Return the paths of the prompts of both sides; the head's are those that its own or the base's settings name."""
    base_paths, head_paths = set(revisions.base.paths()), {*revisions.listed, *revisions.head_as_before.paths()}
    head_paths |= {path for path in base_paths - head_paths if revisions.head.tree.read(path) is not None}
    return base_paths, head_paths


def _path_pairs(revisions: Revisions, old: set[str], new: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the path that each prompt had and the one it has, which are the same but for one that was renamed."""
    former = _former_paths(revisions, old - new, new - old)
    moved = set(former.values())
    for path in sorted(old | new):
        if path not in moved:  # else its new name speaks for it
            yield former.get(path, path), path


def _load(revisions: Revisions, old_path: str, path: str) -> PromptPair:
    head = revisions.head_of(path).load(path) if path else None
    return PromptPair(revisions.base.load(old_path) if old_path else None, head)


def _former_paths(revisions: Revisions, gone: set[str], come: set[str]) -> dict[str, str]:
    """Return new path -> old path of the prompts that moved: the same id, what an alias says, or else as Git found.

    A file that moved to another suffix or another root is still what callers load by its id, however much it changed.
    """
    former: dict[str, str] = {}
    # one that is still there, and that the head's settings no longer name, gives its id to nobody either
    unlisted = set(revisions.base.paths()).difference(revisions.listed)
    taken = {revisions.base.id_of(path): path for path in sorted(unlisted)}
    for path in sorted(come):
        if same := taken.pop(revisions.head_of(path).id_of(path), ""):
            former[path] = same
    left = {revisions.base.id_of(path): path for path in sorted(gone.difference(former.values()))}
    for path in sorted(come - former.keys()):
        prompt = revisions.head_of(path).load(path).prompt if left else None
        aliases = (prompt.data.get("aliases") or ()) if prompt else ()
        old = next((left.pop(alias) for alias in aliases if alias in left), None)
        if old:
            former[path] = old
    for change in revisions.changed:
        if change.old_path in left.values() and change.path in come and change.path not in former:
            former[change.path] = change.old_path
    return former


def _shared(revisions: Revisions, prompts: set[str]) -> bool:
    """Tell whether a changed file may reach prompts that do not lie beside it.

    Such a file is a partial, shared evaluators, an attached file, or the configuration.
    """
    if revisions.base.config != revisions.head.config:
        return True
    others = [path for path in revisions.touched if not path.endswith(SUFFIXES)]
    folders = {_folder(revisions, path) for path in prompts} if others else set()
    roots = {root.path for library in (revisions.base, revisions.head) for root in library.roots()}
    return any(
        any(not root or path.startswith(root + "/") for root in roots) and folders.isdisjoint(_folders_around(path))
        for path in others
    )


def _folders_around(path: str) -> Iterator[str]:
    """Yield the folders that *path* lies in, the outermost first."""
    return (path[:end] for end, character in enumerate(path) if character == "/")


def _folder(revisions: Revisions, path: str) -> str:
    """Return the folder of what belongs to the prompt file *path*."""
    return revisions.head.companion_path(path, "").rstrip("/")


def _includes(pair: PromptPair, touched: Set[str]) -> bool:
    sides = [loaded for loaded in (pair.base, pair.head) if loaded is not None]
    return any(touched & loaded.documents.keys() or touched & loaded.attached for loaded in sides)


def _model(loaded: Loaded | None) -> tuple[str, str] | None:
    prompt = loaded.prompt if loaded else None
    return (prompt.model.provider, prompt.model.snapshot) if prompt else None


def _relative(changes: Iterable[ChangedPath], prefix: str) -> Iterator[ChangedPath]:
    """Drop what lies outside the workspace; a file moved in from outside is an added one."""
    for change in changes:
        path, old = _inside(change.path, prefix), _inside(change.old_path, prefix)
        if path and (old or not change.old_path):
            yield ChangedPath(change.kind, path, old)
        elif path:
            yield ChangedPath("added", path)
        elif old:
            yield ChangedPath("removed", old)


def _inside(path: str, prefix: str) -> str:
    if not prefix:
        return path
    return path[len(prefix) + 1 :] if path.startswith(prefix + "/") else ""


class _Below:
    """The part of a tree below a folder, for a workspace that is not the top of its Git repository."""

    def __init__(self, tree: Tree, prefix: str) -> None:
        self._tree = tree
        self._prefix = prefix + "/"
        self.label = tree.label

    def files(self, under: str = "") -> list[str]:
        return [path[len(self._prefix) :] for path in self._tree.files((self._prefix + under).rstrip("/"))]

    def read(self, path: str) -> bytes | None:
        try:
            return self._tree.read(self._prefix + path)
        except PromptsteadError as error:
            raise PromptsteadError(error.message, hint=error.hint, location=path) from error

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        found = self._tree.read_many([self._prefix + path for path in paths])
        return {path[len(self._prefix) :]: raw for path, raw in found.items()}

    def open(self, path: str) -> BinaryIO | None:
        try:
            return self._tree.open(self._prefix + path)
        except PromptsteadError as error:
            raise PromptsteadError(error.message, hint=error.hint, location=path) from error
