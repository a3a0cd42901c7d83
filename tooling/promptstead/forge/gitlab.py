"""GitLab's side of the comment: a note on a merge request, at any address (``CI_API_V4_URL``)."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from promptstead.forge.http import Clock, Connection, ForgeError
from promptstead.forge.own_comment import Change, Comment

API = "https://gitlab.com/api/v4"
MAX_CHARACTERS = 100_000
"""GitLab takes a million, which nobody reads."""
_QUICK_ACTION = re.compile(r"^(\s*)/", re.MULTILINE)


class GitLab:
    """One project on GitLab, seen with one access token."""

    name = "GitLab"
    max_characters = MAX_CHARACTERS

    def __init__(self, project: str, token: str, url: str = API, web: str = "", clock: Clock | None = None) -> None:
        self._api = Connection(self.name, url, {"PRIVATE-TOKEN": token}, clock)
        self._project = f"/projects/{quote(project, safe='')}"
        self._web = web
        self._user: int | None = None

    def change(self, number: int) -> Change:
        """Return the merge request as it is now.

        :raises ForgeError: there is none of that number, or GitLab cannot be asked.
        """
        entry = self._api.get(f"{self._project}/merge_requests/{number}")
        try:
            return Change(int(entry["iid"]), str(entry["sha"]), entry["state"] == "opened")
        except (KeyError, TypeError, ValueError):
            raise ForgeError("GitLab did not return a merge request") from None

    def own_comments(self, number: int) -> Iterator[Comment]:
        """Yield the notes of the token's account on a merge request, the oldest first.

        :raises ForgeError: GitLab cannot be asked.
        """
        if self._user is None:
            self._user = int(self._api.get("/user")["id"])
        notes = self._api.pages(self._notes(number), sort="asc", order_by="created_at")
        for entry in notes:
            author = entry.get("author") if isinstance(entry, dict) else None
            if isinstance(author, dict) and author.get("id") == self._user and not entry.get("system"):
                yield Comment(int(entry["id"]), str(entry.get("body") or ""), self._address(number, entry))

    def create(self, number: int, body: str) -> str:
        """Write a new note and return its address.

        :raises ForgeError: GitLab refuses, or cannot be reached.
        """
        entry = self._api.create(self._notes(number), {"body": without_quick_actions(body)})
        return self._address(number, entry)

    def edit(self, number: int, comment: int, body: str) -> str:
        """Replace a note's text and return its address.

        :raises ForgeError: GitLab refuses, or cannot be reached; status 404: the note is gone.
        """
        path = f"{self._notes(number)}/{comment}"
        return self._address(number, self._api.change("PUT", path, {"body": without_quick_actions(body)}))

    def _notes(self, number: int) -> str:
        return f"{self._project}/merge_requests/{number}/notes"

    def _address(self, number: int, entry: Any) -> str:
        note = entry.get("id", "") if isinstance(entry, dict) else ""
        return f"{self._web}/-/merge_requests/{number}#note_{note}" if self._web else f"note {note}"


def without_quick_actions(body: str) -> str:
    """Return *body* with a mark before each line that starts with a slash: GitLab would obey ``/close``, ``/merge``.

    It leaves code blocks alone as its own pattern finds them, and that does not know every fence of Markdown.
    """
    return _QUICK_ACTION.sub(r"\1· /", body)
