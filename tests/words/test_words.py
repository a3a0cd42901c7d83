"""Every sentence that the package says stands in both languages, takes the arguments it is given, and is said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import promptstead
from promptstead.words import template as templates
from promptstead.words.tables import AREAS, table
from promptstead.words.template import LANGUAGES

PACKAGE = Path(promptstead.__file__).parent
TABLES = [(language, area) for language in LANGUAGES for area in AREAS]
DYNAMIC = {"counts", "labels", "pages"}
"""Areas whose sentences Python does not say: words of enumerations, and what the scripts of pages say."""
SCRIPTS = PACKAGE / "report" / "html"


class Said(NamedTuple):
    """A call of ``say`` or ``say_in``: the codes that it may say, the arguments that it gives, and its place."""

    codes: tuple[str, ...]
    arguments: frozenset[str]
    place: str


def _codes(node: ast.expr, place: str) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _codes(node.body, place)
        yield from _codes(node.orelse, place)
        return
    assert isinstance(node, ast.Constant), f"{place}: the code of a sentence is written where it is said"
    assert isinstance(node.value, str), place
    yield node.value


def _said() -> Iterator[Said]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "words":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            position = {"say": 0, "say_in": 1}.get(node.func.id)
            if position is None:
                continue
            place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            keywords = [keyword.arg for keyword in node.keywords]
            assert None not in keywords, f"{place}: the arguments of a sentence are written where it is said"
            yield Said(tuple(_codes(node.args[position], place)), frozenset(filter(None, keywords)), place)


SAID = list(_said())


def test_there_are_sentences() -> None:
    assert SAID


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.place)
def test_a_sentence_that_is_said_is_there_in_each_language_and_takes_what_it_is_given(said: Said) -> None:
    for code in said.codes:
        area, _, key = code.partition(".")
        assert area in AREAS, code
        for language in LANGUAGES:
            found = table(area, language).get(key)
            assert found is not None, f"{code} is not in the words of {language}"
            assert templates.names(found) <= said.arguments, f"{code} in {language} takes what it is not given"
        taken = templates.names(table(area, "en")[key])
        assert taken == said.arguments, f"{code} is given {sorted(said.arguments - taken)}, and does not say it"


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same_things(area: str) -> None:
    english, french = table(area, "en"), table(area, "fr")
    assert list(english) == list(french)
    for key, template in english.items():
        assert templates.names(french[key]) == templates.names(template), key


@pytest.mark.parametrize("area", sorted(set(AREAS) - DYNAMIC))
def test_every_sentence_of_the_tables_is_said(area: str) -> None:
    used = {code for said in SAID for code in said.codes}
    assert [key for key in table(area, "en") if f"{area}.{key}" not in used] == []


def test_what_the_scripts_of_pages_say_is_there_and_what_is_there_is_said() -> None:
    script = "\n".join(path.read_text("utf-8") for path in sorted(SCRIPTS.glob("*.js")))
    said = set(re.findall(r"\bt\(\"([\w-]+)\"", script))
    words = table("pages", "en")
    assert said - words.keys() == set()
    parts = {part for text in re.findall(r"\bt\(`([^`]*)`", script) for part in re.split(r"\$\{[^}]*\}", text) if part}
    loose = {key for key in words if f'"{key}"' in script or any(part in key for part in parts)}
    templates_of_html = {"needs-script"}
    assert [key for key in words if key not in said | loose | templates_of_html | STATES_OF_PAGE] == []


STATES_OF_PAGE = {"review", "run", "light", "dark"}
"""What the scripts say by a value: the kind of page, the theme."""


@pytest.mark.parametrize("area", AREAS)
def test_french_is_written_as_french(area: str) -> None:
    for key, template in table(area, "fr").items():
        outside = re.sub(r"`[^`]*`|\{[^{}]*\}", "", template)
        assert "'" not in outside, f"{key}: the apostrophe is ’"
        assert not re.search(r"(?<=[^\W\d_])[:;!?](?= |$)", outside), f"{key}: a space stands before : ; ! ?"


def test_every_module_of_the_tables_is_an_area() -> None:
    for language in LANGUAGES:
        modules = {path.stem for path in (PACKAGE / "words" / language).glob("*.py")} - {"__init__"}
        assert modules == set(AREAS)
