"""What a rule found, with everything that a report of any format needs."""

from typing import NamedTuple

from promptstead.model import Fix, Level


class Diagnostic(NamedTuple):
    """A problem with its level and its place: lines and columns from 1, columns in code points, the end exclusive."""

    code: str
    rule: str
    level: Level
    message: str
    hint: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    prompt: str
    """Id of the prompt that was being checked."""
    line_text: str = ""
    fix: Fix | None = None

    @property
    def location(self) -> str:
        """Return ``file:line:column``."""
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def content_key(self) -> str:
        """Return what stays when lines are added above: code, file, message and the text of the line, as a digest."""
        import hashlib  # a clean file has nothing to key

        parts = (self.code, self.path, self.message, self.line_text.strip())
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def in_order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    """Return what findings are listed by: file, line, column, code."""
    return diagnostic.path, diagnostic.line, diagnostic.column, diagnostic.code
