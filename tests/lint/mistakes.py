"""Single mistakes that people make in a prompt file, and all that lint says about each.

``python -m tests.lint.mistakes`` writes what it says now to ``mistakes.yml``, to be read before it is kept.
"""

from pathlib import Path
from typing import NamedTuple

import yaml

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

FOLDER = Path(__file__).parent
PROMPT = "prompts/p.prompt.yml"
BASE = (FOLDER / "mistakes_prompt.yml").read_text("utf-8")
FILE = FOLDER / "mistakes.yml"


class Mistake(NamedTuple):
    """*change* is what is written instead of what: pairs, each of a text that is in the file."""

    name: str
    change: list[list[str]]
    says: list[str]

    def text(self) -> str:
        """Return the file with the mistake in it."""
        text = BASE
        for before, after in self.change:
            assert before in text, (self.name, before)
            text = text.replace(before, after, 1)
        return text


def mistakes() -> list[Mistake]:
    """Return the table."""
    return [Mistake(**each) for each in yaml.safe_load(FILE.read_text("utf-8"))]


def said(mistake: Mistake) -> list[str]:
    """Return what lint says: place, level, rule, message, what is marked, and the hint."""
    text = mistake.text()
    tree = MemoryTree({PROMPT: text})
    config = Config(ignore=("MOD", "GOV", "TST"))
    found = Engine(config).check(Library(tree, config).load(PROMPT))
    shown = []
    for each in found:
        marked = each.line_text[each.column - 1 : each.end_column - 1] if each.line == each.end_line else "…"
        place = f"{each.line}:{each.column} {each.level} {each.code}"
        shown.append(f"{place} {each.message} [{marked}]" + (f" -> {each.hint}" if each.hint else ""))
    return shown


if __name__ == "__main__":
    written = [{**each._asdict(), "says": said(each)} for each in mistakes()]
    FILE.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
