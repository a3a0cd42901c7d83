"""The repository that a command works on."""

from typing import NamedTuple

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree


class Workspace(NamedTuple):
    """The repository that a command works on."""

    tree: WorkingTree
    config: Config
    library: Library


def workspace_at(folder: str) -> Workspace:
    """Return the repository whose settings the folder *folder* has, or would have.

    Nothing in it runs Python functions, or reads answers outside the repository.

    :raises PromptsteadError: the configuration is wrong.
    """
    tree = WorkingTree(folder)
    config = load_config(tree)
    return Workspace(tree, config, Library(tree, config))
