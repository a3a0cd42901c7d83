"""The one comment of a review: found by its marker and its author, edited in place, never anybody else's."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, Protocol

from promptstead.errors import PromptsteadError
from promptstead.forge.http import ForgeError

MARKER = "<!-- promptstead review -->"
"""The first line of the comment. What a prompt or a model says never starts a line outside a code block."""
ATTEMPTS = 4
"""Most times that the comment is looked for and written."""
SMALLEST = 2_000
"""Characters that any forge takes."""


class Comment(NamedTuple):
    """A comment of this program's account."""

    id: int
    body: str
    url: str


class Change(NamedTuple):
    """A pull or merge request as it is now: its number and the commit at its head. *open* is false once it is over."""

    number: int
    head: str
    open: bool


class Posted(NamedTuple):
    """What was done, and where the comment is."""

    action: Literal["created", "edited", "unchanged"]
    url: str


class Forge(Protocol):
    """What a forge must be able to do for the comment."""

    name: str
    max_characters: int
    """Most characters of a comment."""

    def change(self, number: int) -> Change:
        """Return the change as it is now."""

    def own_comments(self, number: int) -> Iterator[Comment]:
        """Yield the comments of the account that the token belongs to, the oldest first."""

    def create(self, number: int, body: str) -> str:
        """Write a new comment and return its address."""

    def edit(self, number: int, comment: int, body: str) -> str:
        """Replace a comment's text and return its address."""


Render = Callable[[int], str]
"""Most characters -> the text of the comment, without its marker."""


def body_of(render: Render, limit: int) -> str:
    """Return the whole comment, at most *limit* characters.

    :raises PromptsteadError: the text does not keep to what it was given.
    """
    body = f"{MARKER}\n{render(limit - len(MARKER) - 1)}"
    if len(body) > limit:
        raise PromptsteadError(f"the comment has {len(body):,} characters; {limit:,} are allowed")
    return body


def publish(forge: Forge, number: int, render: Render) -> Posted:
    """Write the comment of the change *number*: anew where there is none, else in the place of the former one.

    A comment that is deleted meanwhile is written anew, one that the forge calls too long is cut to half and written
    again, and after a failure that may have come too late the comment is looked for before it is written again.

    :raises ForgeError: the forge refuses or fails for good.
    """
    limit = forge.max_characters
    for left in range(ATTEMPTS - 1, -1, -1):
        former = next((each for each in forge.own_comments(number) if each.body.startswith(MARKER)), None)
        body = body_of(render, limit)
        try:
            if former is None:
                return Posted("created", forge.create(number, body))
            if _same(former.body, body):
                return Posted("unchanged", former.url)
            return Posted("edited", forge.edit(number, former.id, body))
        except ForgeError as error:
            too_long = error.status in (400, 413, 422) and limit > SMALLEST
            deleted = error.status == 404 and former is not None
            unsure = error.status == 0 or error.status >= 500
            if not left or not (too_long or deleted or unsure):
                raise
            limit = max(SMALLEST, limit // 2) if too_long else limit
    raise AssertionError("the last attempt returns or raises")


def _same(stored: str, body: str) -> bool:
    """Tell whether a forge holds this text already; they write line ends their own way and drop the last ones."""
    return stored.replace("\r\n", "\n").rstrip() == body.rstrip()
