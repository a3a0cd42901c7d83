"""JSONPath queries (RFC 9535) of evaluators: whether one is well formed, and what runs it."""

import re
from typing import Any

from promptstead.documents.source_lines import quoted
from promptstead.errors import PromptsteadError, one_line
from promptstead.words.sentence import Sentence, own_words, say

PLAIN = re.compile(r"\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[(?:0|[1-9][0-9]{0,9})\]|\['[^'\\\x00-\x1f]*'\])*")
"""A path of names and indices, which needs no library."""
_STEP = re.compile(r"\.(\w+)|\[([0-9]+)\]|\['([^']*)'\]")


def keys(path: str) -> list[str | int] | None:
    """Return the names and indices that a path is made of; None for a query that is more than that."""
    if not PLAIN.fullmatch(path):
        return None
    return [int(step[2]) if step[2] else step[1] or step[3] for step in _STEP.finditer(path)]


def compiled(path: str) -> Any:
    """Return the query that *path* is. The functions ``match()`` and ``search()`` are none: no bound on their time.

    :raises PromptsteadError: the path is malformed.
    """
    from jsonpath_rfc9535 import JSONPathEnvironment
    from jsonpath_rfc9535.exceptions import JSONPathError

    environment = JSONPathEnvironment()
    for name in ("match", "search"):
        del environment.function_extensions[name]
    try:
        return environment.compile(path)
    except JSONPathError as error:
        why = own_words(one_line(str(error).partition(", line ")[0], 200))
        message = say("files.malformed-path", path=quoted(path), why=why)
        raise PromptsteadError(message, hint=say("files.see-rfc-9535")) from None
    except RecursionError:
        raise PromptsteadError(say("files.path-too-deep", path=quoted(path))) from None


def complaint(path: str) -> Sentence | None:
    """Return what is wrong with *path*; None where nothing is."""
    if not PLAIN.fullmatch(path):
        try:
            compiled(path)
        except PromptsteadError as error:
            return own_words(error.message)
    return None
