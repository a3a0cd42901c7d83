"""Whole evaluations against those of other tools, where they are installed: PROMPTFOO and INSPECT name their commands.

Both sides have the same 1,000 cases, the same answers and four checks of the same kind, and write a file of results.
Beside the medians of the time on the clock stand the seconds of CPU time, which other work on the machine changes less.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.calls import serving
from tests.benchmarks.eval_many import CATEGORIES, LETTER, write
from tests.benchmarks.measure import Missing, Result, tool

CASES = 1000
AT_ONCE = 50
SECONDS = 0.1
ANSWER = json.dumps({"category": "card", "urgency": "high"})
PROMPTFOO = "npm install promptfoo, then PROMPTFOO=…/node_modules/.bin/promptfoo"
INSPECT = "pip install inspect-ai openai in an environment of its own, then INSPECT=…/bin/inspect"
SYSTEM = "Answer with one JSON object with category and urgency."
TASK = """\
import json
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.scorer import accuracy, scorer, Score
from inspect_ai.solver import generate, system_message


@scorer(metrics=[accuracy()])
def checks():
    async def score(state, target):
        text = state.output.completion
        answer = json.loads(text)
        held = isinstance(answer["category"], str) and "urgency" in answer and answer["category"] == target.text
        held = held and len(text) <= 500 and ("high" in text or "low" in text)
        return Score(value="C" if held else "I")
    return score


@task
def letters():
    rows = map(json.loads, open("rows.jsonl"))
    samples = [Sample(input=row["inputs"]["letter"], target=row["expected"], id=row["id"]) for row in rows]
    return Task(dataset=samples, solver=[system_message("SYSTEM"), generate()], scorer=checks())
"""


class Cost(NamedTuple):
    """What a process took: seconds on the clock and of CPU time, and the most memory in MiB."""

    seconds: float
    cpu: float
    memory: float


Run = Callable[[], Cost]


def replay_promptfoo(runs: int = 3) -> Result | Missing:
    """``check`` of 1,000 recorded answers against promptfoo with every answer in its cache."""
    return _cached("check 1,000 recorded", ["check"], runs, 0.1)


def eval_promptfoo(runs: int = 3) -> Result | Missing:
    """``eval`` of 1,000 recorded answers, run file included, against the same."""
    return _cached("eval 1,000 recorded", ["eval", "--quiet", "--run-file", "ours.run.jsonl"], runs, 0.15)


def calls_promptfoo(runs: int = 3) -> Result | Missing:
    """1,000 calls of 100 ms, 50 at once, judged: the whole process."""
    name = "1,000 live calls, whole process"
    command = os.environ.get("PROMPTFOO")
    if not command:
        return Missing(name, "promptfoo", PROMPTFOO)
    with tempfile.TemporaryDirectory() as folder, serving(SECONDS, ANSWER) as base_url:
        root = Path(folder)
        peer = _promptfoo(command, root, base_url, "--no-cache", "-j", str(AT_ONCE))
        return _compared(name, "promptfoo", _live(root, base_url), peer, runs, 0.4)


def calls_inspect(runs: int = 3) -> Result | Missing:
    """The same against inspect_ai."""
    name = "1,000 live calls, whole process"
    command = os.environ.get("INSPECT")
    if not command:
        return Missing(name, "inspect_ai", INSPECT)
    with tempfile.TemporaryDirectory() as folder, serving(SECONDS, ANSWER) as base_url:
        root = Path(folder)
        ours = _live(root, base_url)
        return _compared(name, "inspect_ai", ours, _inspect(command, root, base_url), runs, 0.2)


def _cached(name: str, ours: Sequence[str], runs: int, target: float) -> Result | Missing:
    command = os.environ.get("PROMPTFOO")
    if not command:
        return Missing(name, "promptfoo, cached", PROMPTFOO)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, CASES)
        with serving(0, ANSWER) as base_url:
            peer = _promptfoo(command, root, base_url)
            peer()
        # The server is gone, so that whatever is answered now comes from the cache.
        return _compared(name, "promptfoo, cached", _ours(root, ours), peer, runs, target)


def _compared(name: str, peer_name: str, ours: Run, peer: Run, runs: int, target: float) -> Result:
    pairs = [(ours(), peer()) for _ in range(runs + 1)][1:]
    (seconds, cpu, memory), (peer_seconds, peer_cpu, peer_memory) = (
        Cost(*(statistics.median(each) for each in zip(*side, strict=True))) for side in zip(*pairs, strict=True)
    )
    note = f"CPU {cpu:.2f} s : {peer_cpu:.2f} s = {cpu / peer_cpu:.3f} x, {memory:.0f} : {peer_memory:.0f} MiB"
    return Result(name, peer_name, seconds, peer_seconds, runs, target, note=note)


def _ours(root: Path, arguments: Sequence[str]) -> Run:
    return lambda: _cost([tool("promptstead"), *arguments], root)


def _live(root: Path, base_url: str) -> Run:
    write(root, CASES)
    model = '[models."m/one"]\nprovider = "loop"\nsnapshot = "one"\n'
    settings = f'{model}[providers.loop]\nbase_url = "{base_url}"\n'
    (root / "promptstead.toml").write_text(settings, encoding="utf-8")
    kept = root / "ours.run.jsonl"

    def run() -> Cost:
        kept.unlink(missing_ok=True)
        options = ["--concurrency", str(AT_ONCE), "--quiet", "--run-file", kept.name]
        cost = _cost([tool("promptstead"), "eval", "--live", *options], root)
        with kept.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines][1:-1]
        if sum("samples" in row for row in rows) != CASES:
            raise SystemExit("promptstead: calls failed, so their time means nothing")
        return cost

    return run


def _promptfoo(command: str, root: Path, base_url: str, *options: str) -> Run:
    """Return a run of promptfoo in *root*; it asks nobody but the server, and keeps its cache below *root*."""
    checks = [
        {"type": "is-json", "value": {"type": "object", "required": ["category", "urgency"]}},
        {"type": "javascript", "value": "output.length <= 500"},
        {"type": "contains-any", "value": ["high", "low"]},
    ]
    tests = []
    for index in range(CASES):
        wanted = f"JSON.parse(output).category === '{CATEGORIES[index % len(CATEGORIES)]}'"
        tests.append(
            {
                "vars": {"letter": 3 * LETTER.format(index)},
                "assert": [*checks, {"type": "javascript", "value": wanted}],
            }
        )
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "{{letter}}"}]
    provider = {"id": "openai:chat:one", "config": {"apiBaseUrl": base_url, "apiKey": "none"}}
    configuration = {"prompts": [json.dumps(messages)], "providers": [provider], "tests": tests}
    (root / "promptfooconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    quiet = {
        "PROMPTFOO_CONFIG_DIR": str(root / "promptfoo"),
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    }
    found = root / "theirs.json"

    def run() -> Cost:
        found.unlink(missing_ok=True)
        line = [command, "eval", "-c", "promptfooconfig.json", "--no-table", "--no-progress-bar", "--no-write"]
        # Its exit code says that cases fail, which they do; whether they were judged is in what it writes.
        cost = _cost([*line, "-o", found.name, *options], root, quiet, any_code=True)
        counts = json.loads(found.read_bytes())["results"]["stats"] if found.exists() else {}
        if counts.get("successes", 0) + counts.get("failures", 0) != CASES or counts.get("errors"):
            raise SystemExit(f"promptfoo did not judge {CASES} answers: {counts}")
        return cost

    return run


def _inspect(command: str, root: Path, base_url: str) -> Run:
    (root / "letters.py").write_text(TASK.replace("SYSTEM", SYSTEM), encoding="utf-8")
    (root / "rows.jsonl").write_bytes((root / "prompts" / "many" / "rows.jsonl").read_bytes())
    env = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "none", "INSPECT_LOG_DIR": str(root / "logs")}
    most = ["--max-connections", str(AT_ONCE), "--max-samples", str(AT_ONCE)]
    line = [command, "eval", "letters.py", "--model", "openai/one", *most, "--display", "none", "--no-log-realtime"]
    return lambda: _cost(line, root, env)


def _cost(
    command: Sequence[str | Path], folder: Path, env: Mapping[str, str] | None = None, *, any_code: bool = False
) -> Cost:
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **(env or {})}, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and not any_code:
            said.seek(0)
            raise SystemExit(f"{command[0]}: exit {process.returncode}\n{said.read()[-2000:].decode()}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
