import pytest

from promptstead.console.progress import Progress


def test_done_failing_rate_cost_and_time_left() -> None:
    progress = Progress(10)
    for failing in (False, False, True, False):
        progress.count(failing=failing, cost=0.25)
    assert progress.line(2.0) == "4 of 10 calls · 1 failing · 2.0 a second · cost 1.0000 · 0:03 left"
    assert progress.line(8_000.0).endswith("3:20:00 left")
    progress.count(failing=False, cost=None)
    assert "cost unknown" in progress.line(2.0)
    assert "time left unknown" in Progress(1).line(0.0)


def test_a_clock_that_goes_backwards_is_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = Progress(4)
    progress.count(failing=False, cost=0.0)
    monkeypatch.setattr("promptstead.console.progress.time.monotonic", lambda: -1e9)
    progress.count(failing=False, cost=0.0)
    line = progress.line(-5.0)
    assert line == "2 of 4 calls · 0 failing · 0.0 a second · cost 0.0000 · time left unknown"


def test_where_nobody_watches_it_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(2)
    progress.count(failing=False, cost=0.0)
    progress.end()
    assert capsys.readouterr().err == ""
