"""JSON for files and for stdout, where a terminal or the log of a CI job may see it."""

import json
import re

from promptstead.errors import OBEYED_WITHIN
from promptstead.model import Json
from promptstead.report.markup import HIDDEN

WITHIN = "|".join(f"#(?={re.escape(start[1:])})" for start in OBEYED_WITHIN)
"""Pattern of the first character of what a log obeys within a line, such as ``##[error]``."""
_OBEYED = re.compile(f"{HIDDEN}|{WITHIN}")  # nothing but a string holds any of it


def json_text(document: Json, *, allow_nan: bool = True) -> str:
    """Return *document* as an indented text that ends a line; what a terminal or a log would obey is an escape of JSON.

    :raises ValueError: it holds a number that JSON cannot write, and *allow_nan* is false.
    """
    return escaped(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=allow_nan)) + "\n"


def escaped(text: str) -> str:
    """Return JSON that says the same without what a terminal or a log would obey."""
    return _OBEYED.sub(lambda match: json.dumps(match[0])[1:-1] if match[0] != "#" else "\\u0023", text)
