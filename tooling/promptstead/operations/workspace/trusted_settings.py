"""The settings of the base revision, where a change cannot allow itself what it likes: what runs, what lies outside."""

import os
from weakref import WeakKeyDictionary

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.operations.workspace.workspace import Workspace, workspace_at
from promptstead.storage.answer_store import VARIABLE, AnswerStore
from promptstead.storage.working_tree import WorkingTree, find_root

_found: WeakKeyDictionary[WorkingTree, Config | None] = WeakKeyDictionary()


def trusted_config(workspace: Workspace) -> Config | None:
    """Return the settings of the base: of the merge base with the default branch; in a submodule, of the outer tree.

    Outside Git, and before the first commit, there is no base, and the settings at hand decide. None where the base
    cannot be told: no such branch, history that a shallow clone lacks, no Git, or one that refuses the repository.
    A workspace keeps the base that it had when it was first asked.
    """
    if workspace.tree not in _found:
        _found[workspace.tree] = _of_the_base(workspace)
    return _found[workspace.tree]


def answer_store(workspace: Workspace) -> AnswerStore:
    """Return the store of answers outside the repository: where this machine says that it is, or else the base."""
    trusted = None if os.environ.get(VARIABLE) else trusted_config(workspace)
    return AnswerStore(trusted.store if trusted else "", workspace.tree.root)


def _of_the_base(workspace: Workspace) -> Config | None:
    from promptstead.git.repository import Repository, folder_of_git
    from promptstead.operations.workspace.base_revision import find_base
    from promptstead.operations.workspace.revisions import library_at

    if not folder_of_git(workspace.tree.root):
        return workspace.config
    try:
        with Repository.discover(workspace.tree.root) as repository:
            if outer := repository.superproject():
                return trusted_config(workspace_at(find_root(outer)))
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
    from promptstead.git.repository import Repository, folder_of_git

    top = folder_of_git(workspace.tree.root)
    if not top:
        return workspace.tree.root
    try:
        with Repository.discover(top) as repository:
            outer = repository.superproject()
        return whole_tree(workspace_at(find_root(outer))) if outer else top
    except PromptsteadError:
        return top
