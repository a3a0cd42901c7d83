"""The entries of files of lines, without the line that says their version."""

import json
from typing import Any


def entries(text: str) -> list[dict[str, Any]]:
    """Return what the lines of *text* hold; the first line must say the version."""
    lines = [json.loads(line) for line in text.splitlines()]
    assert not lines or list(lines[0]) == ["schema"], lines[0]
    return lines[1:]
