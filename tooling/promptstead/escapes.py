"""What a terminal, the log of a CI job or an eye would obey or miss in a text, written as escapes."""

import json
import re

from promptstead.model import Json

HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Pattern of a character that shows nothing, or that moves or reorders what is shown."""
OBEYED_WITHIN = ("##[", "##vso[", "##teamcity[")
"""Where a command to the log of a CI job may begin within a line: GitHub's old form, Azure Pipelines, TeamCity."""
WITHIN = "|".join(f"#(?={re.escape(start[1:])})" for start in OBEYED_WITHIN)
"""Pattern of the first character of what a log obeys within a line, such as ``##[error]``."""
JSON_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\"\\/bfnrt])")
"""One character of a JSON string written as an escape; a pair of surrogates is one (RFC 8259, section 7)."""
_NUMBERED = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_PLAIN_NUMBERS = frozenset((r"\u0000", r"\u005c"))
"""What is no escape any more, or begins one, once it is read."""
MOST_NUMBERED = 60
"""Different characters written as numbers up to which each is replaced by itself."""
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIDDEN = re.compile(HIDDEN)
_OBEYED = re.compile(f"{HIDDEN}|{WITHIN}")  # nothing but a string holds any of it


def visible(text: str) -> str:
    """Return *text* with characters that show nothing, or reorder what is shown, written as escapes."""
    return _HIDDEN.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def unescaped(text: str) -> str:
    """Return *text* with the escapes of JSON strings as the characters that they stand for, half a pair as U+FFFD."""
    if "\\" not in text:
        return text
    # whole texts at a time, which is several times as fast; NUL stands for a backslash that begins no escape
    plain = text.replace("\\\\", "\0")
    numbered = set(_NUMBERED.findall(plain))
    if "\0" in text or len(numbered) > MOST_NUMBERED or not _PLAIN_NUMBERS.isdisjoint(map(str.lower, numbered)):
        return JSON_ESCAPE.sub(_character, text)
    for letter, character in _NAMED.items():
        plain = plain.replace("\\" + letter, character)
    plain = plain.replace('\\"', '"').replace("\\/", "/")
    for escape in sorted(numbered, key=len, reverse=True):
        plain = plain.replace(escape, JSON_ESCAPE.sub(_character, escape))
    return plain.replace("\0", "\\")


def _character(match: re.Match[str]) -> str:
    escape = match[0]
    if len(escape) == 2:
        return _NAMED.get(escape[1], escape[1])
    code = int(escape[2:6], 16)
    if len(escape) > 6:
        code = 0x10000 + ((code - 0xD800) << 10) + int(escape[8:], 16) - 0xDC00
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def inert(text: str) -> str:
    """Return *text* in which no line is a command to the log of a CI job: the first character of one is escaped.

    The runner of GitHub Actions obeys ``::error::`` at the start of a line, after any white space, and ``##[error]``
    anywhere in one (actions/runner, ``ActionCommand.cs``).
    """
    if "::" in text:
        text = "\n".join(_unprompted(line) for line in text.split("\n"))
    if "##" in text:
        for start in OBEYED_WITHIN:
            text = text.replace(start, "\\x23" + start[1:])
    return text


def json_text(document: Json, *, allow_nan: bool = True) -> str:
    """Return *document* as an indented text that ends a line; what a terminal or a log would obey is an escape of JSON.

    :raises ValueError: it holds a number that JSON cannot write, and *allow_nan* is false.
    """
    return escaped(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=allow_nan)) + "\n"


def escaped(text: str) -> str:
    """Return JSON that says the same without what a terminal or a log would obey."""
    return _OBEYED.sub(lambda match: json.dumps(match[0])[1:-1] if match[0] != "#" else "\\u0023", text)


def _unprompted(line: str) -> str:
    rest = line.lstrip()
    return line[: len(line) - len(rest)] + "\\x3a" + rest[1:] if rest.startswith("::") else line
