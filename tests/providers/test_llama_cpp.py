"""The command line against llama-cpp-python's server, with a model of random weights; see tooling/docs/providers.md.

It runs where ``LLAMA_PYTHON`` names a Python that has ``llama-cpp-python[server]``: building that takes minutes.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import environment
from tests.commands.test_eval import read_back
from tests.conftest import ScratchRepository
from tests.recorded import NOTHING_RECORDED, PENDING, at_home, pending
from tests.samples import PATH, PROMPT, case_id, write_sample

PYTHON = os.environ.get("LLAMA_PYTHON", "")
MAKER = Path(__file__).with_name("tiny_gguf.py")
KEY = "sk-local-7Qm2xW9vT4bN"
TOOLS = """\
tools:
  - name: set_mood
    parameters: {type: object, properties: {mood: {enum: [good, bad]}}, required: [mood]}
evaluators:
"""
SCHEMA = """\
output:
  format: json
  schema:
    type: object
    properties: {mood: {enum: [good, bad]}}
    required: [mood]
    additionalProperties: false
evaluators:
"""
pytestmark = pytest.mark.skipif(not PYTHON, reason="LLAMA_PYTHON names no Python that has llama-cpp-python[server]")

Serve = Callable[..., str]
"""Starts a server with some options; returns its address."""


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    asked = [PYTHON, "-c", "import llama_cpp.server.app"]
    if not shutil.which(PYTHON) or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip(f"{PYTHON} is no Python that has llama-cpp-python[server]")
    folder = tmp_path_factory.mktemp("llama")
    subprocess.run([PYTHON, MAKER, "tiny.gguf"], cwd=folder, check=True)
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> str:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = str(free.getsockname()[1])
        log = folder / f"server-{port}.log"
        command = [PYTHON, "-m", "llama_cpp.server", "--model", "tiny.gguf", "--model_alias", "tiny"]
        command += ["--n_threads", "1", "--n_threads_batch", "1", "--host", "127.0.0.1", "--port", port]
        with log.open("wb") as said:
            server = subprocess.Popen([*command, *options], cwd=folder, stdout=said, stderr=said)
        started.append(server)
        deadline = time.monotonic() + 120
        while server.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", int(port)), 1).close()
                return f"http://127.0.0.1:{port}/v1"
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-1000:]}")

    yield start
    for server in started:
        server.terminate()
    for server in started:
        server.wait(20)


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return serve()


def write(repository: ScratchRepository, base_url: str, count: int = 3, params: str = "max_tokens: 600") -> None:
    """Write the sample prompt with *count* cases, and a configuration that leads it to the server."""
    write_sample(repository, count, recorded=NOTHING_RECORDED)
    repository.write(PATH, re.sub(r"(?m)^model: .*$", f"model: {{name: local, params: {{{params}}}}}", PROMPT))
    settings = '[models.local]\nprovider = "llama"\nsnapshot = "tiny"\n\n[providers.llama]\n'
    repository.write("promptstead.toml", f'{settings}base_url = "{base_url}"\n')


def change(repository: ScratchRepository, path: str, old: str, new: str) -> None:
    text = (repository.root / path).read_text()
    assert old in text
    repository.write(path, text.replace(old, new))


def kill_after(repository: ScratchRepository, arguments: tuple[str, ...], path: str, lines: int, how: int) -> str:
    """Start a command, end it once *path* has so many lines, and return what it said."""
    asking = subprocess.Popen(
        [sys.executable, "-m", "promptstead", *arguments],
        cwd=repository.root,
        env=environment(CI=""),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    file = repository.root / path
    deadline = time.monotonic() + 60
    while asking.poll() is None and (not file.exists() or file.read_bytes().count(b"\n") < lines):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    asking.send_signal(how)
    return asking.communicate(timeout=60)[1]


def test_a_streamed_answer_has_no_usage_and_a_whole_one_has(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url)
    streamed = at_home("run", "shop/mood", "--case", "r001", cwd=repository.root)
    assert streamed.code == 0, streamed.err
    assert streamed.err.startswith("local@tiny · tokens unknown in, unknown out · cost unknown · ")
    whole = at_home("run", "shop/mood", "--case", "r001", "--format", "json", cwd=repository.root).json
    assert (whole["model"], whole["finish_reason"]) == ("local@tiny", "stop")
    assert whole["usage"]["input"] > 100
    assert whole["usage"]["output"] >= len(whole["output"])  # one token for each letter, and for each byte


def test_answers_are_recorded_accepted_and_replayed(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 24)
    first = at_home("record", "--concurrency", "8", cwd=repository.root)
    assert (first.code, first.out) == (0, f"{PENDING}: 24 answers recorded\n"), first.err
    lines = pending(repository)
    assert sorted(line["case"] for line in lines) == [case_id(number) for number in range(24)]
    used = [sum(line["usage"][way] for line in lines) for way in ("input", "output")]
    assert f"24 calls · {used[0]:,} tokens in, {used[1]:,} out · cost unknown" in first.err
    assert "nothing to ask" in at_home("record", cwd=repository.root).err
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root).code == 0
    listed = at_home("outputs", "list", "--format", "json", cwd=repository.root).json["outputs"]
    assert [(row["model"], row["state"]) for row in listed] == [("local@tiny", "current")] * 24
    replayed = at_home("eval", "--format", "json", cwd=repository.root).json
    assert sum(replayed["results"][0]["cases"][way] for way in ("pass", "fail")) == 24


def test_killed_and_stopped_it_goes_on_where_it_was(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 40)
    record = ("record", "--concurrency", "4")
    kill_after(repository, record, PENDING, 3, signal.SIGKILL)
    killed = len(pending(repository))
    said = kill_after(repository, record, PENDING, killed + 3, signal.SIGINT)
    stopped = len(pending(repository))
    assert f"stopped: {stopped - killed} answers kept; run the same command again to ask for the rest" in said
    rest = at_home(*record, cwd=repository.root)
    assert rest.out == f"{PENDING}: {40 - stopped} answers recorded\n", rest.err
    assert sorted(line["case"] for line in pending(repository)) == [case_id(number) for number in range(40)]


def test_a_live_run_is_resumed(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 30)
    kill_after(repository, ("eval", "--live", "--run-file", "run.jsonl"), "run.jsonl", 4, signal.SIGKILL)
    done = at_home("eval", "--live", "--resume", "run.jsonl", "--format", "json", cwd=repository.root)
    assert done.code in (0, 1), done.err
    _, results = read_back(repository.root / "run.jsonl")
    assert sorted(result.case.id for result in results) == [case_id(number) for number in range(30)]
    samples = [sample for result in results if result.output for sample in result.output.samples]
    assert len(samples) == 30, done.err
    assert all(sample.usage.output is not None for sample in samples)


def test_limits(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 10, "max_tokens: 1")
    cut = at_home("record", cwd=repository.root)
    assert cut.code == 1
    assert (
        cut.err.count("cut off before its end (length)") + sum("output" in line for line in pending(repository)) == 10
    )
    write(repository, base_url, 10)
    few = at_home("record", "--max-requests", "3", cwd=repository.root)
    assert few.err.count("not called: the limit of 3 requests is reached") == 7, few.err
    small = at_home("record", "--max-tokens", "1500", cwd=repository.root)
    assert "not called: it may use " in small.err
    assert sum("output" in line for line in pending(repository)) < 20


def test_a_model_that_it_does_not_have_is_answered_by_the_one_it_has(
    repository: ScratchRepository, base_url: str
) -> None:
    write(repository, base_url)
    done = at_home("run", "shop/mood", "--model", "llama/nobody-has-this", cwd=repository.root)
    assert done.code == 0
    assert done.err.startswith("llama/nobody-has-this · ")


def test_tools_streamed_and_whole(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 3, "max_tokens: 600, tool_choice: {type: function, function: {name: set_mood}}")
    change(repository, PATH, "evaluators:\n", TOOLS)
    streamed = at_home("run", "shop/mood", cwd=repository.root)
    assert (streamed.code, streamed.out.count("set_mood")) == (0, 1), streamed
    whole = at_home("run", "shop/mood", "--format", "json", cwd=repository.root).json
    assert whole["finish_reason"] == "tool_calls"
    assert whole["tool_calls"][0]["function"]["name"] == "set_mood"
    assert re.search(r'"mood"\s*:\s*"(good|bad)"', whole["tool_calls"][0]["function"]["arguments"])


def test_a_cap_and_a_schema_in_words_that_it_knows(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url, 6, "max_completion_tokens: 1")
    assert at_home("record", cwd=repository.root).code == 0
    assert any(line["usage"]["output"] > 1 for line in pending(repository))
    older = '[providers.llama]\noutput_cap = "max_tokens"\njson_schema = "json_object"\n'
    change(repository, "promptstead.toml", "[providers.llama]\n", older)
    (repository.root / PENDING).unlink()
    assert "cut off before its end (length)" in at_home("record", cwd=repository.root).err
    assert all(line["usage"]["output"] <= 1 for line in pending(repository) if "usage" in line)
    change(repository, PATH, "max_completion_tokens: 1", "max_completion_tokens: 600")
    change(repository, PATH, "evaluators:\n", SCHEMA)
    change(repository, "promptstead.toml", "json_schema =", "# json_schema =")
    refused = at_home("run", "shop/mood", cwd=repository.root)
    assert "does not accept an output schema in this form (500): 1 validation error" in refused.err
    assert 'set `json_schema = "json_object"` of the provider' in refused.err
    change(repository, "promptstead.toml", "# json_schema =", "json_schema =")
    for form in ("text", "json"):
        done = at_home("run", "shop/mood", "--format", form, cwd=repository.root)
        answer = json.loads(done.out if form == "text" else done.json["output"])
        assert answer["mood"] in ("good", "bad")


def test_what_it_refuses_is_one_line(repository: ScratchRepository, base_url: str) -> None:
    write(repository, base_url)
    long = "review=" + "shoe " * 600
    for form in ("json", "text"):  # in a stream it says nothing, so that the second attempt asks for the whole
        done = at_home("run", "shop/mood", "--input", long, "--format", form, cwd=repository.root)
        assert done.code == 2
        assert "refuses the request (400): This model's maximum context length is 2048 tokens" in done.err
        assert ("the streamed answer broke off: retrying" in done.err) == (form == "text")
    change(repository, "promptstead.toml", '/v1"', '/v2"')
    nowhere = at_home("run", "shop/mood", cwd=repository.root)
    assert "is not at this address (404): Not Found" in nowhere.err


def test_a_key_is_sent_where_one_is_configured_and_nowhere_else(repository: ScratchRepository, serve: Serve) -> None:
    write(repository, serve("--api_key", KEY))
    everywhere = {"OPENAI_API_KEY": KEY, "LLAMA_KEY": KEY}
    without = at_home("run", "shop/mood", cwd=repository.root, env=everywhere)
    assert without.code == 2
    assert "does not accept the key (401): Invalid API key (name its key in `key_env`)" in without.err
    change(repository, "promptstead.toml", "[providers.llama]\n", '[providers.llama]\nkey_env = "LLAMA_KEY"\n')
    assert at_home("run", "shop/mood", cwd=repository.root, env=everywhere).code == 0
    assert at_home("record", cwd=repository.root, env=everywhere).code == 0
    wrong = at_home("run", "shop/mood", cwd=repository.root, env={"LLAMA_KEY": f"{KEY}-old"})
    assert "does not accept the key (401): Invalid API key (check the key in `LLAMA_KEY`)" in wrong.err
    written = [file for file in repository.root.rglob("*") if file.is_file()]
    assert not [file for file in written if KEY.encode() in file.read_bytes()]
    assert KEY not in wrong.err
