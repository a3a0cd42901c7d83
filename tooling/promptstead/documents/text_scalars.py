"""Texts as YAML scalars that every reader takes for the same text: plain, literal block, or double-quoted."""

import re

from promptstead.errors import PromptsteadError

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*(?:[@:][A-Za-z0-9._/+-]+)*")
_READ_OTHERWISE = re.compile(r"(?:true|false|null|yes|no|on|off|y|n)", re.IGNORECASE)
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_NOT_IN_BLOCK = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[ \t]+(?:\n|\Z)")
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: str | int) -> str:
    """Return a text or an integer as one line: plain where nobody can misread it, double-quoted otherwise.

    :raises PromptsteadError: the text holds half a surrogate pair.
    """
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and not _READ_OTHERWISE.fullmatch(value):
        return value
    return f'"{_escape(value)}"'


def block_or_quoted(text: str, indent: str) -> str:
    """Return *text* as the value that follows a key: a literal block indented by *indent*, or double-quoted.

    :raises PromptsteadError: the text holds half a surrogate pair.
    """
    if not text or text[0] in " \t\n" or text.endswith("\n\n") or _NOT_IN_BLOCK.search(text):
        return _quoted(text, indent)
    _check(text)
    lines = text.removesuffix("\n").split("\n")
    return "\n".join(["|" if text.endswith("\n") else "|-", *(indent + line if line else "" for line in lines)])


def _quoted(text: str, indent: str) -> str:
    r"""Return *text* in double quotes.

    Each of several lines stands on its own: the break in the text is written ``\n``, the file's own is escaped.
    """
    first, *rest = [_escape(line) for line in text.split("\n")]
    if not rest:
        return f'"{first}"'
    lines = ["\\" + line if line.startswith(" ") else line for line in (first, *rest)]
    return '"\\\n' + "\\n\\\n".join(indent + line for line in lines) + '"'


def _escape(text: str) -> str:
    _check(text)
    return _ESCAPED.sub(lambda match: _NAMED.get(match[0]) or _numbered(ord(match[0])), text)


def _numbered(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _check(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PromptsteadError("an answer holds half a surrogate pair, which is not text") from None
