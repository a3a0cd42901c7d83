"""Git, read only: :mod:`promptstead.git.process` starts it, :mod:`promptstead.git.writable_repository` writes to it.

Paths travel NUL-separated, revisions are checked before Git sees them, and files of a revision come through one
``git cat-file --batch``.
"""

import os
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.git.contents import Contents
from promptstead.git.lfs_objects import LfsObjects
from promptstead.git.process import ask, listing, refusal, run, without_filters
from promptstead.git.revision_tree import RevisionTree
from promptstead.model import NOTHING

ABBREVIATED = re.compile(r"[0-9a-f]{7,39}")
"""The id of a commit, as it is cut by whoever shows one."""


class ChangedPath(NamedTuple):
    """A file that differs between two states; *old_path* is set where it was renamed."""

    kind: Literal["added", "removed", "changed", "renamed"]
    path: str
    old_path: str = ""


class Repository:
    """A Git repository. Use it as a context manager, or call :meth:`close`: reading keeps one Git process open."""

    def __init__(self, root: str, *, bare: bool, shallow: bool) -> None:
        self._commits: set[str] = set()
        """Full ids that Git has confirmed."""
        self._trees: dict[str, RevisionTree] = {}
        self.bare = bare
        self._named = ("--git-dir=.",) if bare else ()
        """What Git is told besides: it opens no bare repository that is not named."""
        self.contents = Contents(root, self._named)
        self.lfs = LfsObjects(root, self._named)
        self.root = root
        """The top of the working tree; of a bare repository, its own folder."""
        self.shallow = shallow
        """True where history was cut when cloning."""

    @classmethod
    def discover(cls, start: str) -> "Repository":
        """Return the repository that holds the folder or file *start*: of a working tree, or a bare one itself.

        A bare repository that lies in a working tree is a folder of that tree like any other.

        :raises PromptsteadError: there is none, Git is not installed, or Git refuses it (it belongs to another user).
        """
        folder = os.path.realpath(start)
        folder = folder if os.path.isdir(folder) else os.path.dirname(folder)
        hint = "run this inside a repository, or start one with `git init`"
        nothing = PromptsteadError(f"not a Git repository: {start}", hint=hint)
        holder = folder_of_git(folder)
        if not holder and not os.path.isfile(os.path.join(folder, "HEAD")):
            raise nothing
        # the last question has no answer in a bare repository
        asked = ("--is-bare-repository", "--is-shallow-repository", "--absolute-git-dir", "--show-toplevel")
        named = () if holder else ("-c", "safe.bareRepository=all")
        _, out, complaint = run(holder or folder, *named, "rev-parse", *asked)
        answers = out.split("\n")
        if "dubious ownership" in complaint:
            raise refusal(complaint, folder)
        if len(answers) < len(asked) - 1:
            raise nothing
        own = os.path.realpath(answers[2])
        top = os.path.realpath(answers[3]) if len(answers) == len(asked) else ""
        if _holds(top, folder) and not _holds(own, holder) if holder else own == folder and not top:
            return cls(top or own, bare=not top, shallow=answers[1] == "true")
        raise nothing

    def __enter__(self) -> "Repository":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the Git process that reads files. The repository stays usable."""
        self.contents.close()

    def resolve(self, revision: str) -> str:
        """Return the full id of the commit that *revision* names: a branch, a tag, an id, ``HEAD~2``.

        :raises PromptsteadError: there is no such commit; in a shallow clone the hint says what to fetch.
        """
        if revision in self._commits:
            return revision
        if not revision or revision.startswith(("-", "^")) or not revision.isprintable() or len(revision) > 1000:
            shown = one_line(revision, 80)
            raise PromptsteadError(f"`{shown}` is not a revision", hint="give a branch, a tag, a commit id or HEAD")
        if commit := self._commit(revision):
            self._refuse_ambiguous(revision)
            self._commits.add(commit)
            return commit
        if self.is_empty():
            raise PromptsteadError("the repository has no commits yet", hint="commit first")
        where = "in this shallow clone" if self.shallow else "here"
        raise PromptsteadError(f"there is no revision `{revision}` {where}", hint=self._how_to_fetch(revision))

    def merge_base(self, a: str, b: str) -> str:
        """Return the full id of the best common ancestor of two revisions.

        :raises PromptsteadError: a revision does not exist, or they have no common ancestor here.
        """
        first, second = self.resolve(a), self.resolve(b)
        _, out, _ = self._run("merge-base", first, second)
        if out:
            return out
        if self.shallow:
            hint = "fetch more of the history: `git fetch --deepen=200`, or all of it: `git fetch --unshallow`"
            raise PromptsteadError(f"this shallow clone stops before `{a}` and `{b}` meet", hint=hint)
        raise PromptsteadError(f"`{a}` and `{b}` have no common history", hint=f"compare them as they are: `{a}..{b}`")

    def parse_range(self, text: str) -> tuple[str, str | None]:
        """Return the full ids of base and head; the head is None for the working tree.

        ``A..B`` compares the two, ``A...B`` compares B with its merge base with A (as a pull request does), and ``A``
        alone compares the working tree with A. A side left out is ``HEAD``.

        :raises PromptsteadError: a revision does not exist, or a bare repository has no working tree to compare.
        """
        dots = "..." if "..." in text else ".."
        base, given, head = text.partition(dots)
        if not given:
            if self.bare:
                hint = f"give two revisions: `{text}..HEAD`"
                raise PromptsteadError("a bare repository has no working tree", hint=hint)
            return self.resolve(base), None
        base, head = base or "HEAD", head or "HEAD"
        if dots == "...":
            return self.merge_base(base, head), self.resolve(head)
        return self.resolve(base), self.resolve(head)

    def tree(self, revision: str) -> RevisionTree:
        """Return the files of a revision.

        :raises PromptsteadError: there is no such revision.
        """
        commit = self.resolve(revision)
        if commit not in self._trees:
            self._trees[commit] = RevisionTree(self, commit)
        return self._trees[commit]

    def head_commit(self) -> str | None:
        """Return the full id of the commit checked out, or None before the first one."""
        return self._commit("HEAD") or None

    def is_empty(self) -> bool:
        """Tell whether nothing was ever committed here.

        :raises PromptsteadError: Git cannot say.
        """
        return self.head_commit() is None and not self._ask("for-each-ref", "--count=1")

    def points_to(self, name: str) -> str:
        """Return the full name of what the symbolic reference *name* points to; empty where it is none."""
        return self._run("symbolic-ref", "--quiet", name)[1]

    def superproject(self) -> str:
        """Return the top of the working tree of which this is a submodule; empty where there is none.

        :raises PromptsteadError: Git cannot say.
        """
        return self._ask("rev-parse", "--show-superproject-working-tree")

    def user_name(self) -> str:
        """Return the name that commits get here (``user.name``); empty where none is set."""
        _, out, _ = self._run("config", "--get", "user.name")
        return out

    def is_dirty(self) -> bool:
        """Return whether the working tree differs from its commit; new files that Git does not ignore count."""
        flags = ("--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all")
        return bool(self._list("status", *flags, settings=without_filters(self.root)))

    def changed_paths(self, base: str, head: str | None) -> tuple[ChangedPath, ...]:
        """Return the files that differ, sorted by path; *head* None is the working tree, with its new files."""
        trees = [self.tree(revision) for revision in (base, head) if revision is not None]
        flags = ["--raw", "--no-abbrev", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"]
        settings = without_filters(self.root) if head is None else NOTHING
        fields = iter(self._list("diff", *flags, *(tree.commit for tree in trees), "--", settings=settings))
        found: dict[str, ChangedPath] = {}
        for about in fields:
            old_mode, mode, old_name, name, status = about[1:].split(" ")
            path = old = next(fields)
            if status.startswith("R"):
                path = next(fields)
                change = ChangedPath("renamed", path, old)
            else:
                change = ChangedPath("added" if status == "A" else "removed" if status == "D" else "changed", path)
            found[change.path] = change
            for tree, there in zip(trees, ((old, old_mode, old_name), (path, mode, name)), strict=False):
                tree.know(*there)
        if head is None:
            for path in self._list("ls-files", "-z", "--others", "--exclude-standard"):
                found[path] = ChangedPath("changed" if path in found else "added", path)
        return tuple(found[path] for path in sorted(found))

    def list_tree(self, commit: str) -> list[str]:
        """Return one ``mode type id<TAB>path`` for each file of a commit."""
        return self._list("ls-tree", "-r", "-z", "--full-tree", commit)

    def _commit(self, revision: str) -> str:
        """Return the full id of the commit that *revision* names; empty where there is none.

        The process that reads files says it, which costs less than starting another. One that has run for a while does
        not see what was fetched since, so what it misses a new one is asked for.
        """
        had_run = self.contents.has_run
        try:
            if commit := self.contents.commit(revision):
                return commit
        except (OSError, PromptsteadError):
            had_run = False  # Git gave up on a damaged object, or its answer is of no use
        self.close()
        return self._commit(revision) if had_run else ""

    def _refuse_ambiguous(self, revision: str) -> None:
        """Refuse a short name that stands for different commits: Git would take the tag, which many may push.

        :raises PromptsteadError: it does.
        """
        name = re.split(r"[~^:]|@\{", revision, maxsplit=1)[0]
        if name in {"", "@", "HEAD"} or re.fullmatch(r"refs/.*|[0-9a-f]{40}|[0-9a-f]{64}", name):
            return
        found = {}
        for full in (f"refs/{name}", f"refs/tags/{name}", f"refs/heads/{name}", f"refs/remotes/{name}"):
            if commit := self.contents.commit(full):
                found[full] = commit
        if found and ABBREVIATED.fullmatch(name):  # Git takes the reference, whatever it is called
            for commit in self._run("rev-parse", f"--disambiguate={name}")[1].split():
                if self.contents.commit(commit):
                    found[commit] = commit
        if f"refs/{name}" not in found and len(set(found.values())) > 1:
            hint = f"say which: {' or '.join(f'`{full}`' for full in found)}"
            raise PromptsteadError(f"`{one_line(name, 80)}` names more than one commit", hint=hint)

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        return run(self.root, *self._named, *arguments)

    def _ask(self, *arguments: str) -> str:
        return ask(self.root, *self._named, *arguments)

    def _list(self, *arguments: str, settings: Mapping[str, str] = NOTHING) -> list[str]:
        return listing(self.root, *self._named, *arguments, settings=settings)

    def _how_to_fetch(self, revision: str) -> str:
        remotes = self._ask("remote").split()
        remote, _, branch = revision.partition("/")
        if remote in remotes and branch:
            return f"fetch it: `git fetch {remote} {branch}:refs/remotes/{remote}/{branch}`"
        if not self.shallow or not remotes:
            return "`git branch --all` and `git tag` list what there is"
        if re.search(r"[~^@]", revision) or re.fullmatch(r"[0-9a-f]{4,39}", revision):
            return "fetch more of the history: `git fetch --deepen=200`, or all of it: `git fetch --unshallow`"
        target = revision if re.fullmatch(r"[0-9a-f]{40,64}", revision) else f"{revision}:{revision}"
        return f"fetch it: `git fetch {remotes[0]} {target}`"


def folder_of_git(folder: str) -> str:
    """Return the nearest folder, from *folder* upwards, that has a ``.git``; empty where there is none.

    Git itself would take a folder in between for a bare repository, if it looks like one; a tree can hold such a folder
    with settings of its own, and no ``.git``.
    """
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return ""
    return folder


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def checked_out(folder: str) -> tuple[str, bool]:
    """Return the commit that is checked out around *folder* and whether files differ from it; two calls of Git.

    The commit is empty where there is none: no repository, no Git, or nothing committed. New files that Git does not
    ignore count as a difference.
    """
    flags = ("--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=all")
    top = folder_of_git(folder)
    if not top:
        return "", False
    try:
        fields = listing(top, "status", *flags, settings=without_filters(top))
    except (PromptsteadError, OSError):
        return "", False
    commit = next((field[13:] for field in fields if field.startswith("# branch.oid ")), "")
    return (commit if commit != "(initial)" else ""), any(field and not field.startswith("# ") for field in fields)
