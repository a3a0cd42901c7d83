"""Documents name files and folders of the code; what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tooling" / "promptstead"
DOCUMENTS = sorted((ROOT / "tooling" / "docs").rglob("*.md"))
NAMED = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.(?:py|js|mjs))?|[\w-]+\.py)(?::| |`)")
THEIRS = {"prompts/", "policy/", "promptstead/", "conftest.py", "multiprocessing.py"}
"""What stands in a user's repository, or may."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    names = set(NAMED.findall(document.read_text(encoding="utf-8"))) - THEIRS
    missing = [name for name in sorted(names) if not any((top / name).exists() for top in (PACKAGE, ROOT))]
    assert not missing
