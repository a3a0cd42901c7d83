"""What tooling/docs/conversations.md shows: a loop for each of the three APIs, and an answer written by hand."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI

from promptstead.prompts.conversation import MAX_ROUNDS
from promptstead.runtime.values import json_text
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.conversations import Assistant, Said

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tooling" / "docs" / "conversations.md"
SETTINGS = """\
[models.balanced]
provider = "openai"
snapshot = "gpt-5.4-mini-2026-03-17"
"""
FREE = [
    {"slot": "gp-06-1540", "weekday": "Friday", "date": "2026-03-06", "time": "15:40", "with": "Dr \u00d3 Se\u00e1"}
]


def desk(heard: list[tuple[str, str]]) -> Said:
    """Return what a good assistant says: the hand-made part of the conversation on the page."""
    role, last = heard[-1]
    if role == "tool":
        return ("15:40 with Dr \u00d3 Se\u00e1?" if "gp-06" in last else "Booked, RL-4471.", [])
    if "20 to 4" in last:
        return "", [("book_slot", {"slot": "gp-06-1540"})]
    return "One moment.", [
        ("find_slots", {"kind": "gp", "from": "2026-03-06", "to": "2026-03-06", "part_of_day": "any"})
    ]


@pytest.fixture
def page(repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the page's code defines, beside a bundle of the library."""
    shutil.copytree(ROOT / "prompts" / "health", repository.root / "prompts" / "health")
    shutil.copytree(ROOT / "prompts" / "partials", repository.root / "prompts" / "partials")
    shutil.copytree(ROOT / "prompts" / "evaluators", repository.root / "prompts" / "evaluators")
    repository.write("promptstead.toml", SETTINGS)
    repository.commit()
    built = run("bundle", "build", "health/appointment-booking", cwd=repository.root)
    assert built.code == 0, built
    monkeypatch.chdir(repository.root)
    loop, _, others = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    defined: dict[str, Any] = {}
    exec(loop + others, defined)
    return defined


def clients(assistant: Assistant) -> dict[str, Any]:
    address = assistant.environment["ANTHROPIC_BASE_URL"]
    openai = OpenAI(base_url=f"{address}/v1", api_key="sk-test-1")
    return {"chat": openai, "respond": openai, "message": Anthropic(base_url=address, api_key="sk-test-1")}


@pytest.mark.parametrize("api", ["chat", "respond", "message"])
def test_the_loop_of_the_page(api: str, page: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    used: list[tuple[str, dict[str, str]]] = []

    def find_slots(**arguments: str) -> Any:
        used.append(("find_slots", arguments))
        return FREE

    def book_slot(**arguments: str) -> Any:
        used.append(("book_slot", arguments))
        return {"booked": True, "reference": "RL-4471"}

    _, talk, _ = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    with Assistant(desk).serve() as assistant:
        scope = page | {"client": clients(assistant)[api], "tools": {"find_slots": find_slots, "book_slot": book_slot}}
        exec(talk.replace("answer(chat,", f"answer({api},"), scope)
    assert capsys.readouterr().out == "15:40 with Dr \u00d3 Se\u00e1?\nBooked, RL-4471.\n"
    assert [name for name, _ in used] == ["find_slots", "book_slot"]
    assert len(assistant.bodies) == 4
    assert [turn["role"] for turn in scope["transcript"]] == [
        "assistant", "tool", "assistant", "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert scope["transcript"][1]["content"] == json_text(FREE)  # as a stub is sent


def test_the_loop_of_the_page_ends(page: dict[str, Any]) -> None:
    def forever(heard: list[tuple[str, str]]) -> Said:
        return "", [("find_slots", {})]

    inputs = {"practice": "p", "desk_phone": "12345", "today": "2026-03-02", "weekday": "Monday", "message": "m"}
    with Assistant(forever).serve() as assistant:
        client = clients(assistant)["chat"]
        with pytest.raises(RuntimeError, match="goes on calling"):
            page["answer"](page["chat"], client, {"find_slots": lambda: []}, [], inputs)
    assert len(assistant.bodies) == page["MOST"] == MAX_ROUNDS


def test_the_entry_written_by_hand_on_the_page_fits_its_script(repository: ScratchRepository) -> None:
    """The case and the answer that the page shows, in a prompt that has the two tools."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    cases = next(block for block in blocks if block.startswith("cases:"))
    by_hand = next(block for block in blocks if "source: reference" in block)
    head = """\
schema: promptstead/v1
title: Booking
inputs: {message: {schema: {type: string}, trust: untrusted}}
messages: [{role: user, content: '{{ message | fence("message") }}'}]
tools:
  - {name: find_slots, description: Finds., parameters: {type: object, properties: {day: {type: string}}}}
  - {name: book_slot, description: Books., parameters: {type: object, properties: {slot: {type: string}}}}
"""
    repository.write("prompts/desk/book.prompt.yml", head + cases)
    repository.write("prompts/desk/book/outputs.yml", f"schema: promptstead/outputs/v1\noutputs:\n{by_hand}")
    repository.commit()
    assert run("accept", cwd=repository.root).code == 0
    checked = run("check", cwd=repository.root)
    assert "1 pass  (reference answers)" in checked.out, checked
