"""The settings of the base revision, where a change cannot allow itself what it likes: what runs, what lies outside."""

from promptstead.commands.common import Workspace, open_workspace
from promptstead.config import Config
from promptstead.errors import PromptsteadError


def trusted_config(workspace: Workspace) -> Config | None:
    """Return the settings of the base: of the merge base with the default branch; in a submodule, of the outer tree.

    Outside Git, and before the first commit, there is no base, and the settings at hand decide. None where the base
    cannot be told: no such branch, history that a shallow clone lacks, no Git, or one that refuses the repository.
    """
    from promptstead.commands.base import find_base
    from promptstead.commands.revisions import library_at
    from promptstead.git import Repository, folder_of_git

    if not folder_of_git(workspace.tree.root):
        return workspace.config
    try:
        with Repository.discover(workspace.tree.root) as repository:
            if outer := repository.superproject():
                return trusted_config(open_workspace((outer,)))
            if repository.is_empty():
                return workspace.config
        repository, commit, _ = find_base(workspace, None)
        with repository:
            return library_at(workspace, repository, commit).config
    except PromptsteadError:
        return None


def whole_tree(workspace: Workspace) -> str:
    """Return the folder of all that a change may touch: the top of the Git repository, or of the one around it.

    Settings may lie deeper, and a submodule is what the outer repository says.
    """
    from promptstead.git import Repository, folder_of_git

    top = folder_of_git(workspace.tree.root)
    if not top:
        return workspace.tree.root
    try:
        with Repository.discover(top) as repository:
            outer = repository.superproject()
        return whole_tree(open_workspace((outer,))) if outer else top
    except PromptsteadError:
        return top
