"""Replay on several cores gives what one core gives, in its order; a process that is ended becomes one clear line."""

import json
import multiprocessing
import os
import signal
from itertools import islice

import pytest

from promptstead.config.settings import Config
from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.executors.choice import MANY
from promptstead.executors.process_pool import CHUNK, ProcessPool
from promptstead.model import Case, RecordedOutput, Sample, Usage
from promptstead.operations.running.replayed_cases import replayed
from promptstead.outputs.entry_format import entry_line
from promptstead.outputs.index import open_recorded
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

PATH = "prompts/sums.prompt.yml"
PROMPT = """schema: promptstead/v1
title: Sums
inputs:
  question: {}
messages:
  - role: user
    content: "{{ question }}"
model: m/one
evaluators:
  right: {type: equals, value: "{{ expected }}"}
  short: {type: length, max: 3}
datasets:
  - path: rows.jsonl
"""
COUNT = MANY + 2 * CHUNK + 7


@pytest.fixture(scope="module")
def tree() -> MemoryTree:
    rows, lines = [], []
    for index in range(COUNT):
        row: dict[str, object] = {"id": f"r{index}", "inputs": {"question": f"{index}?"}, "expected": str(index)}
        if index % 50 == 0:
            row["evaluators"] = {"own": {"type": "regex", "pattern": "[0-9]"}}
        rows.append(json.dumps(row) + "\n")
        tie = inputs_digest(Case(f"r{index}", {"question": f"{index}?"}))
        sample = Sample(str(index if index % 3 else -index), "stop", Usage(5, 1))
        output = RecordedOutput(f"r{index}", "m/one", "imported", (sample, sample), inputs=tie)
        if index % 7:
            lines.append(entry_line(output).replace('"samples"', '"smples"' if index % 11 == 0 else '"samples"') + "\n")
    files = {PATH: PROMPT, "prompts/sums/rows.jsonl": "".join(rows), "prompts/sums/outputs.jsonl": "".join(lines)}
    return MemoryTree(files)


def test_two_processes_give_what_one_gives(tree: MemoryTree) -> None:
    loaded = Library(tree, Config()).load(PATH, rows=False)
    with open_recorded(tree, loaded) as recorded:
        one = list(replayed(loaded, CaseStream(tree, loaded), recorded, samples=1))
        two = list(replayed(loaded, CaseStream(tree, loaded), recorded, ProcessPool(2), samples=1))
    assert len(one) == COUNT
    assert two == one
    assert {each.state for each in two} == {"evaluated", "not evaluated"}


def test_a_process_that_is_ended_becomes_one_clear_line(tree: MemoryTree) -> None:
    loaded = Library(tree, Config()).load(PATH, rows=False)
    before = set(multiprocessing.active_children())
    with open_recorded(tree, loaded) as recorded:
        results = replayed(loaded, CaseStream(tree, loaded), recorded, ProcessPool(2))
        list(islice(results, CHUNK))
        (victim, *_) = set(multiprocessing.active_children()) - before
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        with pytest.raises(PromptsteadError, match="was killed") as caught:
            list(results)
    assert caught.value.location == PATH


def test_nothing_is_left_running_when_the_results_are_not_wanted(tree: MemoryTree) -> None:
    loaded = Library(tree, Config()).load(PATH, rows=False)
    before = set(multiprocessing.active_children())
    with open_recorded(tree, loaded) as recorded:
        results = replayed(loaded, CaseStream(tree, loaded), recorded, ProcessPool(2))
        next(iter(results))
        results.close()  # type: ignore[attr-defined]
    assert set(multiprocessing.active_children()) <= before
