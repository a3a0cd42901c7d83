"""``review --post``: the real command, a real repository, a forge on loopback, the event files that jobs get."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promptstead.forge.own_comment import MARKER
from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.forge.server import HEAD, TOKEN, GitHubServer, GitLabServer, Reply, pull
from tests.samples import OUTPUTS, PATH, PROMPT, answered, outputs, write_sample


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    forge = GitHubServer()
    with forge.serve():
        yield forge


@pytest.fixture
def head(repository: ScratchRepository) -> str:
    """Return the head of a change that makes one answer of three worse."""
    write_sample(repository)
    repository.commit()
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.write(OUTPUTS, outputs(answered(3, wrong=1)))
    return repository.commit()


def event(folder: Path, name: str, payload: Any, url: str, **more: str) -> dict[str, str]:
    """Return the environment of a job that this event started."""
    path = folder / "event.json"
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": url,
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "acme/prompts",
        "GITHUB_RUN_ID": "5150",
        "GITHUB_TOKEN": TOKEN,
        **more,
    }


def pull_request(head: str) -> Any:
    return {"action": "synchronize", "pull_request": {"number": 7, "head": {"sha": head}}}


def workflow_run(head: str, **more: Any) -> Any:
    run = {
        "id": 4242,
        "event": "pull_request",
        "head_sha": head,
        "head_branch": "a-fix",
        "head_repository": {"full_name": "stranger/prompts", "owner": {"login": "stranger"}},
        "pull_requests": [],
    }
    return {"action": "completed", "workflow_run": run | more}


def at_head(server: GitHubServer, head: str, label: str = "acme:topic") -> None:
    server.pulls = [pull(7, head, label)]
    server.of_commit = {head: server.pulls} if label.startswith("acme:") else {}


def review(repository: ScratchRepository, env: dict[str, str], *more: str) -> Result:
    return run("review", "HEAD~1...HEAD", "--post", "github", *more, cwd=repository.root, env=env)


def test_a_pull_request_gets_its_comment(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    at_head(server, head)
    env = event(tmp_path, "pull_request", pull_request(head), server.url)
    done = review(repository, env)
    assert (done.code, done.out) == (0, "")
    address = server.comments[0]["html_url"]
    assert done.err == f"the comment on pull request 7 was written: {address}\n"
    body = server.comments[0]["body"]
    assert body.startswith(f"{MARKER}\n⚠ **1 inconclusive** in 1 changed prompt")
    assert "**`r000`** got worse" in body
    assert body.rstrip().endswith(
        f"<sub>Commit `{head}` · full report: the artifact of "
        "[this run](https://github.com/acme/prompts/actions/runs/5150)</sub>"
    )
    assert review(repository, env).err == f"the comment on pull request 7 was right already: {address}\n"
    env = event(tmp_path, "pull_request", pull_request(head), server.url, GITHUB_RUN_ID="5151")
    assert review(repository, env).err == f"the comment on pull request 7 was brought up to date: {address}\n"
    assert len(server.comments) == 1
    repository.write(PATH, PROMPT.replace("one word", "a single word {{ nobody }}"))
    head = repository.commit()
    at_head(server, head)
    env = event(tmp_path, "pull_request", pull_request(head), server.url)
    done = run(
        "review", "HEAD~2..HEAD", "--post", "github", "--format", "json", "-o", "r.json", cwd=repository.root, env=env
    )
    assert done.code == 1
    assert server.comments[0]["body"].startswith(f"{MARKER}\n⛔")
    assert json.loads((repository.root / "r.json").read_bytes())["blocks"] is True


def test_a_privileged_job_posts_what_another_one_computed(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    """It has the report and the event and nothing else: no checkout, and no number from the report counts."""
    report = tmp_path / "review.json"
    report.write_text(run("review", "HEAD~1..HEAD", "--format", "json", cwd=repository.root).out, encoding="utf-8")
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    at_head(server, head, "stranger:a-fix")
    env = event(tmp_path, "workflow_run", workflow_run(head), server.url)

    def post(path: Path = report) -> Result:
        return run("review", "--from", path, "--post", "github", cwd=elsewhere, env=env)

    done = post()
    assert done.code == 0, done.err
    assert "[this run](https://github.com/acme/prompts/actions/runs/4242)" in server.comments[0]["body"]
    markdown = run("review", "--from", report, cwd=elsewhere)
    assert markdown.out == run("review", "HEAD~1..HEAD", cwd=repository.root).out
    assert markdown.out.rstrip("\n") in server.comments[0]["body"]

    document = json.loads(report.read_bytes())
    lying = tmp_path / "lying.json"
    lying.write_text(json.dumps(document | {"number": 8, "pull_request": 8, "blocks": True}), encoding="utf-8")
    assert post(lying).code == 0
    assert {path for _, path in server.written()} == {
        "/repos/acme/prompts/issues/7/comments",
        "/repos/acme/prompts/issues/comments/1001",
    }
    lying.write_text(json.dumps(document | {"head_commit": HEAD}), encoding="utf-8")
    assert f"the report is about commit {HEAD[:7]}, but this job is about {head[:7]}" in post(lying).err
    lying.write_text(json.dumps(document | {"head_commit": None}), encoding="utf-8")
    assert "the report names no commit" in post(lying).err


def test_what_has_moved_on_gets_no_comment(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    at_head(server, "f" * 40)
    done = review(repository, event(tmp_path, "pull_request", pull_request(head), server.url))
    assert (done.code, done.err) == (
        0,
        f"not posted: the head of the pull request 7 moved from {head[:7]} to fffffff\n",
    )
    server.pulls = [pull(7, head, state="closed")]
    done = review(repository, event(tmp_path, "pull_request", pull_request(head), server.url))
    assert done.err == "not posted: the pull request 7 is closed\n"

    (tmp_path / "r.json").write_text(run("review", "HEAD~1..HEAD", "--format", "json", cwd=repository.root).out)
    env = event(tmp_path, "workflow_run", workflow_run(head), server.url)
    done = run("review", "--from", tmp_path / "r.json", "--post", "github", cwd=tmp_path, env=env)
    assert (done.code, done.err) == (
        0,
        f"not posted: no open pull request has the head {head[:7]}; it has new commits or is closed\n",
    )
    server.pulls = [pull(7, head, "stranger:a-fix"), pull(8, head, "stranger:a-fix")]
    done = run("review", "--from", tmp_path / "r.json", "--post", "github", cwd=tmp_path, env=env)
    assert (done.code, done.err) == (
        2,
        f"promptstead: 2 pull requests have the head {head[:7]}: #7, #8 (name one with --request)\n",
    )
    assert server.written() == []
    done = run("review", "--from", tmp_path / "r.json", "--post", "github", "--request", "7", cwd=tmp_path, env=env)
    assert done.code == 0
    assert len(server.comments) == 1


def test_the_merge_commit_of_the_pull_request_is_its_own(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    at_head(server, HEAD)
    merged = event(tmp_path, "pull_request", pull_request(HEAD), server.url, GITHUB_SHA=head)
    assert review(repository, merged).code == 0
    assert len(server.comments) == 1
    other = event(tmp_path, "pull_request", pull_request(HEAD), server.url, GITHUB_SHA="a" * 40)
    assert "but this job is about" in review(repository, other).err


def test_events_whose_job_must_not_post(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    for name, payload, said in (
        ("pull_request_target", pull_request(head), "which gives your secrets to a stranger's change"),
        ("workflow_run", workflow_run(head, event="push"), "the workflow run was started by `push`"),
        ("workflow_run", workflow_run("HEAD; rm -rf /"), "the event file does not describe a `workflow_run` event"),
        ("workflow_run", pull_request(head), "the event file does not describe a `workflow_run` event"),
        ("pull_request", [], "the event file does not describe a `pull_request` event"),
        ("pull_request", "{", "the event is not JSON"),
    ):
        done = review(repository, event(tmp_path, name, payload, server.url))
        assert done.code == 2
        assert said in done.err
    assert server.requests == []


def test_outside_actions_the_repository_and_the_head_say_which(
    repository: ScratchRepository, head: str, server: GitHubServer
) -> None:
    at_head(server, head)
    env = {"GH_TOKEN": TOKEN, "GITHUB_REPOSITORY": "acme/prompts", "GITHUB_API_URL": server.url}
    assert review(repository, env).code == 0
    assert server.comments[0]["body"].rstrip().endswith("full report: `promptstead review --format json`</sub>")
    for missing, said in (
        ("GH_TOKEN", "there is no token"),
        ("GITHUB_REPOSITORY", "GITHUB_REPOSITORY is not set"),
    ):
        done = review(repository, {name: value for name, value in env.items() if name != missing})
        assert done.code == 2
        assert said in done.err
    done = review(repository, env | {"GH_TOKEN": TOKEN + "\n"})
    assert "the token contains characters that no token has" in done.err
    assert TOKEN not in done.err
    assert review(repository, env | {"GITHUB_REPOSITORY": "acme/prompts/x"}).code == 2
    done = run("review", "HEAD~1", "--post", "github", cwd=repository.root, env=env)
    assert "the report names no commit" in done.err


def test_a_server_that_fails_is_one_line_and_the_token_is_in_none(
    repository: ScratchRepository, head: str, server: GitHubServer, tmp_path: Path
) -> None:
    at_head(server, head)
    env = event(tmp_path, "pull_request", pull_request(head), server.url)
    server.fault = lambda method, path, before: (
        Reply(403, {"message": f"no \x1b[2J\nfor {'x' * 900}"}) if method == "POST" else None
    )
    done = review(repository, env)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert r"GitHub answers 403: no \x1b[2J\nfor xxx" in done.err
    assert TOKEN not in done.err + done.out
    gone = review(repository, env | {"GITHUB_API_URL": "http://127.0.0.1:9/api"})
    assert (gone.code, "GitHub cannot be reached" in gone.err) == (2, True)


def test_a_dry_run_asks_nobody(repository: ScratchRepository, head: str) -> None:
    for forge in ("github", "gitlab"):
        done = run("review", "HEAD~1..HEAD", "--post", forge, "--dry-run", cwd=repository.root)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith(f"{MARKER}\n⚠ **1 inconclusive**")


def test_gitlab_s_merge_request_gets_its_note(repository: ScratchRepository, head: str) -> None:
    forge = GitLabServer()
    forge.request["sha"] = head
    with forge.serve():
        env = {
            "CI_API_V4_URL": forge.url,
            "CI_PROJECT_ID": "42",
            "CI_PROJECT_URL": "https://gitlab.example/acme/prompts",
            "CI_MERGE_REQUEST_IID": "3",
            "CI_COMMIT_SHA": head,
            "CI_JOB_URL": "https://gitlab.example/acme/prompts/-/jobs/99",
            "GITLAB_TOKEN": TOKEN,
        }

        def post(**more: str) -> Result:
            return run("review", "HEAD~1...HEAD", "--post", "gitlab", cwd=repository.root, env=env | more)

        done = post()
        address = "https://gitlab.example/acme/prompts/-/merge_requests/3#note_1001"
        assert (done.code, done.err) == (0, f"the comment on merge request 3 was written: {address}\n")
        assert "[this run](https://gitlab.example/acme/prompts/-/jobs/99)" in forge.comments[0]["body"]
        assert post().err == f"the comment on merge request 3 was right already: {address}\n"
        forge.request["sha"] = "f" * 40
        assert "moved from" in post().err
        # A pipeline of the merged result runs on a commit that nobody wrote.
        forge.request["sha"] = HEAD
        assert "was right already" in post(CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD).err
        assert "a job token may not write notes" in post(GITLAB_TOKEN="", CI_JOB_TOKEN="x").err
        assert "name the merge request with --request" in post(CI_MERGE_REQUEST_IID="").err
        assert post(CI_MERGE_REQUEST_IID="three").code == 2
        assert len(forge.comments) == 1


def test_annotations_name_what_blocks(repository: ScratchRepository, head: str) -> None:
    repository.write(PATH, PROMPT.replace("one word", "a single word {{ nobody }}"))
    done = run("review", "HEAD~1", "--format", "github", cwd=repository.root)
    assert done.code == 1
    assert f"::error file={PATH},line=15,endLine=15,col=36,endColumn=41,title=TPL101" in done.out
    repository.write(PATH, PROMPT.replace("inputs:", "inputs: ["))
    done = run("review", "HEAD~1", "--format", "github", cwd=repository.root)
    assert done.out.startswith("::error file=")


def test_options_that_do_not_go_together(repository: ScratchRepository, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "r.json")
    for arguments, said in (
        ([], "give either two revisions, BASE..HEAD, or a report with --from"),
        (["HEAD", "--from", "r.json"], "give either two revisions"),
        (["HEAD", "--dry-run"], "need --post"),
        (["--from", "r.json"], "not a report in the format"),
        (["--from", "."], "this is not a regular file"),
        (["--from", "link.json"], "this is not a regular file"),
        (["--from", "nowhere.json"], "cannot read the report: No such file"),
    ):
        done = run("review", *arguments, cwd=tmp_path)
        assert done.code == 2
        assert said in done.err
