"""Scalars in canonical form: quotes only where they are needed, several lines as a literal block."""

import re
from typing import Literal

from promptstead.documents.scalars import NotJson, misreading, resolve
from promptstead.model import Json

Context = Literal["block", "flow"]

_UNSAFE_START = frozenset("-?:,[]{}#&*!|>'\"%@`=<~ ")
_UNSAFE_ANYWHERE = re.compile(r": |:$| #|[\t\n]")
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]|:[,\[\]{}]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f",
    "\r": "\\r", "\x1b": "\\e", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip
_LETTERS = frozenset("yYnN")


def is_plain_text(text: str, context: Context) -> bool:
    """Return whether *text* may stand without quotes, and every YAML tool reads it as that text."""
    if not text or text[0] in _UNSAFE_START or text[-1] == " " or text in _LETTERS or text.startswith("..."):
        return False
    if _UNSAFE_ANYWHERE.search(text) or _UNPRINTABLE.search(text):
        return False
    if context == "flow" and _UNSAFE_IN_FLOW.search(text):
        return False
    try:
        return isinstance(resolve(text), str) and misreading(text, text) is None
    except NotJson:
        return False


def quote(text: str) -> str:
    """Return *text* in double quotes; in single ones where that saves escapes."""
    if ('"' in text or "\\" in text) and not _UNPRINTABLE.search(text) and "\n" not in text and "\t" not in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _ESCAPES.get(match[0]) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


def inline(value: Json, source: str, context: Context) -> str:
    """Return a scalar on one line.

    :param source: how it is written now: what stands without quotes keeps doing so, and numbers stay as they are.
    """
    if isinstance(value, str):
        stays = source == value and misreading(value, value) is None
        return value if stays or is_plain_text(value, context) else quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null" if source or context == "flow" else ""
    return source


def literal(text: str) -> list[str] | None:
    """Return a literal block: its header, then its lines without indentation; None where *text* cannot be one."""
    body = text.strip("\n")
    if not body.strip() or _UNPRINTABLE.search(text):
        return None
    lines = text.split("\n")
    chomping = "-"
    if lines[-1] == "":
        lines.pop()
        chomping = "+" if lines[-1] == "" else ""
    if any(line and not line.strip() for line in lines[len(body.split("\n")) - 1 :]):
        return None  # a last line of white space cannot be told from an empty one
    first = next(index for index, line in enumerate(lines) if line.strip(" "))
    explicit = lines[first][:1] in {" ", "\t"} or any(lines[:first])
    return [f"|{'2' if explicit else ''}{chomping}", *lines]


def folded(source: str, text: str) -> list[str] | None:
    """Return a folded block as it is written now, without indentation; None where it is better written anew."""
    header, *lines = source.splitlines()
    match = re.match(r">([-+]?)(?:[ \t]+#.*)?[ \t]*$", header)
    filled = next((line for line in lines if line.strip(" ")), "")
    body = text.rstrip("\n")
    if match is None or not filled or body[-1:] in {"", " ", "\t"} or _UNPRINTABLE.search(text):
        return None
    indent = len(filled) - len(filled.lstrip(" "))
    if lines[0] and not lines[0].strip(" "):
        return None
    kept = [""] * (len(text) - len(body) - 1) if match[1] == "+" else []
    return [f">{match[1]}", *(line[indent:] for line in lines), *kept]
