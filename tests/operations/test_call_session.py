"""The calls of one command: rounds under one limit, results that bring more calls, progress, and Ctrl-C."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Iterator

import pytest

from promptstead.operations.calls.limits import CallLimits
from promptstead.operations.calls.session import Asker, CallSession
from promptstead.operations.workspace.current import open_workspace
from promptstead.providers.budget import ATTACHMENT_TOKENS, most_input_tokens
from promptstead.providers.provider import ProviderError, Reply, Request
from promptstead.runtime.request import build_request
from tests.conftest import ScratchRepository
from tests.providers.calls import call

ONE = call("fake", "script", [{"role": "user", "content": "a"}], {"max_tokens": 5})
Call = tuple["Asked", str]


class Asked:
    """Asks what its keys say, and notes what comes; the key `full` is left out."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.failed: list[str] = []
        self.waited = self.synced = 0

    def request(self, key: str) -> Request | None:
        return None if key == "full" else call("fake", "echo", [{"role": "user", "content": key}])

    def take(self, key: str, outcome: Reply | ProviderError, cost: float | None) -> bool:
        if isinstance(outcome, ProviderError):
            self.failed.append(outcome.message)
            return False
        assert outcome.text == key
        self.taken.append(key)
        return key != "useless"

    async def on_disk(self) -> None:
        self.waited += 1

    def sync(self) -> None:
        self.synced += 1


class Queue:
    """Calls of which more come."""

    def __init__(self, *calls: Call) -> None:
        self.calls = deque(calls)

    def __iter__(self) -> Iterator[Call]:
        return self

    def __next__(self) -> Call:
        if not self.calls:
            raise StopIteration
        return self.calls.popleft()

    def __length_hint__(self) -> int:
        return len(self.calls)


def opened(repository: ScratchRepository, quiet: bool = True, **limits: int) -> CallSession:
    return CallSession(open_workspace((str(repository.root),)), CallLimits(**limits), quiet=quiet)


def test_a_limit_holds_for_all_rounds_together(repository: ScratchRepository) -> None:
    asked = Asked()
    with opened(repository, max_requests=3, concurrency=1) as session:
        assert (session.allowed(3), session.allowed(4)) == ("", ", at most 3 of them now")
        assert session.make([(asked, "a"), (asked, "b")]).requests == 2
        assert (session.limited, session.allowed(2)) == (False, ", at most 1 of them now")
        assert session.make([(asked, "c"), (asked, "d")]).requests == 3
        assert (session.limited, session.allowed(1)) == (True, ", none of them now")
    assert asked.taken == ["a", "b", "c"]
    assert asked.failed == ["not called: the limit of 3 requests is reached"]
    assert (asked.waited, asked.synced) == (4, 0)


def test_a_call_that_did_not_say_its_usage_counts_in_full_for_the_next_round(repository: ScratchRepository) -> None:
    repository.write("promptstead.toml", '[providers.fake]\nscript = "script.json"\n')
    repository.write("script.json", '[{"text": "a", "usage": {}}]')

    class Capped(Asked):
        def request(self, key: str) -> Request:
            return ONE

    asked = Capped()
    with opened(repository, max_tokens=2 * most_input_tokens(ONE)) as session:
        session.make([(asked, "a")])
        session.make([(asked, "a")])
        assert (session.totals.requests, session.totals.uncounted, session.limited) == (1, 1, True)
    assert asked.taken == ["a"]


def test_a_result_brings_more_calls_and_what_is_left_out_is_none(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("promptstead.console.progress.EVERY", 0.0)

    class Curious(Asked):
        def take(self, key: str, outcome: Reply | ProviderError, cost: float | None) -> bool:
            if key == "last":
                queue.calls.append((self, "useless"))  # the other place found nothing to draw before
            return super().take(key, outcome, cost)

    asked = Curious()
    queue = Queue((asked, "first"), (asked, "full"), (asked, "last"))
    with opened(repository, quiet=False, concurrency=2) as session:
        session.make(queue)
    assert asked.taken == ["first", "last", "useless"]
    said = [line.split(" · ")[:2] for line in capsys.readouterr().err.splitlines()]
    assert said == [
        ["1 of 2 calls", "0 failing"],
        ["2 of 3 calls", "0 failing"],
        ["3 of 3 calls", "1 failing"],
    ]


def test_interrupted_it_waits_for_the_disk_and_raises_once(repository: ScratchRepository) -> None:
    class Impatient(Asked):
        async def on_disk(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)

    first, second, never = Asked(), Impatient(), Asked()
    calls: list[tuple[Asker[str], str]] = [(first, "a"), (second, "b"), (never, "c")]
    with opened(repository, concurrency=1) as session:
        with pytest.raises(KeyboardInterrupt):
            session.make(calls)
        assert (first.taken, second.taken, never.taken) == (["a"], ["b"], [])
        assert (first.synced, second.synced, never.synced) == (1, 1, 0)
        assert session.make([(never, "c")]).requests == 3  # and what it used is not forgotten


@pytest.mark.parametrize("api", ["chat", "responses", "messages"])
def test_an_image_counts_as_the_most_tokens_that_one_has(api: str) -> None:
    def asking(data: str) -> Request:
        url = f"data:image/png;base64,{data}"
        messages = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
        return Request("p", build_request({"model": {"name": "m", "api": api}}, messages), api)

    small, large = (most_input_tokens(asking(data)) for data in ("AAAA", "AAAA" * 1_000_000))
    assert small == large
    assert ATTACHMENT_TOKENS < large < ATTACHMENT_TOKENS + 300
