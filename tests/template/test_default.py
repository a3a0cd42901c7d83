"""The argument of ``default`` is evaluated only where it is needed, as the page of the language says."""

from pathlib import Path
from typing import Any

import pytest

from promptstead.runtime.program import render
from promptstead.runtime.values import RenderError
from promptstead.template.compiler import compile_template
from promptstead.template.parser import parse

PAGE = Path(__file__).parents[2] / "tooling" / "docs" / "template.md"
VALUES: dict[str, Any] = {"name": "Ada", "empty": "", "zero": 0, "number": 3}
BROKEN = ["nobody.knows", "number | upper", "number.key", 'name | replace("", "x")', "nobody | length"]
"""Expressions that cannot be evaluated."""


def rendered(text: str) -> str:
    return render(compile_template(parse(text)), VALUES)


@pytest.mark.parametrize("broken", BROKEN)
def test_an_argument_that_is_not_needed_is_not_evaluated(broken: str) -> None:
    assert rendered(f"{{{{ name | default({broken}) }}}}") == "Ada"
    assert rendered(f"{{{{ name | default({broken}, true) }}}}") == "Ada"
    assert rendered(f"{{{{ empty | default({broken}) }}}}") == ""
    assert rendered(f"{{{{ nobody | default(name) | default({broken}) }}}}") == "Ada"


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("needed", ["nobody | default(%s)", "empty | default(%s, true)", "zero | default(%s, true)"])
def test_one_that_is_needed_is_evaluated(needed: str, broken: str) -> None:
    with pytest.raises(RenderError):
        rendered("{{ " + needed % broken + " }}")


def test_the_page_says_so() -> None:
    (row,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `default(")]
    assert "the argument is evaluated only where it is needed" in row
