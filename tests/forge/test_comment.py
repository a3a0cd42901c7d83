"""The one comment, against servers that do what real ones do on a bad day."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.forge.github import BOT, GitHub
from promptstead.forge.gitlab import GitLab
from promptstead.forge.http import Clock, ForgeError
from promptstead.forge.own_comment import MARKER, Posted, publish
from promptstead.report.review_markdown import comment_text
from promptstead.words.template import LANGUAGES
from tests.forge.server import HEAD, ME, TOKEN, GitHubServer, GitLabServer, Reply, Server, comment, note, pull
from tests.report.test_review_markdown import prompt, review

NOW = 1_780_000_000.0


class Slept(list[float]):
    """A clock that does not wait, and remembers how long it was asked to."""

    @property
    def clock(self) -> Clock:
        return Clock(sleep=self.append, now=lambda: NOW)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    forge = GitHubServer()
    with forge.serve():
        yield forge


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    forge = GitLabServer()
    with forge.serve():
        yield forge


def github(server: Server, slept: Slept, token: str = TOKEN, bot: str = BOT) -> GitHub:
    return GitHub("acme/prompts", token, server.url, bot, slept.clock)


def text(words: str, size: int = 0) -> Any:
    """Return a renderer of *words*, filled up to *size* characters where so many are allowed."""
    return lambda limit: words.ljust(min(size, limit), "x")


def test_it_is_written_once_and_then_kept_up_to_date(server: GitHubServer, slept: Slept) -> None:
    first = publish(github(server, slept), 7, text("one"))
    assert first == Posted("created", server.comments[0]["html_url"])
    assert server.comments[0]["body"] == f"{MARKER}\none"
    assert publish(github(server, slept), 7, text("two")).action == "edited"
    server.comments[0]["body"] = f"{MARKER}\r\ntwo"
    assert publish(github(server, slept), 7, text("two\n")).action == "unchanged"
    assert [method for method, _ in server.written()] == ["POST", "PATCH"]
    assert len(server.comments) == 1
    assert slept == []


def test_one_in_another_language_is_edited_in_its_place(server: GitHubServer, slept: Slept) -> None:
    report = review(prompt(1))
    said = (("created", "1 regression"), ("edited", "1 régression"))
    for language, (action, words) in zip(LANGUAGES, said, strict=True):
        posted = publish(github(server, slept), 7, partial(comment_text, report, language=language))
        assert (posted.action, len(server.comments)) == (action, 1)
        assert words in server.comments[0]["body"]


def test_it_is_found_among_three_hundred(server: GitHubServer, slept: Slept) -> None:
    server.comments = [comment(number, f"comment {number}", "somebody") for number in range(300)]
    server.comments[250] = comment(250, f"{MARKER}\nold", ME)
    assert publish(github(server, slept), 7, text("new")).action == "edited"
    assert server.comments[250]["body"] == f"{MARKER}\nnew"
    assert len(server.comments) == 300
    server.comments[250]["body"] = "somebody took the marker out"
    assert publish(github(server, slept), 7, text("new")).action == "created"


@pytest.mark.parametrize("login", [None, "octocat"])
def test_nobody_elses_comment_is_touched(login: str | None, slept: Slept) -> None:
    server = GitHubServer(login)
    with server.serve():
        theirs = [
            comment(1, f"{MARKER}\nmine, says somebody else", "somebody"),
            comment(2, f"I quote:\n{MARKER}\nand do not start with it", login or ME),
            comment(3, f"{MARKER}\nwritten by who deleted their account", "ghost") | {"user": None},
        ]
        server.comments = [*theirs]
        before = [dict(each) for each in theirs]
        assert publish(github(server, slept), 7, text("ours")).action == "created"
        assert [dict(each) for each in server.comments[:3]] == before
        assert server.comments[3]["user"]["login"] == login or ME
        assert publish(github(server, slept), 7, text("again")).action == "edited"
        assert [dict(each) for each in server.comments[:3]] == before
        assert len(server.comments) == 4


def test_an_app_s_own_account_is_named(server: GitHubServer, slept: Slept) -> None:
    server.comments = [comment(1, f"{MARKER}\nx", ME), comment(2, f"{MARKER}\ny", "acme-prompts[bot]")]
    assert publish(github(server, slept, bot="acme-prompts[bot]"), 7, text("z")).action == "edited"
    assert [each["body"][-1] for each in server.comments] == ["x", "z"]


def test_a_comment_that_was_deleted_meanwhile_is_written_anew(server: GitHubServer, slept: Slept) -> None:
    server.comments = [comment(1, f"{MARKER}\nold", ME)]

    def deleted(method: str, path: str, before: int) -> Reply | None:
        if method == "PATCH":
            server.comments.clear()
        return None

    server.fault = deleted
    assert publish(github(server, slept), 7, text("new")).action == "created"
    assert [each["body"] for each in server.comments] == [f"{MARKER}\nnew"]


def test_one_that_is_too_long_is_cut_and_written_again(server: GitHubServer, slept: Slept) -> None:
    server.longest = 20_000
    assert publish(github(server, slept), 7, text("long", 100_000)).action == "created"
    sizes = [len(body["body"]) for method, _, body in server.requests if method == "POST"]
    assert sizes == [65_000, 32_500, 16_250]
    server.longest = 10
    server.comments.clear()
    with pytest.raises(ForgeError) as caught:
        publish(github(server, slept), 7, text("long", 100_000))
    assert caught.value.status == 422
    assert "GitHub answers 422: Validation Failed: Body is too long" in str(caught.value)


def test_a_rate_limit_is_waited_for_within_a_bound(server: GitHubServer, slept: Slept) -> None:
    limited = {"message": "You have exceeded a secondary rate limit."}

    def twice(method: str, path: str, before: int) -> Reply | None:
        if method == "POST" and before == 0:
            return Reply(403, limited, {"Retry-After": "17"})
        if path.endswith("/comments") and before == 0:
            return Reply(429, limited, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 40)})
        return None

    server.fault = twice
    assert publish(github(server, slept), 7, text("one")).action == "created"
    assert slept == [41.0, 17.0]
    assert len(server.comments) == 1

    server.fault = lambda method, path, before: Reply(403, limited, {"Retry-After": "3600"})
    slept.clear()
    with pytest.raises(ForgeError, match=r"GitHub accepts no more requests until \d\d:\d\d UTC"):
        publish(github(server, slept), 7, text("two"))
    assert slept == []

    server.fault = lambda method, path, before: Reply(403, limited, {"Retry-After": "30"})
    with pytest.raises(ForgeError, match="accepts no more requests until"):
        publish(github(server, slept), 7, text("two"))
    assert slept == [30.0] * 4


@pytest.mark.parametrize("status", [500, 502, 503, 504, None])
def test_a_failure_that_passes_is_repeated(server: GitHubServer, slept: Slept, status: int | None) -> None:
    server.fault = lambda method, path, before: Reply(status, raw=b"<html>sorry") if before == 0 else None
    assert publish(github(server, slept), 7, text("one")).action == "created"
    assert len(server.comments) == 1
    server.requests.clear()
    assert publish(github(server, slept), 7, text("two")).action == "edited"
    assert set(slept) == {0.5}


def test_one_that_stays_is_named(server: GitHubServer, slept: Slept) -> None:
    server.fault = lambda method, path, before: Reply(502, raw=b"<html>")
    with pytest.raises(ForgeError, match="GitHub answers 502"):
        publish(github(server, slept), 7, text("one"))
    assert slept[:4] == [0.5, 1.0, 2.0, 4.0]


def test_a_comment_whose_answer_was_lost_is_not_written_twice(server: GitHubServer, slept: Slept) -> None:
    def lost(method: str, path: str, before: int) -> Reply | None:
        if method == "POST" and before == 0:
            server.comments.append(comment(77, f"{MARKER}\none", ME))
            return Reply(None)
        return None

    server.fault = lost
    assert publish(github(server, slept), 7, text("one")).action == "unchanged"
    assert len(server.comments) == 1


def test_a_token_that_may_not_is_said_and_never_shown(server: GitHubServer, slept: Slept) -> None:
    with pytest.raises(ForgeError) as caught:
        publish(github(server, slept, token="ghs_wrong"), 7, text("one"))
    assert str(caught.value) == (
        "/api/v3/user: GitHub answers 401: Bad credentials (the token is not valid, or has expired)"
    )
    server.fault = lambda method, path, before: (
        Reply(403, {"message": "Resource not accessible by integration"}) if method == "POST" else None
    )
    with pytest.raises(ForgeError) as caught:
        publish(github(server, slept), 7, text("one"))
    assert "the token may not do this" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert slept == []


def test_answers_are_bounded_and_must_be_json(server: GitHubServer, slept: Slept) -> None:
    for raw, message in (
        (b"[" * 200_000, "sent an answer that is not JSON"),
        (b"<html>", "sent an answer that is not JSON"),
        (b'"' + b"x" * (17 * 1024 * 1024) + b'"', "sent more than 16,777,216 bytes"),
        (b'"a text"', "something other than a list"),
    ):
        reply = Reply(200, raw=raw)
        server.fault = lambda method, path, before, reply=reply: reply if "comments" in path else None  # type: ignore[misc]
        with pytest.raises(ForgeError, match=message):
            publish(github(server, slept), 7, text("one"))
    server.fault = lambda method, path, before: Reply(200, [{}] * 100) if "comments" in path else None
    with pytest.raises(ForgeError, match="more than 10,000 entries"):
        publish(github(server, slept), 7, text("one"))
    assert server.written() == []


def test_a_token_is_sent_to_its_own_host_only(server: GitHubServer, slept: Slept) -> None:
    moved = "/repos/acme/prompts/pulls/7"

    def redirect(method: str, path: str, before: int) -> Reply | None:
        if path == "/repos/acme/former/pulls/7":
            return Reply(301, {"message": "Moved Permanently"}, {"Location": server.url + moved})
        return None

    server.fault = redirect
    former = GitHub("acme/former", TOKEN, server.url, clock=slept.clock)
    assert former.change(7).head == HEAD
    with GitHubServer().serve() as elsewhere:
        server.fault = lambda method, path, before: Reply(302, None, {"Location": elsewhere + moved})
        with pytest.raises(ForgeError, match="GitHub redirects to another place"):
            former.change(7)
    server.fault = lambda method, path, before: Reply(307, None, {"Location": path})
    with pytest.raises(ForgeError, match="in a circle"):
        former.change(7)
    for url, message in (
        ("http://github.example/api/v3", "is not encrypted"),
        ("https://user@github.example", "is not valid"),
        ("file:///etc/passwd", "is not valid"),
        ("https://[", "is not valid"),
    ):
        with pytest.raises(PromptsteadError, match=message):
            GitHub("acme/prompts", TOKEN, url)


def test_a_pull_request_is_found_by_its_head(server: GitHubServer, slept: Slept) -> None:
    forge = github(server, slept)
    assert [each.number for each in forge.with_head(HEAD)] == [7]

    # The commit's own listing does not have it where the branch is in a fork.
    server.of_commit.clear()
    server.pulls = [pull(number, f"{number:040x}", f"fork{number}:main") for number in range(20, 270)]
    server.pulls[240] = pull(7, HEAD, "stranger:a-fix")
    assert [each.number for each in forge.with_head(HEAD, "stranger:a-fix")] == [7]
    assert [each.number for each in forge.with_head(HEAD)] == [7]
    assert [each.number for each in forge.with_head(HEAD, "stranger:renamed")] == [7]
    assert forge.with_head("f" * 40, "stranger:a-fix") == []

    # What is over, or goes into a fork, is none of ours.
    server.pulls = [pull(7, state="closed")]
    server.of_commit = {HEAD: [pull(7, state="closed"), pull(9, into="stranger/prompts")]}
    assert forge.with_head(HEAD) == []
    server.fault = lambda method, path, before: (
        Reply(422, {"message": "No commit found for SHA"}) if "/commits/" in path else None
    )
    server.pulls = [pull(7)]
    assert [each.number for each in forge.with_head(HEAD)] == [7]


def test_the_same_on_gitlab(gitlab: GitLabServer, slept: Slept) -> None:
    def forge() -> GitLab:
        return GitLab("42", TOKEN, gitlab.url, "https://gitlab.example/acme/prompts", slept.clock)

    gitlab.comments = [note(number, "talk", 5) for number in range(150)]
    gitlab.comments.append(note(500, f"{MARKER}\nsomebody else's", 5))
    gitlab.comments.append(note(501, f"{MARKER}\nchanged the title", 9, system=True))
    posted = publish(forge(), 3, text("one"))
    assert posted == Posted("created", "https://gitlab.example/acme/prompts/-/merge_requests/3#note_1001")
    assert publish(forge(), 3, text("two")).action == "edited"
    assert [each["body"] for each in gitlab.comments[150:]][2:] == [f"{MARKER}\ntwo"]
    assert forge().change(3) == (3, HEAD, True)
    gitlab.request["state"] = "merged"
    assert forge().change(3).open is False


def test_gitlab_obeys_no_line_of_a_prompt(gitlab: GitLabServer, slept: Slept) -> None:
    """Its pattern for code blocks ends at the first three backticks, whatever fence the block began with."""
    block = "````text\n```\n/close\n  /assign @me\n/merge\n````\na/b"
    publish(GitLab("42", TOKEN, gitlab.url, "", slept.clock), 3, text(block))
    lines = gitlab.comments[0]["body"].split("\n")
    assert lines[3:6] == ["· /close", "  · /assign @me", "· /merge"]
    assert lines[-1] == "a/b"
