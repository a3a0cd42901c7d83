"""What a rule found, with everything that a report of any format needs."""

from typing import NamedTuple

from promptstead.model import Fix, Level
from promptstead.words.sentence import Sentence


class Finding(NamedTuple):
    """A problem with its level and its place: lines and columns from 1, columns in code points, the end exclusive."""

    code: str
    rule: str
    level: Level
    message: Sentence
    hint: Sentence
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
        """Return what stays when lines are added above or a message is worded better, as a digest.

        It is made of the rule's code, the file, the code and the arguments of the message, and the text of the line.
        """
        import json

        from promptstead.words.identity import identity

        return self._key(json.dumps(identity(self.message), ensure_ascii=False))

    @property
    def former_key(self) -> str:
        """Return the key that was made of the text of the message, as baselines of format 1 and forges have it."""
        from promptstead.words.identity import former_text

        return self._key(former_text(self.message))

    def _key(self, said: str) -> str:
        import hashlib  # a clean file has nothing to key

        parts = (self.code, self.path, said, self.line_text.strip())
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def in_order(finding: Finding) -> tuple[str, int, int, str]:
    """Return what findings are listed by: file, line, column, code."""
    return finding.path, finding.line, finding.column, finding.code
