"""The text of a message as a reader sees it: blocks, and their words.

A block is a paragraph, a list item, a heading, a row of a table, a label or tag on its own line, or one line of code.
Where a paragraph's lines are wrapped, and how much white space stands between its words, is layout and not part of it;
where a block begins, how deep a list item is nested and the white space inside code are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from promptstead.diff.fences import fences

PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~«»“”„‘’‹›…–—·•、。，！？；：（）「」")
IDEOGRAPHS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
LETTERS = rf"[^\s{PUNCTUATION}{IDEOGRAPHS}]"
WORD = re.compile(
    rf"[{IDEOGRAPHS}]"  # scripts without spaces: a character is a word
    rf"|{LETTERS}+(?:(?:['’.-]|(?<=\d),(?=\d)){LETTERS}+)*"  # don't, e.g, 1,000.50, follow-up
    r"|\{\{|\}\}|\{%|%\}|\{#|#\}"
    r"|(\S)\1*"  # **, ---, or one mark
)
ITEM = re.compile(r"([-*+•]|\(?\d{1,9}[.)])(?=\s|$)")
ALONE = re.compile(
    r"#{1,6}\s.*"  # a heading
    r"|\|.*\|"  # a row of a table
    r"|</?\w[^<>]*>(?:.*</\w[^<>]*>)?"  # a tag, or an element on one line
    r"|\{\{[^{}]*\}\}|\{%.*%\}"  # a template's expression or statement
    r"|[-*_=]{3,}"
)
LED = re.compile(r">|\w+:(?=\s|$)|[A-ZÀ-ÖØ-Þ][\w -]{0,30}:(?=\s|$)")
CODE_INDENT = 4
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark or a break: *key* is compared, *text* is shown (with the white space before it)."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text: how it is set off (break and list marker), and its words."""

    kind: str
    level: int
    head: tuple[Token, ...]
    words: tuple[Token, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two blocks the same: all but the marker of a list item, whose number changes when items move."""
        return (self.kind, self.level, *(word.key for word in self.words))


@cache
def code_word() -> re.Pattern[str]:
    """Return what a word of code is: white space counts too."""
    return re.compile(rf"\s+|{WORD.pattern}")


def text_lines(text: str) -> list[str]:
    """Return the lines of *text*, without the empty ones at its end."""
    return text.rstrip().replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_blocks(text: str) -> list[Block]:
    """Return the blocks of *text* in order; every character that is not white space is in exactly one token."""
    lines = text_lines(text)
    return blocks_of(lines, fences(lines).code)


def blocks_of(lines: list[str], code: list[bool]) -> list[Block]:
    """Return the blocks of *lines*, of which those are code between fences that *code* says."""
    blocks: list[Block] = []
    for kind, level, marker, body in _group(lines, code):
        gap = "" if not blocks else "\n\n" if kind == "text" else "\n" + "  " * level
        head = [Token(f"\n{level}", gap)]
        if marker:
            head.append(Token(marker, marker))
        words = _words(body, code_word() if kind == "code" else WORD)
        if marker and words:
            words[0] = Token(words[0].key, " " + words[0].text)
        blocks.append(Block(kind, level, tuple(head), tuple(words)))
    return blocks


def _words(text: str, pattern: re.Pattern[str]) -> list[Token]:
    words: list[Token] = []
    end = 0
    for match in pattern.finditer(text):
        words.append(Token(match[0], (" " if match.start() > end and words else "") + match[0]))
        end = match.end()
    return words


def _group(lines: list[str], code: list[bool]) -> Iterator[tuple[str, int, str, str]]:
    """Yield (kind, level, marker, text) of each block; the lines of a paragraph are joined."""
    block: tuple[str, int, str] | None = None
    body: list[str] = []
    indents: list[int] = []
    after_blank = True
    for line, is_code in zip(lines, code, strict=True):
        content = line.strip()
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        item = ITEM.match(content)
        alone = ALONE.fullmatch(content)
        starts = item or alone or LED.match(content)
        if block and (is_code or starts or not content):
            yield *block, "\n".join(body)
            block = None
        if is_code:
            yield "code", 0, "", line.rstrip()
        elif not content:
            after_blank = True
        elif item:
            block, body = ("item", _nest(indents, indent), item[0]), [content[item.end() :]]
            after_blank = False
        elif block:
            body.append(content)
        else:
            while indents and indent <= indents[-1] and after_blank:
                indents.pop()
            if indent >= CODE_INDENT and after_blank and not indents:
                yield "code", 0, "", line.rstrip()
            elif alone:
                yield "line", len(indents), "", content
                after_blank = False
            else:
                block, body = ("line" if starts else "text", len(indents), ""), [content]
                after_blank = False
    if block:
        yield *block, "\n".join(body)


def _nest(indents: list[int], indent: int) -> int:
    """Return how deep an item with this *indent* is, given the indents of the items that it may belong to."""
    while indents and indent < indents[-1]:
        indents.pop()
    if not indents or (indent > indents[-1] and len(indents) < DEEPEST):
        indents.append(indent)
    return len(indents) - 1
