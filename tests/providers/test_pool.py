"""Many calls at once, with time and chance under control."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.config.prices import Price
from promptstead.errors import PromptsteadError
from promptstead.model import Usage
from promptstead.providers import retry as once_more
from promptstead.providers.budget import Limits, Totals
from promptstead.providers.pool import run
from promptstead.providers.provider import Kind, ProviderError, Reply, Request
from promptstead.providers.throttle import GIVES_UP_AFTER, Clock
from tests.providers.calls import call

Plan = Callable[[str, int, float], Reply | ProviderError]
"""Text of a request, how often it came before, the time -> what comes of it."""
OK = Reply("fine", "stop", Usage(10, 5), 0.0)


class Time:
    """A clock that stands still unless somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.clock = Clock(lambda: self.now, self.sleep, lambda: 1.0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


class Planned:
    """A provider that does what a plan says, each call taking a few turns of the loop."""

    def __init__(self, plan: Plan, time: Time) -> None:
        self.plan, self.time = plan, time
        self.calls: list[tuple[str, float]] = []
        self.running = self.most = 0
        self.closed = 0

    async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        text = request.arguments["messages"][0]["content"]
        before = sum(1 for called, _ in self.calls if called == text)
        self.calls.append((text, self.time.now))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(3):
                await asyncio.sleep(0)
        finally:
            self.running -= 1
        outcome = self.plan(text, before, self.calls[-1][1])
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    async def close(self) -> None:
        self.closed += 1


def ask(text: str, provider: str = "p", **params: Any) -> Request:
    return call(provider, "m", [{"role": "user", "content": text}], params)


def go(
    plan: Plan, requests: Iterable[Request] | int, limits: Limits
) -> tuple[list[Reply | ProviderError], Planned, Time, Totals]:
    time = Time()
    provider = Planned(plan, time)
    every = [ask(str(n)) for n in range(requests)] if isinstance(requests, int) else list(requests)
    results: dict[int, Reply | ProviderError] = {}

    def on_result(key: int, result: Reply | ProviderError) -> None:
        assert key not in results
        results[key] = result

    totals = asyncio.run(run(enumerate(every), lambda name: provider, limits, on_result, time.clock))
    assert sorted(results) == list(range(len(every)))
    assert provider.closed == (1 if every else 0)
    return [results[key] for key in sorted(results)], provider, time, totals


def once(kind: Kind, **options: Any) -> Plan:
    return lambda text, before, now: OK if before else ProviderError("not now", kind, **options)


def test_as_many_at_once_as_allowed_and_no_more() -> None:
    results, provider, time, totals = go(lambda *_: OK, 100, Limits(concurrency=7))
    assert results == [OK] * 100
    assert provider.most == 7
    assert time.slept == []
    assert totals == Totals(requests=100, input=1000, output=500, unpriced=100)


def test_no_requests_at_all() -> None:
    assert go(lambda *_: OK, 0, Limits())[3] == Totals()


@pytest.mark.parametrize("kind", ["server", "connection"])
def test_what_may_pass_is_tried_again_after_a_growing_wait(kind: Kind) -> None:
    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        return ProviderError("no", kind) if before < 3 else OK

    results, provider, time, _ = go(plan, 1, Limits())
    assert results == [OK]
    assert len(provider.calls) == 4
    assert time.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("kind", ["refused", "answer"])
def test_what_will_not_pass_is_not_tried_again(kind: Kind) -> None:
    results, provider, _, _ = go(once(kind), 5, Limits())
    assert [result.kind for result in results if isinstance(result, ProviderError)] == [kind] * 5
    assert len(provider.calls) == 5


def test_attempts_are_bounded() -> None:
    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        return ProviderError(f"attempt {before + 1}", "server") if text == "0" else OK

    results, provider, _, _ = go(plan, 3, Limits(attempts=4))
    assert str(results[0]) == "attempt 4"
    assert results[1:] == [OK, OK]
    assert len(provider.calls) == 6


def test_nobody_calls_while_a_server_asks_to_wait() -> None:
    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        return ProviderError("wait", "rate-limit", retry_after=9.0) if text == "3" and not before else OK

    results, provider, _, _ = go(plan, 200, Limits(concurrency=8))
    assert results == [OK] * 200
    later = [now for _, now in provider.calls if now > 1000.0]
    assert later
    assert min(later) == 1009.0
    assert sum(1 for _, now in provider.calls if now == 1000.0) < 20


def test_a_rate_limit_lowers_the_number_at_once_and_answers_raise_it_again() -> None:
    """The server takes four at once; the runs of refusals end, and most calls are answered."""
    running: list[int] = []

    class Narrow(Planned):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
            running.append(self.running + 1)
            if self.running >= 4:
                self.calls.append((request.arguments["messages"][0]["content"], self.time.now))
                raise ProviderError("too many", "rate-limit", retry_after=1.0)
            return await super().complete(request, on_text)

    time = Time()
    provider = Narrow(lambda *_: OK, time)
    results: list[Reply | ProviderError] = []
    requests = ((n, ask(str(n))) for n in range(300))
    limits = Limits(concurrency=32, attempts=10)
    asyncio.run(run(requests, lambda name: provider, limits, lambda key, result: results.append(result), time.clock))
    assert results == [OK] * 300
    assert provider.most == 4
    assert max(running[100:]) <= 6
    assert len(provider.calls) < 450


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    results, provider, time, _ = go(once("rate-limit", retry_after=3600.0), 1, Limits(longest_wait=60.0))
    assert isinstance(results[0], ProviderError)
    assert len(provider.calls) == 1
    assert time.slept == []


def test_a_server_that_is_down_is_left_alone_soon() -> None:
    results, provider, _, _ = go(
        lambda *_: ProviderError("down", "connection"), 1000, Limits(concurrency=10, attempts=3)
    )
    assert all(isinstance(result, ProviderError) and result.kind == "connection" for result in results)
    assert len(provider.calls) <= 3 * (10 + GIVES_UP_AFTER)
    assert str(results[-1]) == "not called, because every request fails: down"


def test_providers_do_not_slow_each_other_down_and_each_is_closed() -> None:
    time = Time()
    providers = {
        "good": Planned(lambda *_: OK, time),
        "bad": Planned(lambda *_: ProviderError("no", "refused"), time),
    }
    results: dict[str, Reply | ProviderError] = {}
    requests = [(f"{name} {n}", ask(str(n), name)) for n in range(50) for name in providers]
    asyncio.run(run(requests, providers.__getitem__, Limits(), results.__setitem__, time.clock))
    assert {key for key, result in results.items() if result == OK} == {f"good {n}" for n in range(50)}
    assert [provider.closed for provider in providers.values()] == [1, 1]


def test_a_provider_that_cannot_be_opened_ends_the_run_with_its_own_error() -> None:
    def refuse(name: str) -> Planned:
        raise PromptsteadError("there is no provider `p`")

    with pytest.raises(PromptsteadError, match="there is no provider"):
        asyncio.run(run([(1, ask("x"))], refuse, Limits(), lambda key, result: None))


def test_what_on_result_raises_ends_the_run_and_closes_the_provider() -> None:
    provider = Planned(lambda *_: OK, Time())

    def full(key: int, result: Reply | ProviderError) -> None:
        raise PromptsteadError("the disk is full")

    with pytest.raises(PromptsteadError, match="disk is full"):
        asyncio.run(run(enumerate([ask("x")] * 50), lambda name: provider, Limits(), full))
    assert provider.closed == 1


@pytest.mark.parametrize("turns", [1, 4, 5, 13, 40])
def test_a_cancelled_run_stops_its_calls_and_what_is_done_was_handed_over(turns: int) -> None:
    provider = Planned(lambda *_: OK, Time())
    done: list[int] = []

    async def interrupted() -> None:
        task = asyncio.create_task(
            run(enumerate([ask("x")] * 500), lambda name: provider, Limits(), lambda key, _: done.append(key))
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        handed_over = len(done)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(done) == handed_over

    asyncio.run(interrupted())
    assert provider.running == 0
    assert max(Counter(done).values(), default=1) == 1
    assert len(done) < 500


def test_a_limit_on_requests_counts_retries_and_names_what_was_not_made() -> None:
    results, provider, _, totals = go(once("server"), 20, Limits(concurrency=3, requests=10))
    assert len(provider.calls) == totals.requests == 10
    left = [result for result in results if isinstance(result, ProviderError)]
    assert {result.kind for result in left} == {"limit"}
    assert "10 requests" in str(left[0])


@pytest.mark.parametrize("concurrency", [1, 8, 100])
def test_tokens_never_exceed_their_limit(concurrency: int) -> None:
    results, _, _, totals = go(
        lambda *_: Reply("x", "stop", Usage(20, 30), 0.0),
        [ask(f"case {n}", max_completion_tokens=30) for n in range(100)],
        Limits(concurrency=concurrency, tokens=1000),
    )
    used = totals.input + totals.output
    assert 850 <= used <= 1000
    assert sum(1 for result in results if isinstance(result, Reply)) == used / 50
    assert {result.kind for result in results if isinstance(result, ProviderError)} == {"limit"}


def test_cost_never_exceeds_its_limit() -> None:
    prices = {("p", "m"): Price(2.0, 10.0)}
    _, _, _, totals = go(
        lambda *_: Reply("x", "stop", Usage(20, 30), 0.0),
        [ask(f"case {n}", max_tokens=30) for n in range(100)],
        Limits(concurrency=10, cost=0.01, prices=prices),
    )
    assert 0.0093 < totals.cost <= 0.01


def test_an_answer_without_usage_counts_as_the_most_that_it_can_be() -> None:
    _, provider, _, totals = go(
        lambda *_: Reply("x", "stop", Usage(), 0.0),
        [ask("x", max_completion_tokens=100)] * 20,
        Limits(concurrency=2, tokens=1000),
    )
    assert len(provider.calls) < 8
    assert totals.uncounted == len(provider.calls)
    assert (totals.input, totals.output) == (0, 0)


@pytest.mark.parametrize(
    ("request_", "limits", "words"),
    [
        (ask("x"), Limits(tokens=1000), "max_completion_tokens"),
        (ask("x", max_tokens=5), Limits(cost=1.0), "price_input"),
        (ask("x", max_tokens=5000), Limits(tokens=1000), "tokens"),
    ],
)
def test_a_limit_that_cannot_be_kept_lets_nothing_through(request_: Request, limits: Limits, words: str) -> None:
    results, provider, _, _ = go(lambda *_: OK, [request_], limits)
    assert provider.calls == []
    assert isinstance(results[0], ProviderError)
    assert words in str(results[0])


@pytest.mark.parametrize(("length", "calls"), [(30, 10), (31, 10), (300, 2)])
def test_a_server_that_does_not_keep_the_cap_is_found_out(length: int, calls: int) -> None:
    results, provider, _, _ = go(
        lambda *_: Reply("x", "stop", Usage(20, length), 0.0),
        [ask(f"case {n}", max_completion_tokens=30) for n in range(10)],
        Limits(concurrency=2, tokens=100_000),
    )
    assert len(provider.calls) == calls
    refused = [str(result) for result in results if isinstance(result, ProviderError)]
    assert len(refused) == 10 - calls
    assert all("`p` ignores the cap on an answer" in reason and "output_cap" in reason for reason in refused)


def test_what_the_server_turned_away_costs_nothing() -> None:
    _, provider, _, _ = go(
        once("server"), [ask(str(n), max_tokens=5) for n in range(5)], Limits(concurrency=1, tokens=300)
    )
    assert len(provider.calls) == 10


KINDS: tuple[Kind, ...] = ("rate-limit", "server", "connection", "timeout", "refused", "answer")
OUTCOMES: dict[str, Reply | ProviderError] = {
    "ok": Reply("x", "stop", Usage(20, 30), 0.0),
    "uncounted": Reply("x", "stop", Usage(), 0.0),
    **{kind: ProviderError(kind, kind) for kind in KINDS},
    "wait": ProviderError("wait", "rate-limit", retry_after=5.0),
    "long": ProviderError("wait", "server", retry_after=5000.0),
}


@settings(max_examples=150, deadline=None)
@given(
    plans=st.lists(st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=1, max_size=5), max_size=30),
    concurrency=st.integers(1, 40),
    attempts=st.integers(1, 5),
    tokens=st.none() | st.integers(0, 3000),
    requests=st.none() | st.integers(0, 60),
)
def test_whatever_happens_every_request_has_one_result_and_every_limit_holds(
    plans: list[list[str]], concurrency: int, attempts: int, tokens: int | None, requests: int | None
) -> None:
    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        outcomes = plans[int(text)]
        return OUTCOMES[outcomes[min(before, len(outcomes) - 1)]]

    results, provider, _, totals = go(
        plan,
        [ask(str(number), max_tokens=30) for number in range(len(plans))],
        Limits(concurrency, requests=requests, tokens=tokens, attempts=attempts),
    )
    calls = Counter(text for text, _ in provider.calls)
    assert max(calls.values(), default=0) <= attempts
    assert provider.most <= concurrency
    assert totals.requests == len(provider.calls) <= (len(provider.calls) if requests is None else requests)
    assert tokens is None or totals.input + totals.output <= tokens
    for number, result in enumerate(results):
        if isinstance(result, Reply):
            assert result is plan(str(number), calls[str(number)] - 1, 0.0)


def test_one_call_is_tried_again_until_something_of_it_was_shown() -> None:
    time = Time()

    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        return OK if before == 2 else ProviderError("not now", "server")

    waits: list[float] = []
    planned = Planned(plan, time)
    done = once_more.ask(planned, ask("x"), None, lambda seconds, error: waits.append(seconds), clock=time.clock)
    assert asyncio.run(done) == OK
    assert waits == time.slept == [0.5, 1.0]

    class Torn(Planned):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
            assert on_text is not None
            on_text("half")
            return await super().complete(request, on_text)

    shown: list[str] = []
    with pytest.raises(ProviderError, match="not now"):
        asyncio.run(once_more.ask(Torn(plan, time), ask("x"), shown.append, clock=time.clock))
    assert shown == ["half"]
    refused = Planned(lambda text, before, now: ProviderError("never", "server"), time)
    with pytest.raises(ProviderError, match="never"):
        asyncio.run(once_more.ask(refused, ask("x"), limits=Limits(attempts=3), clock=time.clock))
    assert len(refused.calls) == 3


@pytest.mark.parametrize(
    ("kind", "streamed"), [("connection", [True, False]), ("timeout", [True, True]), ("server", [True, True])]
)
def test_a_stream_that_broke_before_its_first_word_is_asked_for_whole(kind: Kind, streamed: list[bool]) -> None:
    time = Time()
    asked: list[bool] = []

    class Streaming(Planned):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
            asked.append(on_text is not None)
            reply = await super().complete(request, on_text)
            if on_text:
                on_text(reply.text)
            return reply

    provider = Streaming(lambda text, before, now: OK if before else ProviderError("broke off", kind), time)
    shown: list[str] = []
    assert asyncio.run(once_more.ask(provider, ask("x"), shown.append, clock=time.clock)) == OK
    assert asked == streamed
    assert shown == ["fine"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-5000, 5000), max_size=20))
def test_a_clock_that_goes_backwards_makes_nobody_wait_longer(jumps: list[float]) -> None:
    """Every call ends, and no wait is longer than what the server asked for."""
    time = Time()
    left = iter(jumps)

    def plan(text: str, before: int, now: float) -> Reply | ProviderError:
        time.now += next(left, 0.0)
        return ProviderError("not now", "rate-limit", retry_after=7.0) if before == 0 and text < "3" else OK

    provider = Planned(plan, time)
    results: dict[int, Reply | ProviderError] = {}
    requests = ((n, ask(str(n))) for n in range(6))
    totals = asyncio.run(run(requests, lambda name: provider, Limits(2), results.__setitem__, time.clock))
    assert list(results.values()) == [OK] * 6
    assert totals.requests == 9
    assert all(seconds <= 7.0 for seconds in time.slept)
