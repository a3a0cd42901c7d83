"""The schemas that editors read, in the repository: each says by a digest of itself whether anybody changed it.

So they can be told apart in every clone, after every merge, whichever version of promptstead wrote them.
"""

import hashlib
import json
import re
from typing import Literal

from promptstead.model import Json
from promptstead.prompts.schema_check import schema_text

KINDS = ("prompt", "cases", "counterexamples", "outputs", "notes", "evaluators")
PATHS = {kind: f"schemas/{kind}.schema.json" for kind in KINDS}
"""Kind of file -> its schema in the repository."""
MAX_LENGTH = 4 * 1024 * 1024
_MARK = "written by promptstead init; SHA-256 of the rest: "

State = Literal["ours", "changed", "foreign"]


def marked_schema(kind: str) -> str:
    """Return the schema of a kind of file with its mark, as JSON text.

    :raises PromptsteadError: the installation lacks it.
    """
    schema = json.loads(schema_text(kind))
    first = {"$schema": schema["$schema"], "$comment": _MARK + _digest(schema)}
    return json.dumps({**first, **schema}, indent=2, ensure_ascii=False) + "\n"


def state(text: str) -> State:
    """Tell whether a file is as an `init` of any version wrote it, was changed since, or has no mark of ours."""
    try:
        schema = json.loads(text) if len(text) <= MAX_LENGTH else None
    except (ValueError, RecursionError):
        return "changed" if _MARK in text else "foreign"
    comment = schema.pop("$comment", None) if isinstance(schema, dict) else None
    if not isinstance(comment, str) or not re.fullmatch(re.escape(_MARK) + "[0-9a-f]{64}", comment):
        return "foreign"
    return "ours" if comment == _MARK + _digest(schema) else "changed"


def _digest(schema: Json) -> str:
    text = json.dumps(schema, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
