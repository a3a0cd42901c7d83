"""Files that a command changes together: all of them, or none."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.storage.working_tree import WorkingTree


class Change(NamedTuple):
    """What becomes of a file: its text before and after, None where it is not there; *said* is what happens to it."""

    path: str
    before: str | None
    after: str | None
    said: str = ""


def text_of(tree: WorkingTree, path: str) -> str | None:
    """Return the text of a file, None where it is not there.

    :raises PromptsteadError: it cannot be read, or is not UTF-8.
    """
    raw = tree.read(path)
    try:
        return None if raw is None else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PromptsteadError("this is not UTF-8, so it was left as it is", location=path) from error


def make(tree: WorkingTree, changes: Sequence[Change]) -> None:
    """Make *changes*, in their order; where one fails, those before it are taken back.

    :raises PromptsteadError: a file cannot be written or removed.
    """
    for change in changes:
        tree.place(change.path)  # a link that leads out ends the command before anything is written
    done: list[Change] = []
    try:
        for change in changes:
            done.append(change)
            _put(tree, change.path, change.after)
    except BaseException:
        for change in reversed(done):
            with suppress(PromptsteadError):
                _put(tree, change.path, change.before)
        raise


def _put(tree: WorkingTree, path: str, text: str | None) -> None:
    if text is None:
        tree.remove(path)
    else:
        tree.write(path, text)
