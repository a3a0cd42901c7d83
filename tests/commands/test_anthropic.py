"""The commands that call a model, with one of Anthropic's: through its own API, on loopback."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.command_line import Result, run
from tests.commands.test_judges import CHECK, JUDGE, TONE
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import pending, write_recorded
from tests.samples import PATH

ALIAS = """\
[models.careful]
provider = "anthropic"
snapshot = "claude-haiku-4-5-20251001"
price_input = 1000
price_output = 1000
"""


def say(body: dict[str, Any]) -> str:
    """Return a judgement to the judge, an answer to the prompt."""
    return json.dumps({"score": 5, "why": "kind"}) if "output_config" in body else "good"


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve from another thread, for commands in processes of their own."""
    served = Server(say=say)
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with served.serve():
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield served
    finally:
        over.set()
        thread.join()


@pytest.fixture
def call(server: Server, repository: ScratchRepository) -> Callable[..., Result]:
    """Return a function that runs a command as a person does who has a key."""
    environment = {"ANTHROPIC_BASE_URL": server.address("messages"), "ANTHROPIC_API_KEY": KEY, "CI": ""}
    return lambda *arguments: run(*arguments, cwd=repository.root, env=environment)


def write(repository: ScratchRepository, model: str, settings: str = "") -> None:
    write_recorded(repository)
    text = (repository.root / PATH).read_text(encoding="utf-8")
    named = f"model: {{name: {model}, params: {{max_completion_tokens: 50}}}}"
    repository.write(PATH, re.sub(r"(?m)^model: .*$", named, text))
    repository.write("promptstead.toml", settings)


def test_run_and_record(server: Server, call: Callable[..., Result], repository: ScratchRepository) -> None:
    write(repository, "anthropic/claude-haiku-4-5-20251001")
    done = call("run", "shop/mood", "--format", "json")
    assert done.code == 0, done
    assert (done.json["output"], done.json["finish_reason"]) == ("good", "stop")
    counted = {"input": 127, "output": 1, "cached": 20, "cache_written": 100, "reasoning": None}
    assert done.json["usage"] == counted
    assert server.bodies[-1]["model"] == "claude-haiku-4-5-20251001"
    assert server.bodies[-1]["max_tokens"] == 50
    assert server.bodies[-1]["system"].startswith("You read reviews")

    done = call("record")
    assert done.code == 0, done
    assert [line["output"] for line in pending(repository)] == ["good"] * 3
    assert call("accept", "--all").code == 0
    assert "nothing to ask" in call("record").err
    checked = call("check", "shop/mood")
    assert checked.code == 0, checked


def test_eval_and_compare_with_an_alias(
    server: Server, call: Callable[..., Result], repository: ScratchRepository
) -> None:
    write(repository, "careful", ALIAS)
    done = call("eval", "--live", "--run-file", "live.run.jsonl")
    assert done.code == 0, done
    assert "3 pass" in done.out

    repository.commit()
    text = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, text.replace("You read reviews", "You judge reviews"))
    done = call("compare", "HEAD", "--live")
    assert done.code in (0, 1), done  # three cases decide nothing
    asked = {body["system"].split()[1] for body in server.bodies}
    assert asked == {"read", "judge"}
    assert {body["model"] for body in server.bodies} == {"claude-haiku-4-5-20251001"}


def test_a_judge_may_be_one(server: Server, call: Callable[..., Result], repository: ScratchRepository) -> None:
    write(repository, "anthropic/claude-haiku-4-5-20251001")
    text = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, text.replace("gate:", f"{CHECK}gate:"))
    repository.write(JUDGE, TONE.replace("model: scripted", "model: anthropic/claude-sonnet-4-6"))
    done = call("eval", "--live", "--run-file", "live.run.jsonl", "shop/mood")
    assert done.code == 0, done
    assert "3 pass" in done.out
    judged = [body for body in server.bodies if body["model"] == "claude-sonnet-4-6"]
    assert len(judged) == 3
    assert judged[0]["output_config"]["format"]["schema"]["required"] == ["score", "why"]


def test_a_limit_on_cost_holds(server: Server, call: Callable[..., Result], repository: ScratchRepository) -> None:
    write(repository, "careful", ALIAS)
    done = call("record", "--max-cost", "0.001")
    assert done.code == 1, done
    assert "not called" in done.err
    assert server.bodies == []


def test_a_key_that_is_missing_or_wrong_is_named(server: Server, repository: ScratchRepository) -> None:
    write(repository, "anthropic/claude-haiku-4-5-20251001")
    environment = {"ANTHROPIC_BASE_URL": server.address("messages"), "ANTHROPIC_AUTH_TOKEN": KEY}
    done = run("run", "shop/mood", cwd=repository.root, env=environment)
    assert done.code == 2
    assert "`ANTHROPIC_API_KEY`, the key of `anthropic`, is not set" in done.err
    wrong = {**environment, "ANTHROPIC_API_KEY": "sk-ant-wrong-9d8f7a6s5d4f3"}
    done = run("run", "shop/mood", cwd=repository.root, env=wrong)
    assert done.code == 2
    assert "check the key in `ANTHROPIC_API_KEY`" in done.err
    assert "sk-ant-wrong" not in done.err


def test_a_model_of_anthropics_is_not_asked_for_at_openais_address(repository: ScratchRepository) -> None:
    write(repository, "claude-haiku-4-5-20251001")
    for command in (("run", "shop/mood"), ("record",), ("eval", "--live", "--run-file", "nobody.run.jsonl")):
        done = run(*command, cwd=repository.root, env={"CI": ""})
        assert done.code == 2
        assert f"{PATH}: model `claude-haiku-4-5-20251001` is Anthropic's" in done.err
        assert "name it `anthropic/claude-haiku-4-5-20251001`" in done.err
    elsewhere = run("run", "shop/mood", cwd=repository.root, env={"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"})
    assert "`OPENAI_API_KEY`" in elsewhere.err
