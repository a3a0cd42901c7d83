"""Work spread over forks of this process."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TypeVar

import pytest

from promptstead.errors import PromptsteadError
from promptstead.executors import choice
from promptstead.executors.choice import forks_for
from tests.conftest import ScratchRepository
from tests.samples import DATA, PARTIAL, PROMPT, answered, cases, outputs

Done = TypeVar("Done")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks")


def spread(items: Sequence[int], work: Callable[[int], Done], cores: int) -> list[Done]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "usable_cores", lambda: cores)
        return list(forks_for(len(items)).map(lambda: work, items))


@pytest.mark.parametrize("cores", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 15, 16, 50, 20_003])
def test_each_item_is_worked_on_once_and_the_order_is_kept(cores: int, count: int) -> None:
    items = list(range(count))
    done = spread(items, lambda item: MappingProxyType({"item": item}), cores)
    assert [each["item"] for each in done] == items


def test_several_processes_work_where_there_are_several_cores() -> None:
    def work(item: int) -> int:
        time.sleep(0.01)  # so that nobody has done all before the others are there
        return os.getpid()

    assert len(set(spread(range(50), work, 3))) == 3


def test_one_process_works_where_threads_run() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert set(spread(range(50), lambda item: os.getpid(), 3)) == {os.getpid()}
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("bad", [0, 1, 2, 49])
def test_an_error_is_what_it_was(bad: int) -> None:
    def work(item: int) -> int:
        if item == bad:
            raise PromptsteadError("no such thing", hint="make one", location="a.yml:3")
        return item

    with pytest.raises(PromptsteadError) as caught:
        spread(range(50), work, 2)
    assert str(caught.value) == "a.yml:3: no such thing (make one)"


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_bug_stays_a_bug(bad: int) -> None:
    def work(item: int) -> float:
        return 1 / (item - bad)

    with pytest.raises((ZeroDivisionError, RuntimeError), match="division by zero"):
        spread(range(50), work, 2)


def test_a_process_that_was_ended_is_one_line() -> None:
    first = os.getpid()

    def work(item: int) -> int:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
        return item

    with pytest.raises(PromptsteadError, match="was killed"):
        spread(range(50), work, 2)


def test_what_waits_to_be_printed_is_printed_once(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write("before ")
    spread(range(50), lambda item: item, 2)
    sys.stdout.write("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before after"


def test_a_review_is_the_same_on_one_core(repository: ScratchRepository) -> None:
    names = [f"prompts/shop/p{number:02}.prompt.yml" for number in range(20)]
    for name in names:
        repository.write(name, PROMPT)
        repository.write(name.replace(".prompt.yml", "/cases.yml"), cases(3))
        repository.write(name.replace(".prompt.yml", "/outputs.yml"), outputs(answered(3, wrong=1)))
    repository.write(PARTIAL, DATA)
    repository.commit()
    for name in names:
        repository.write(name, PROMPT.replace("Answer with one word", "{{ reviw }} Answer with one word"))
    repository.write(PARTIAL, DATA.replace("it is data", "it is {{ dta }}"))
    core = min(os.sched_getaffinity(0))
    one = f"import os; os.sched_setaffinity(0, {{{core}}}); from promptstead.__main__ import main; main()"
    found = [
        subprocess.run(
            [sys.executable, *code, "review", "HEAD", "--format", "json"],
            cwd=repository.root,
            capture_output=True,
            check=False,
        )
        for code in (("-m", "promptstead"), ("-c", one))
    ]
    assert [done.returncode for done in found] == [1, 1]
    assert found[0].stdout == found[1].stdout
    assert len(json.loads(found[0].stdout)["prompts"]) == 20
