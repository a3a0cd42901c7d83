"""The snapshot of messages is current, and what it is made of is found."""

import ast

import pytest

from tests.words import texts
from tests.words.messages import FILE, now


def test_the_snapshot_of_messages_is_current() -> None:
    assert FILE.read_text("utf-8").splitlines() == now().splitlines(), (
        "run python -m tests.words.messages, and read the diff"
    )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise PromptsteadError("not there", hint="make it", location="a.yml")', ["not there", "make it"]),
        ('raise ForgeError(f"{name} says {n + 1}")', ["{name} says {…}"]),
        ('raise self._error(key, "wrong " + "place")', ["wrong place"]),
        ('tell("one" if n == 1 else "many")', ["one", "many"]),
        ('hint = "do this"', ["do this"]),
        ('raise ValueError("a bug of ours")', []),
    ],
)
def test_what_a_user_reads_is_found(source: str, found: list[str]) -> None:
    assert list(texts.in_source(ast.parse(source))) == found
