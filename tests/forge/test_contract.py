"""Every call to GitHub against GitHub's own description of its API, and the events that GitHub itself shows."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.forge.context import github_context
from promptstead.forge.github import GitHub
from promptstead.forge.http import Answer, ForgeError
from tests import npm

OPENAPI = "@octokit/openapi@23.0.2"
PRISM = "@stoplight/prism-cli@5.14.2"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
ISSUE_COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
CALLS = {
    "/user": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/pulls": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
    ISSUE_COMMENTS: ["get", "post"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["patch"],
}
"""All that the client calls."""
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
"""The head of the pull request in GitHub's examples, number 1347."""


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with Prism, and GitHub's description cut to our calls, so that Prism starts in seconds."""
    folder = tmp_path_factory.mktemp("contract")
    npm.install(folder, OPENAPI, PRISM)
    package = folder / "node_modules/@octokit/openapi"
    whole = json.loads((package / "generated/api.github.com.json").read_bytes())
    shutil.rmtree(package)  # 380 MB, which temporary folders would keep
    (folder / "github.json").write_text(json.dumps(cut(whole)), encoding="utf-8")
    return folder


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """Return a description of the calls alone, with the parts that they refer to."""
    paths = {
        path: {key: value for key, value in whole["paths"][path].items() if key in [*methods, "parameters"]}
        for path, methods in CALLS.items()
    }
    components: dict[str, dict[str, Any]] = {}
    waiting = [*references(paths)]
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = whole["components"][kind][name]
            waiting += references(components[kind][name])
    return {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": components}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.fixture(scope="module")
def url(description: Path) -> Iterator[str]:
    """Return the address of a server that keeps to the description and refuses what does not."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command: list[str | Path] = [
        description / "node_modules/.bin/prism",
        "mock",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "github.json",
    ]
    process = subprocess.Popen(command, cwd=description, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError("Prism did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


class Watched:
    """A client whose calls are noted."""

    def __init__(self, base: str) -> None:
        self.client = GitHub("octocat/Hello-World", "ghs_token", base)
        self.seen: set[tuple[str, str]] = set()
        connection = self.client._api
        once = connection._once

        def noted(method: str, url: str, body: bytes | None) -> Answer:
            self.seen.add((method.lower(), url.removeprefix(base).partition("?")[0]))
            return once(method, url, body)

        connection._once = noted  # type: ignore[method-assign]


def test_every_call_is_as_github_describes_it(url: str) -> None:
    watched = Watched(url)
    github = watched.client
    assert [each.number for each in github.with_head(SHA)] == [1347]
    assert github.with_head("f" * 40, "octocat:new-topic") == []
    assert github.change(1347) == (1347, SHA, True)
    (comment,) = github.own_comments(1347)
    assert (comment.id, comment.body) == (1, "Me too")
    assert github.create(1347, "text").endswith("#issuecomment-1")
    assert github.edit(1347, 1, "text").endswith("#issuecomment-1")
    templates = {path: path.split("/") for path in CALLS}
    made = {
        (method, next(path for path, parts in templates.items() if matches(parts, seen.split("/"))))
        for method, seen in watched.seen
    }
    assert made == {(method, path) for path, methods in CALLS.items() for method in methods}


def matches(template: list[str], path: list[str]) -> bool:
    return len(template) == len(path) and all(
        part == other or part.startswith("{") for part, other in zip(template, path, strict=True)
    )


def test_the_server_refuses_what_the_description_does_not_allow(url: str) -> None:
    """Otherwise the test above would prove nothing."""
    api = Watched(url).client._api
    repository = "/repos/octocat/Hello-World"
    with pytest.raises(ForgeError):
        api.create(f"{repository}/issues/1347/comments", {"text": "x"})
    with pytest.raises(ForgeError):
        api.get(f"{repository}/pulls", state="opened")
    with pytest.raises(ForgeError):
        api.get(f"{repository}/issues/1347/notes")


def test_what_is_read_is_promised(description: Path) -> None:
    whole = json.loads((description / "github.json").read_bytes())

    def required(method: str, path: str, status: str, *place: str) -> None:
        schema = whole["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
        for key in place:
            schema = resolved(whole, schema)
            if schema.get("type") == "array":
                schema = resolved(whole, schema["items"])
            assert key in schema["required"], (path, place)
            schema = schema["properties"][key]

    for path in ("/repos/{owner}/{repo}/commits/{commit_sha}/pulls", "/repos/{owner}/{repo}/pulls",
                 "/repos/{owner}/{repo}/pulls/{pull_number}"):  # fmt: skip
        for place in (("number",), ("state",), ("url",), ("head", "sha")):
            required("get", path, "200", *place)
    for place in (("id",), ("user",), ("html_url",)):
        required("get", ISSUE_COMMENTS, "200", *place)
    required("post", ISSUE_COMMENTS, "201", "html_url")
    required("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", "200", "html_url")


def resolved(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = whole["components"][kind][name]
    return schema


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    folder = tmp_path_factory.mktemp("examples")
    npm.install(folder, EXAMPLES)
    index = folder / "node_modules/@octokit/webhooks-examples/api.github.com/index.json"
    return {each["name"]: each["examples"] for each in json.loads(index.read_bytes())}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, Any], Any]:
    def context(name: str, payload: Any) -> Any:
        (tmp_path / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        env = {"GITHUB_TOKEN": "ghs_x", "GITHUB_REPOSITORY": payload["repository"]["full_name"]}
        return github_context(env | {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})

    return context


def test_the_events_of_pull_requests(examples: dict[str, list[Any]], read: Callable[[str, Any], Any]) -> None:
    assert len(examples["pull_request"]) > 20
    for payload in examples["pull_request"]:
        context = read("pull_request", payload)
        assert (context.number, context.head) == (payload["number"], payload["pull_request"]["head"]["sha"])
        with pytest.raises(PromptsteadError, match="your secrets to a stranger's change"):
            read("pull_request_target", payload)


def test_the_events_of_workflow_runs(examples: dict[str, list[Any]], read: Callable[[str, Any], Any]) -> None:
    assert examples["workflow_run"]
    for payload in examples["workflow_run"]:
        run = payload["workflow_run"]
        with pytest.raises(PromptsteadError, match=f"started by `{run['event']}`"):
            read("workflow_run", payload)
        run["event"] = "pull_request"
        context = read("workflow_run", payload)
        assert (context.number, context.head) == (0, run["head_sha"])
        owner = run["head_repository"]["full_name"].partition("/")[0]
        assert context.branch == f"{owner}:{run['head_branch']}"
        assert context.run == f"https://github.com/{payload['repository']['full_name']}/actions/runs/{run['id']}"


def test_other_events_say_nothing_about_a_change(
    examples: dict[str, list[Any]], read: Callable[[str, Any], Any]
) -> None:
    for name in ("push", "issue_comment", "workflow_dispatch"):
        context = read(name, examples[name][0])
        assert (context.number, context.head, context.branch) == (0, "", "")
