"""Template text to pieces: text, ``{{ … }}``, ``{% … %}``; comments and ``raw`` are dealt with here, white space too.

White space is Jinja2's with ``trim_blocks`` and ``lstrip_blocks`` on and ``keep_trailing_newline`` on: a tag or a
comment alone on its line leaves nothing behind, ``-`` takes all white space on its side, ``+`` keeps it.
"""

import re
from typing import NamedTuple

from promptstead.template.errors import TemplateError

_OPEN = re.compile(r"\{(?P<what>[{%#])(?P<sign>[-+]?)")
_RAW = re.compile(r"\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})")
_ENDRAW = re.compile(r"\{%(?P<sign>[-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}(?:\r\n|\r|\n)?)")
_COMMENT_END = re.compile(r"\+#\}|-#\}\s*|#\}(?:\r\n|\r|\n)?")
_TAG_END = {"{": re.compile(r"-\}\}\s*|\}\}"), "%": re.compile(r"\+%\}|-%\}\s*|%\}(?:\r\n|\r|\n)?")}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<float>[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+(?![\w.])|[0-9]+\.[0-9]+(?![\w.]))
      | (?P<integer>[0-9]+(?!\w))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?!\w))
      | (?P<string>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<operator>==|!=|<=|>=|[<>|.,()\[\]=:+\-*/%~{}])""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"\s+")
_NEWLINE = re.compile(r"\r\n|\r")


class Token(NamedTuple):
    """A token: kind is float, integer, name, string, operator or end; *value* is the text as written."""

    kind: str
    value: str
    start: int
    end: int


class Piece(NamedTuple):
    """A stretch of a template: ``text``, ``output`` or ``block``; *value* is the text, *tokens* what is in a tag."""

    kind: str
    value: str
    tokens: tuple[Token, ...]
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Split *text* into pieces.

    :raises TemplateError: an unclosed tag, comment or ``raw``, or a character that no expression has.
    """
    found: list[Piece] = []
    position = 0
    at_line_start = True
    while True:
        opening = _OPEN.search(text, position)
        if opening is None:
            _add_text(found, text, position, len(text))
            return found
        what = opening["what"]
        begin = opening.start()
        _add_text(found, text, position, _text_end(text, position, begin, opening["sign"], what != "{", at_line_start))
        raw = _RAW.match(text, begin) if what == "%" else None
        if raw:
            position = _raw(found, text, raw, text[raw.end() - 1] in "\r\n")
        elif what == "#":
            closing = _COMMENT_END.search(text, opening.end())
            if closing is None:
                raise TemplateError(
                    "the comment `{#` is never closed", start=begin, end=begin + 2, hint="close it with `#}`"
                )
            position = closing.end()
        else:
            tokens, position = _tag(text, opening)
            found.append(Piece("output" if what == "{" else "block", "", tokens, begin, position))
        at_line_start = text[position - 1] in "\r\n"


def _text_end(text: str, start: int, end: int, sign: str, strips: bool, at_line_start: bool) -> int:
    """Return where the text before a tag ends once the white space that the tag takes is gone."""
    if sign == "-":
        return start + len(text[start:end].rstrip())
    if sign != "+" and strips:
        line = max(text.rfind("\n", start, end), text.rfind("\r", start, end)) + 1
        if line == 0 and at_line_start:
            line = start
        elif line == 0:
            return end
        if _BLANK.fullmatch(text, line, end):
            return line
    return end


def _add_text(found: list[Piece], text: str, start: int, end: int) -> None:
    if end > start:
        found.append(Piece("text", _NEWLINE.sub("\n", text[start:end]), (), start, end))


def _raw(found: list[Piece], text: str, raw: re.Match[str], at_line_start: bool) -> int:
    closing = _ENDRAW.search(text, raw.end())
    if closing is None:
        raise TemplateError(
            "`{% raw %}` is never closed", start=raw.start(), end=raw.end(), hint="close it with `{% endraw %}`"
        )
    end = _text_end(text, raw.end(), closing.start(), closing["sign"], True, at_line_start)
    _add_text(found, text, raw.end(), end)
    return closing.end()


def _tag(text: str, opening: re.Match[str]) -> tuple[tuple[Token, ...], int]:
    """Return the tokens between the tag's delimiters, with an end token, and the offset after the tag."""
    ending = _TAG_END[opening["what"]]
    tokens: list[Token] = []
    open_brackets = 0
    position = opening.end()
    while True:
        closing = None if open_brackets else ending.match(text, position)
        if closing:
            tokens.append(Token("end", "", position, position))
            return tuple(tokens), closing.end()
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, opening, position)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, match[0], position, match.end()))
            open_brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(match[0], 0) if kind == "operator" else 0
            open_brackets = max(open_brackets, 0)
        position = match.end()


def _unreadable(text: str, opening: re.Match[str], position: int) -> TemplateError:
    begin = opening.start()
    if position >= len(text):
        delimiter = "}}" if opening["what"] == "{" else "%}"
        return TemplateError(
            f"`{opening[0]}` is never closed", start=begin, end=opening.end(), hint=f"close it with `{delimiter}`"
        )
    character = text[position]
    if character in "\"'":
        return TemplateError(
            "the text literal is never closed", start=position, end=position + 1, hint=f"add {character}"
        )
    if character.isdigit():
        return TemplateError(
            "this is not a number", start=position, end=position + 1, hint="numbers look like 12 or 1.5"
        )
    hint = 'names are ASCII letters, digits and `_`; write `a["é"]` for another key' if character.isalnum() else ""
    return TemplateError(f"unexpected `{character}` in `{opening[0]} … `", start=position, end=position + 1, hint=hint)
