"""What a prompt asks, and of whom: names, labels and digests."""

import pytest

from promptstead.config.settings import Config, ModelAlias
from promptstead.errors import PromptsteadError
from promptstead.prompts.library import Library
from promptstead.prompts.requests import Requests
from tests.samples import CASES, DATA, PARTIAL, PATH, PROMPT, cases
from tests.trees import MemoryTree

MODELS = {
    "fast": ModelAlias("openai", "m-1"),
    "stand-in": ModelAlias("fake", "echo"),
    "org/strong": ModelAlias("x", "m"),
}


def requests(model: str = "fast", models: dict[str, ModelAlias] | None = None) -> Requests:
    lines = [f"model: {model}" if line.startswith("model:") else line for line in PROMPT.splitlines()]
    tree = MemoryTree({PATH: "\n".join(lines) + "\n", PARTIAL: DATA, CASES: cases(2)})
    return Requests(Library(tree, Config(models=MODELS if models is None else models)).load(PATH))


def test_an_answer_is_recorded_under_who_gave_it() -> None:
    assert requests().label() == requests().label("fast") == "fast@m-1"
    assert requests().label("stand-in") == requests("stand-in").label() == "fake/echo"
    assert requests().label("openai/m-2") == requests("openai/m-2").label() == "openai/m-2"
    assert requests().label("org/strong") == "org/strong@m"
    assert requests("m-3").label() == "m-3"
    with pytest.raises(PromptsteadError, match="there is no model `m-3`"):
        requests().label("m-3")
    nameless = MemoryTree({PATH: "messages:\n  - {role: user, content: Hello}\n"})
    with pytest.raises(PromptsteadError, match="names no model"):
        Requests(Library(nameless, Config()).load(PATH)).label()


def test_a_label_leads_to_the_request_that_was_answered() -> None:
    fast = requests()
    case = fast.prompt.cases[0]
    for model in ("", "stand-in", "openai/m-2", "org/strong"):
        assert fast.digest(case, fast.label(model)) == fast.digest(case, model)
    assert len({fast.digest(case, model) for model in ("", "stand-in", "openai/m-2", "org/strong")}) == 4
    assert fast.digest(case, "stand-in") == requests("stand-in").digest(case)
    assert fast.digest(case, "somebody") == fast.digest(case)


def test_another_snapshot_is_another_request() -> None:
    fast, later = requests(), requests(models={"fast": ModelAlias("openai", "m-2")})
    case = fast.prompt.cases[0]
    assert later.digest(case, fast.label()) != fast.digest(case)
