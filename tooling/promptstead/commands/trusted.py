"""Which Python functions may judge answers: the base revision decides, so that a change cannot allow its own."""

from promptstead.commands.common import Workspace
from promptstead.errors import PromptsteadError


def trusted_functions(workspace: Workspace) -> tuple[str, ...]:
    """Return the patterns that the configuration of the base allows: of the merge base with the default branch.

    Outside Git, and before the first commit, there is no base, and the configuration at hand decides. Where the base
    cannot be told (no such branch, history that a shallow clone lacks), nothing is allowed.
    """
    from promptstead.commands.base import find_base
    from promptstead.commands.revisions import library_at
    from promptstead.git import Repository

    try:
        with Repository.discover(workspace.tree.root) as repository:
            if repository.head_commit() is None:
                return workspace.config.python_evaluators
    except PromptsteadError:
        return workspace.config.python_evaluators
    try:
        repository, commit, _ = find_base(workspace, None)
        with repository:
            return library_at(workspace, repository, commit).config.python_evaluators
    except PromptsteadError:
        return ()


def whole_tree(workspace: Workspace) -> str:
    """Return the folder of all that a change may touch: the top of the Git repository; settings may lie deeper."""
    from promptstead.git import Repository

    try:
        with Repository.discover(workspace.tree.root) as repository:
            return repository.root
    except PromptsteadError:
        return workspace.tree.root
