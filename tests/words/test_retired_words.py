"""Retired words give way to those of the glossary, in all English that people read."""

import re
from collections.abc import Callable, Iterable

import pytest

from tests.words.texts import ROOT, Text, helps, literals, prose, sentences

RETIRED = {
    r"\bmend\w*": "fix",
    r"\bshel(f|ves)\b|\bdesks?\b": "pending",
    r"\bwait(s|ing)? to be\b|\bwaiting answers?\b|\banswers?,? (that )?waits?\b|\bthat waits?\b": "pending",
    r"\b([Aa]n?|[Tt]he|[Ee]ach|[Ee]very|[Hh]ard|[Ii]ts|own|such|no|[Ww]hat|many) checks?\b(?! box)": "evaluator",
    r"\bdiagnostics?\b": "finding",
    r"\bgates? of (a |the )?(providers?|servers?)\b|\bproviders?['’]s? gates?\b": "throttle",
    r"\b(gone|goes|go|went) on with\b": "resume",
    r"(` is|\b[Tt]his is|\b[Ww]hat is) no (?!longer\b|more\b)": "is not",
}
"""Pattern of what nobody writes -> what is written instead."""
ALLOWED = {
    "a required check": "what GitHub calls it",
}
"""Part of a line -> why it may say so."""


def _retired(text: Text) -> list[str]:
    """Return what *text* should not say, with its place and the word that the glossary has for it."""
    line = re.sub(r"`[^`]*`", "`…`", re.sub(r"\{[^{}]*\}", "{…}", text.text))
    for allowed in ALLOWED:
        line = line.replace(allowed, "")
    return [
        f"{text.place}: `{found[0]}` in “{line.strip()}”; write {instead}"
        for pattern, instead in RETIRED.items()
        for found in re.finditer(pattern, line)
    ]


@pytest.mark.parametrize("texts", [helps, literals, sentences, prose], ids=lambda texts: texts.__name__)
def test_nothing_that_people_read_has_a_retired_word(texts: Callable[[], Iterable[Text]]) -> None:
    read = [text for text in texts() if not text.place.startswith("tooling/docs/glossary.md")]
    assert len(read) > 50
    assert [found for text in read for found in _retired(text)] == []


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("mend the syntax there", "fix"),
        ("every answer that waits", "pending"),
        ("the hard check fails", "evaluator"),
        ("a run is gone on with", "resume"),
        ("`X` is no id", "is not"),
    ],
)
def test_a_retired_word_is_found(text: str, instead: str) -> None:
    assert [found.endswith(f"write {instead}") for found in _retired(Text("place", text))] == [True]


def test_what_is_allowed_is_there() -> None:
    every = "\n".join(text.text for texts in (helps, literals, sentences, prose) for text in texts())
    assert [allowed for allowed in ALLOWED if allowed not in every] == []


def test_the_glossary_names_what_is_retired() -> None:
    glossary = (ROOT / "tooling" / "docs" / "glossary.md").read_text("utf-8").partition("## Retired words")[2]
    assert [instead for instead in RETIRED.values() if instead not in glossary] == []
