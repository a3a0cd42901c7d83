"""Replay of 100,000 recorded answers through four cheap evaluators, each run a process of its own.

``python -m tests.benchmarks.eval_many [CASES]`` prints evaluations a second and the peak of memory, on one core and on
all; the benchmark ``eval-many`` compares the two.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from promptstead.config.settings import Config
from promptstead.model import RecordedOutput, Sample, Usage
from promptstead.outputs.entry_format import entry_line
from promptstead.outputs.index import open_recorded
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.library import Library
from promptstead.prompts.requests import Requests
from promptstead.storage.working_tree import WorkingTree
from tests.benchmarks.measure import Result, alternate, process

CASES = 100_000
TARGET = 0.65
"""Time on two cores as a share of that on one."""
PATH = "prompts/many.prompt.yml"
PROMPT = """schema: promptstead/v1
title: Letters to a bank
inputs:
  letter: {}
messages:
  - {role: system, content: Answer with one JSON object with category and urgency.}
  - role: user
    content: |-
      <letter>
      {{ letter }}
      </letter>
model: m/one
output:
  format: json
  schema: {type: object, required: [category, urgency], properties: {category: {type: string}}}
evaluators:
  shape: {type: json-schema}
  category: {type: json-path, path: $.category, equals: "{{ expected }}"}
  short: {type: length, max: 500}
  urgency: {type: contains, any: [high, low]}
datasets:
  - path: rows.jsonl
"""
LETTER = "Dear bank, transfer {} was booked twice on my account and I would like to have it back as soon as you can. "
CATEGORIES = ("card", "loan", "other")


def on_two_cores() -> Result:
    """Return the time of two processes against that of one."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), CASES)
        command = [sys.executable, "-m", "tests.benchmarks.eval_many", "--measure", folder]
        top = Path(__file__).parents[2]
        ours, peer = (process([*command, count], top) for count in ("2", "1"))
        two, one = alternate(ours, peer, 2)
    return Result("eval, 100,000 answers, 2 cores", "one core", two, one, 2, TARGET)


def write(root: Path, count: int) -> None:
    """Write a prompt, its dataset of *count* rows and an answer to each."""
    folder = root / "prompts" / "many"
    folder.mkdir(parents=True)
    (root / PATH).write_text(PROMPT, encoding="utf-8")
    (root / "promptstead.toml").touch()
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as rows:
        for index in range(count):
            row = {"id": f"letter-{index:07}", "inputs": {"letter": 3 * LETTER.format(index)}}
            rows.write(json.dumps(row | {"expected": CATEGORIES[index % 3]}) + "\n")
    tree = WorkingTree(str(root))
    loaded = Library(tree, Config()).load(PATH, rows=False)
    requests = Requests(loaded)
    with (folder / "outputs.jsonl").open("w", encoding="utf-8") as lines:
        for index, case in enumerate(CaseStream(tree, loaded)):
            sample = Sample(json.dumps({"category": CATEGORIES[index % 2], "urgency": "high"}), "stop", Usage(120, 20))
            tie = requests.digest(case, "m/one")
            lines.write(entry_line(RecordedOutput(case.id, "m/one", "live", (sample,), request=tie)) + "\n")


def measure(root: str, processes: int) -> None:
    """Replay all and print what it took."""
    from promptstead.executors.executor import InProcess
    from promptstead.executors.process_pool import ProcessPool
    from promptstead.operations.running.replayed_cases import replayed

    start = time.perf_counter()
    tree = WorkingTree(root)
    loaded = Library(tree, Config()).load(PATH, rows=False)
    evaluations = 0
    executor = ProcessPool(processes) if processes > 1 else InProcess()
    with open_recorded(tree, loaded) as recorded:
        for result in replayed(loaded, CaseStream(tree, loaded), recorded, executor):
            evaluations += sum(map(len, result.samples))
    seconds = time.perf_counter() - start
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in usage)
    peak = usage[0].ru_maxrss + processes * usage[1].ru_maxrss
    print(
        f"{processes} process(es): {evaluations:,} evaluations, {evaluations / seconds:,.0f} a second, "
        f"{cpu:.1f} s of CPU time, {peak / 1024:.0f} MiB at most"
    )


def main() -> None:
    """Measure one core and all, or one of them as asked."""
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], int(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
        run = partial(subprocess.run, cwd=Path(__file__).parents[2], check=True)
        for processes in sorted({1, os.cpu_count() or 1}):
            run([sys.executable, "-m", "tests.benchmarks.eval_many", "--measure", folder, str(processes)])


if __name__ == "__main__":
    main()
