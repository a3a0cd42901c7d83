"""The lines that Git leaves in a file where two branches changed the same lines."""

import re

_MARKER = re.compile(r"^(?:([<|>])\1{6}(?:[ ][^\r\n]*)?|={7})\r?$", re.MULTILINE)


def is_marker(line: str) -> bool:
    """Tell whether a line, without its end, is one that Git writes around the sides of a conflict."""
    return _MARKER.fullmatch(line) is not None


def unresolved(text: str) -> list[tuple[int, int]]:
    """Return where each conflict that is whole in *text* starts: its offset, and that of its last line."""
    if "<<<<<<<" not in text or "\n=======" not in text or "\n>>>>>>>" not in text:
        return []
    found = []
    start, sides = -1, 0
    for match in _MARKER.finditer(text):
        match text[match.start()]:
            case "<":
                start, sides = match.start(), 1
            case "=" if start >= 0:
                sides = 2
            case ">" if sides == 2:
                found.append((start, match.start()))
                start, sides = -1, 0
    return found
