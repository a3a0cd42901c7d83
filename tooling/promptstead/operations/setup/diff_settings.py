"""What lets Git's own diffs show prompts as text: attributes of files, and settings of a clone."""

from collections.abc import Iterable

FILE = ".gitattributes"
SETTINGS = {
    "diff.promptstead.textconv": "promptstead textconv",
    "diff.promptstead.xfuncname": r"^([a-z_]+)([.:\[].*)?$",
    "difftool.promptstead.cmd": 'promptstead diff --no-index "$LOCAL" "$REMOTE"',
}
"""Settings of a clone: Git calls promptstead for its own diffs of the files that .gitattributes names."""
_ATTRIBUTE = " diff=promptstead"


def attribute_lines(roots: Iterable[str]) -> list[str]:
    """Return the lines of .gitattributes for the prompts of *roots*."""
    patterns = ("*.prompt.y*ml", *(f"/{root}/**/*.y*ml" for root in roots))
    return [pattern.replace(" ", "[[:space:]]") + _ATTRIBUTE for pattern in patterns]


def is_attribute_line(line: str) -> bool:
    """Tell whether a line of .gitattributes is one of those."""
    return line.endswith(_ATTRIBUTE)
