"""Which executor does the work: other processes only where they are worth their start, and safe."""

import sys
from types import SimpleNamespace

import pytest

from promptstead.executors import choice
from promptstead.executors.choice import FEW, MANY, forks_for, pool_for
from promptstead.executors.executor import InProcess
from promptstead.executors.forks import Forks
from promptstead.executors.process_pool import ProcessPool


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "usable_cores", lambda: 4)
    monkeypatch.setattr(sys, "platform", "linux")


def test_few_items_are_done_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(forks_for(2 * FEW - 1), InProcess)
    assert isinstance(forks_for(2 * FEW), Forks)
    assert isinstance(pool_for(MANY), InProcess)
    assert isinstance(pool_for(MANY + 1), ProcessPool)
    monkeypatch.setattr(choice, "usable_cores", lambda: 1)
    assert isinstance(forks_for(1000), InProcess)
    assert isinstance(pool_for(10_000), InProcess)


def test_only_linux_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert isinstance(forks_for(1000), InProcess)


@pytest.mark.parametrize(("ignores", "safe", "found"), [(1, False, InProcess), (1, True, ProcessPool)])
def test_no_process_is_started_that_would_import_from_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, ignores: int, safe: bool, found: type
) -> None:
    monkeypatch.setattr(sys, "flags", SimpleNamespace(ignore_environment=ignores, safe_path=safe))
    assert isinstance(pool_for(10_000), found)
