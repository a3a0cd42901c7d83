"""GitHub's side of the comment; also GitHub Enterprise Server's, whose address is another one.

Seven calls of REST API version 2022-11-28, which tests hold against GitHub's own description.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from promptstead.errors import PromptsteadError
from promptstead.forge.http import Clock, Connection, ForgeError
from promptstead.forge.own_comment import Change, Comment

API = "https://api.github.com"
BOT = "github-actions[bot]"
"""The account of a workflow's own token, which cannot ask who it is. Nobody can register a name with brackets."""
MAX_CHARACTERS = 65_000
"""GitHub takes 65,536."""
MAX_OPEN = 3_000
"""Most open pull requests among which one is looked for by its head."""


class GitHub:
    """One repository on GitHub, seen with one token."""

    name = "GitHub"
    max_characters = MAX_CHARACTERS

    def __init__(self, repository: str, token: str, url: str = API, bot: str = BOT, clock: Clock | None = None) -> None:
        headers = {
            "Accept": "application/vnd.github+json, application/json;q=0.9",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._api = Connection(self.name, url, headers, clock)
        owner, _, name = repository.partition("/")
        if not owner or not name or "/" in name:
            raise PromptsteadError("the repository must be named as owner/name", hint="GITHUB_REPOSITORY says which")
        self._repository = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
        self._bot = bot
        self._login: str | None = None

    def change(self, number: int) -> Change:
        """Return the pull request as it is now.

        :raises ForgeError: there is none of that number, or GitHub cannot be asked.
        """
        return _pull(self._api.get(f"{self._repository}/pulls/{number}"))

    def with_head(self, sha: str, head: str = "") -> list[Change]:
        """Return the open pull requests into this repository whose head is the commit *sha*.

        GitHub lists them at the commit where its branch is in this repository. Those of forks are found by *head*
        (``owner:branch``) where that is known, and else among all that are open.

        :raises ForgeError: GitHub cannot be asked.
        """
        listings: list[tuple[str, dict[str, str]]] = [(f"/commits/{quote(sha, safe='')}/pulls", {})]
        if head:
            listings.append(("/pulls", {"state": "open", "head": head}))
        listings.append(("/pulls", {"state": "open", "sort": "updated", "direction": "desc"}))
        for path, query in listings:
            try:
                entries = list(islice(self._api.pages(self._repository + path, **query), MAX_OPEN))
            except ForgeError as error:
                if error.status not in (404, 422) or path == "/pulls":
                    raise
                entries = []  # a commit that this repository has not seen
            found = {pull.number: pull for pull in map(_pull, filter(self._into_here, entries))}
            matching = [pull for pull in found.values() if pull.open and pull.head == sha]
            if matching:
                return matching
        return []

    def own_comments(self, number: int) -> Iterator[Comment]:
        """Yield the comments of the token's account on a pull request, the oldest first.

        :raises ForgeError: GitHub cannot be asked.
        """
        login = self._who()
        for entry in self._api.pages(f"{self._repository}/issues/{number}/comments"):
            author = entry.get("user") if isinstance(entry, dict) else None
            if isinstance(author, dict) and author.get("login") == login:
                yield Comment(int(entry["id"]), str(entry.get("body") or ""), str(entry.get("html_url", "")))

    def create(self, number: int, body: str) -> str:
        """Write a new comment and return its address.

        :raises ForgeError: GitHub refuses, or cannot be reached.
        """
        return _address(self._api.create(f"{self._repository}/issues/{number}/comments", {"body": body}))

    def edit(self, number: int, comment: int, body: str) -> str:
        """Replace a comment's text and return its address.

        :raises ForgeError: GitHub refuses, or cannot be reached; status 404: the comment is gone.
        """
        return _address(self._api.change("PATCH", f"{self._repository}/issues/comments/{comment}", {"body": body}))

    def _who(self) -> str:
        if self._login is None:
            try:
                self._login = str(self._api.get("/user")["login"])
            except ForgeError as error:
                if error.status not in (403, 404):
                    raise
                self._login = self._bot  # the token of an app, which is nobody's
        return self._login

    def _into_here(self, entry: Any) -> bool:
        """Tell whether a pull request goes into this repository: a commit's listing has those of its forks too."""
        url = entry.get("url", "") if isinstance(entry, dict) else ""
        return f"{self._repository}/pulls/".lower() in str(url).lower()


def _pull(entry: Any) -> Change:
    try:
        return Change(int(entry["number"]), str(entry["head"]["sha"]), entry["state"] == "open")
    except (KeyError, TypeError, ValueError):
        raise ForgeError("GitHub did not return a pull request") from None


def _address(entry: Any) -> str:
    return str(entry.get("html_url", "")) if isinstance(entry, dict) else ""
