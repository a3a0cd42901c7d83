"""Template text to pieces: text, ``{{ … }}``, ``{% … %}``; comments and ``raw`` are dealt with here, white space too.

White space is Jinja2's with ``trim_blocks`` and ``lstrip_blocks`` on and ``keep_trailing_newline`` on: a tag or a
comment alone on its line leaves nothing behind, ``-`` takes all white space on its side, ``+`` keeps it.
"""

import re
from typing import NamedTuple

from promptstead.template.errors import TemplateError
from promptstead.words.sentence import NOTHING_SAID, say

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
                message, hint = say("files.comment-not-closed"), say("files.close-comment")
                raise TemplateError(message, start=begin, end=begin + 2, hint=hint)
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
        message, hint = say("files.raw-not-closed"), say("files.close-raw")
        raise TemplateError(message, start=raw.start(), end=raw.end(), hint=hint)
    end = _text_end(text, raw.end(), closing.start(), closing["sign"], True, at_line_start)
    _add_text(found, text, raw.end(), end)
    return closing.end()


def _tag(text: str, opening: re.Match[str]) -> tuple[tuple[Token, ...], int]:
    """Return the tokens between the tag's delimiters, with an end token, and the offset after the tag."""
    ending = _TAG_END[opening["what"]]
    tokens: list[Token] = []
    open_brackets = maps = 0
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
            if kind == "operator" and match[0] in "{}":
                maps += 1 if match[0] == "{" else -1
                if error := _wrong_brace(text, opening, position, maps):
                    raise error
            open_brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(match[0], 0) if kind == "operator" else 0
            open_brackets = max(open_brackets, 0)
        position = match.end()


def _closing(opening: re.Match[str]) -> str:
    return "}}" if opening["what"] == "{" else "%}"


def _wrong_brace(text: str, opening: re.Match[str], position: int, maps: int) -> TemplateError | None:
    """Return the error of a tag that the brace at *position* shows to be closed wrongly, or not at all.

    :param maps: how many more braces the tag has opened than closed, that one included.
    """
    begin, tag, right = opening.start(), opening[0], _closing(opening)
    if text[position] == "{":
        if position == opening.end() and opening["what"] == "{":
            name = re.match(r"\{[ ]*([A-Za-z_][\w.]*)", text[position : position + 80])
            hint = say("files.write-two-braces", name=name[1] if name else "…")
            return TemplateError(say("files.three-braces"), start=begin, end=position + 1, hint=hint)
        if text[position + 1 : position + 2] not in ("{", "%", "#"):
            return None
        message = say("files.opened-again", tag=tag, next=text[position : position + 2])
        return TemplateError(message, start=begin, end=opening.end(), hint=say("files.close-with", tag=right))
    if maps >= 0:
        return None
    if text[position - 1] == "%":
        written, start = "%}", position - 1
    else:
        written, start = ("}}" if text.startswith("}}", position) else "}"), position
    if written == right:
        return None
    if written == "}":
        message = say("files.closed-by-one-brace", tag=tag, brace=written)
    else:
        message = say("files.closed-otherwise", tag=tag, closing=written)
    hint = say("files.close-with-instead", tag=right, closing=written)
    return TemplateError(message, start=begin, end=start + len(written), hint=hint)


def _unreadable(text: str, opening: re.Match[str], position: int) -> TemplateError:
    begin = opening.start()
    line_end = text.find("\n", begin)
    first_line = text[begin:] if line_end < 0 else text[begin:line_end]
    if position >= len(text) or "\n" in text[begin:position] or _closing(opening) not in first_line:
        message, hint = say("files.not-closed", tag=opening[0]), say("files.close-with", tag=_closing(opening))
        return TemplateError(message, start=begin, end=opening.end(), hint=hint)
    character = text[position]
    if character in "\"'":
        message, hint = say("files.literal-not-closed"), say("files.add-quote", quote=character)
        return TemplateError(message, start=position, end=position + 1, hint=hint)
    if character.isdigit():
        message, hint = say("files.not-a-number"), say("files.write-number")
        return TemplateError(message, start=position, end=position + 1, hint=hint)
    message = say("files.unexpected-character", character=character, tag=opening[0])
    hint = say("files.names-are-ascii") if character.isalnum() else NOTHING_SAID
    return TemplateError(message, start=position, end=position + 1, hint=hint)
