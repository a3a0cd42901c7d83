"""GitHub and GitLab on loopback, as far as the comment needs them, with faults on demand."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghs_Zt7wQ4mLk2Vx9PbR5nYd"
HEAD = "e4f5a6b" + "0" * 33
ME = "github-actions[bot]"


class Reply(NamedTuple):
    """What a server answers. *raw* replaces the JSON of *data*; None for *status* closes the connection instead."""

    status: int | None
    data: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 a tuple's default is never changed
    raw: bytes | None = None


Fault = Callable[[str, str, int], Reply | None]
"""Method, path and how often the two came before -> what is answered instead, or None."""


class Server:
    """The state of a forge. *comments* are entries as its API lists them, the oldest first."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.fault: Fault = lambda method, path, before: None
        self.requests: list[tuple[str, str, Any]] = []
        self.url = ""
        self.longest = 65_536
        self._next = 1000

    def handle(self, method: str, path: str, query: dict[str, str], body: Any, token: str) -> Reply:
        before = sum((seen[0], seen[1]) == (method, path) for seen in self.requests)
        self.requests.append((method, path, body))
        fault = self.fault(method, path, before)
        if fault is not None:
            return fault
        if token != TOKEN:
            return Reply(401, {"message": "Bad credentials"})
        return self.answer(method, path, query, body)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        raise NotImplementedError

    def page(self, entries: list[Any], query: dict[str, str]) -> Reply:
        size, number = int(query.get("per_page", 30)), int(query.get("page", 1))
        return Reply(200, entries[size * (number - 1) : size * number])

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def written(self) -> list[tuple[str, str]]:
        """Return method and path of what changed something, or was meant to."""
        return [(method, path) for method, path, _ in self.requests if method != "GET"]

    @contextmanager
    def serve(self) -> Iterator[str]:
        forge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                token = self.headers.get("PRIVATE-TOKEN") or token
                path = unquote(parts.path).removeprefix("/api/v3").removeprefix("/api/v4")
                reply = forge.handle(self.command, path, query, json.loads(raw) if raw else None, token)
                if reply.status is None:
                    self.close_connection = True
                    return
                sent = json.dumps(reply.data).encode() if reply.raw is None else reply.raw
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_POST = do_PATCH = do_PUT = do_DELETE = do_GET

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/api/v3"
        try:
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class GitHubServer(Server):
    """The repository ``acme/prompts``; *login* None is an app's token, which may not ask who it is."""

    def __init__(self, login: str | None = None) -> None:
        super().__init__()
        self.login = login
        self.pulls: list[dict[str, Any]] = [pull(7)]
        self.of_commit: dict[str, list[dict[str, Any]]] = {HEAD: self.pulls}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        if path == "/user":
            if self.login is None:
                return Reply(403, {"message": "Resource not accessible by integration"})
            return Reply(200, {"login": self.login, "id": 1})
        inside = path.removeprefix("/repos/acme/prompts")
        if inside == path:
            return Reply(404, {"message": "Not Found"})
        if found := re.fullmatch(r"/commits/(\w+)/pulls", inside):
            return self.page(self.of_commit.get(found[1], []), query)
        if inside == "/pulls":
            head = query.get("head")
            listed = [each for each in self.pulls if each["state"] == query.get("state", "open")]
            return self.page([each for each in listed if head in (None, each["head"]["label"])], query)
        if found := re.fullmatch(r"/pulls/(\d+)", inside):
            one = next((each for each in self.pulls if each["number"] == int(found[1])), None)
            return Reply(200, one) if one else Reply(404, {"message": "Not Found"})
        if inside == "/issues/7/comments" and method == "GET":
            return self.page(self.comments, query)
        if body is not None and len(body["body"]) > self.longest:
            errors = [{"resource": "IssueComment", "code": "unprocessable", "field": "data"}]
            return Reply(422, {"message": "Validation Failed: Body is too long", "errors": errors})
        if inside == "/issues/7/comments" and method == "POST":
            self.comments.append(comment(self.new_id(), body["body"], self.login or ME))
            return Reply(201, self.comments[-1])
        if (found := re.fullmatch(r"/issues/comments/(\d+)", inside)) and method == "PATCH":
            for entry in self.comments:
                if entry["id"] == int(found[1]):
                    entry["body"] = body["body"]
                    return Reply(200, entry)
        return Reply(404, {"message": "Not Found"})


def pull(
    number: int, head: str = HEAD, label: str = "acme:topic", state: str = "open", into: str = "acme/prompts"
) -> Any:
    return {
        "number": number,
        "state": state,
        "url": f"https://api.github.com/repos/{into}/pulls/{number}",
        "head": {"sha": head, "label": label},
    }


def comment(number: int, body: str, login: str) -> dict[str, Any]:
    url = f"https://github.com/acme/prompts/pull/7#issuecomment-{number}"
    return {"id": number, "body": body, "user": {"login": login, "id": 5}, "html_url": url}


class GitLabServer(Server):
    """The project 42, whose merge request 3 is open."""

    def __init__(self) -> None:
        super().__init__()
        self.request: dict[str, Any] = {"iid": 3, "sha": HEAD, "state": "opened"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
        notes = "/projects/42/merge_requests/3/notes"
        if path == "/user":
            return Reply(200, {"id": 9, "username": "project_42_bot"})
        if path == "/projects/42/merge_requests/3":
            return Reply(200, self.request)
        if path == notes and method == "GET":
            newest_first = query.get("sort") != "asc"
            return self.page(self.comments[::-1] if newest_first else self.comments, query)
        if body is not None and len(body["body"]) > self.longest:
            return Reply(400, {"message": "400 Bad request - Note is too long"})
        if path == notes and method == "POST":
            self.comments.append(note(self.new_id(), body["body"], 9))
            return Reply(201, self.comments[-1])
        if (found := re.fullmatch(notes + r"/(\d+)", path)) and method == "PUT":
            for entry in self.comments:
                if entry["id"] == int(found[1]):
                    entry["body"] = body["body"]
                    return Reply(200, entry)
        return Reply(404, {"message": "404 Not found"})


def note(number: int, body: str, author: int, system: bool = False) -> dict[str, Any]:
    return {"id": number, "body": body, "author": {"id": author}, "system": system}
