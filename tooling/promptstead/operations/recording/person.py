"""Who accepts answers and says something about them: whoever commits here."""

import os

from promptstead.errors import PromptsteadError, one_line
from promptstead.operations.workspace.workspace import Workspace

MAX_NAME = 200


def name_of_person(workspace: Workspace, deed: str) -> str:
    """Return the name under which commits are made here.

    :param deed: what the name is for, as the error says it.
    :raises PromptsteadError: nobody is named.
    """
    name = os.environ.get("GIT_AUTHOR_NAME", "")
    if not name:
        from promptstead.git.repository import Repository

        with Repository.discover(workspace.tree.root) as repository:
            name = repository.user_name()
    if not name.strip():
        raise PromptsteadError(f"there is no name for who {deed}", hint='git config user.name "Your Name"')
    return one_line(name.strip(), MAX_NAME)
