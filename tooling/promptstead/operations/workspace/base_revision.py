"""The revision that ``check`` compares the working tree with: the one that is named, or the merge base."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from promptstead.console.output import tell
from promptstead.errors import PromptsteadError
from promptstead.lint.rule import Base
from promptstead.operations.workspace.out_of_sight import tell_out_of_sight
from promptstead.operations.workspace.revisions import changed_files, library_at
from promptstead.operations.workspace.workspace import Workspace

if TYPE_CHECKING:
    from promptstead.git.repository import Repository

REMOTE = "refs/remotes/origin/"
DEFAULT_BRANCHES = (f"{REMOTE}main", f"{REMOTE}master", "refs/heads/main", "refs/heads/master")
"""Where a change is taken to go to, the first that exists, behind what the remote calls its default branch.

In full: of a short name a tag would come first, and whoever may push a tag could be the base.
"""


@contextmanager
def open_base(workspace: Workspace, revision: str | None) -> Iterator[Base | None]:
    """Give the prompts of *revision*, without one those of the merge base with the default branch.

    None where that cannot be told, after a line on stderr that says why: no Git, no commit, no such branch, or history
    that a shallow clone lacks.

    :raises PromptsteadError: *revision* is given, and cannot be read.
    """
    try:
        repository, commit, name = find_base(workspace, revision)
        library = library_at(workspace, repository, commit)
        paths = {library.id_of(path): path for path in library.paths()}
        changed = changed_files(workspace, repository, commit, None)
    except PromptsteadError as error:
        if revision is not None:
            raise
        tell(f"not compared with a base revision: {error.message}")
        yield None
        return
    tell(f"compared with {name}, commit {commit[:7]}")
    with repository:
        tell_out_of_sight(library, workspace.library, changed)
        yield Base(commit[:7], lambda prompt_id: library.load(paths[prompt_id]).prompt if prompt_id in paths else None)


def find_base(workspace: Workspace, revision: str | None) -> "tuple[Repository, str, str]":
    """Return the repository, the commit to compare with, and what to call it."""
    from promptstead.git.repository import Repository

    repository = Repository.discover(workspace.tree.root)
    if revision is not None:
        return repository, repository.resolve(revision), revision
    if repository.head_commit() is None:
        raise PromptsteadError("the repository has no commits yet")
    called = repository.points_to(f"{REMOTE}HEAD")  # as no branch is: one called HEAD may be fetched to that name
    for branch in (*((called,) if called.startswith(REMOTE) else ()), *DEFAULT_BRANCHES):
        try:
            repository.resolve(branch)
        except PromptsteadError:
            continue
        name = branch.removeprefix("refs/remotes/").removeprefix("refs/heads/")
        return repository, repository.merge_base(branch, "HEAD"), f"the merge base with {name}"
    raise PromptsteadError("there is no branch `origin/HEAD` or `main`; name a revision with --base")
