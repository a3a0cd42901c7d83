"""The 201 real edits of prompt files: none fails, and what changes nothing that is read is no change."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from promptstead.config.settings import Config
from promptstead.diff.prompts import PromptChange, compare_prompts
from promptstead.prompts.library import Library
from promptstead.report.diff_text import as_lines
from promptstead.report.review_json import change_json
from tests.trees import MemoryTree

EDITS = Path(__file__).parents[3] / "shared" / "data" / "edits" / "rodoHasArrived__Meridian.jsonl"

pytestmark = pytest.mark.skipif(not EDITS.exists(), reason="the real edits are not beside this checkout")


def compared(edit: dict[str, str]) -> PromptChange | None:
    """Return what changed, or None where one side is no valid prompt."""
    sides = [Library(MemoryTree({edit["path"]: text}), Config()).load(edit["path"]).prompt for text in sides_of(edit)]
    return compare_prompts(sides[0], sides[1]) if all(sides) else None


def sides_of(edit: dict[str, str]) -> tuple[str, str]:
    return edit["old"], edit["new"]


def plain(text: str) -> object:
    """Return the data of a file as another YAML reader has it; None where that cannot read it."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def test_every_edit_goes_through() -> None:
    edits = [json.loads(line) for line in EDITS.read_text(encoding="utf-8").splitlines()]
    assert len(edits) == 201
    kinds: Counter[str] = Counter()
    for edit in edits:
        change = compared(edit)
        if change is None:
            kinds["invalid"] += 1
            assert any(
                plain(text) is None or not isinstance(plain(text), dict) or "{name}" in text for text in sides_of(edit)
            )
            continue
        kinds[change.kind] += 1
        old, new = map(plain, sides_of(edit))
        if old == new:
            assert change.kind == "unchanged", edit["sha"]
            assert list(as_lines(change)) == []
        if change.kind == "unchanged" and not change.layout:
            assert old == new, edit["sha"]
        json.dumps(change_json(change))
        assert (list(as_lines(change)) != []) == (change.kind != "unchanged")
    assert kinds["changed"] > 0
    assert kinds["unchanged"] > 0
