"""Findings over text, for the tests of their formats, and readers of places that know nothing of promptstead."""

import re

from hypothesis import strategies as st

from promptstead.documents.document import text_document
from promptstead.lint.finding import Finding
from promptstead.model import Fix, Level, Span
from promptstead.words.sentence import own_words

PATH = "prompts/shop/mood.prompt.yml"

TEXTS = st.lists(
    st.sampled_from(
        ["a", "{", " ", "\t", "é", "e\u0301", "漢", "😀", "👩\u200d👩", "\u202e", "\n", "\r", "\r\n", "\u2028"]
    ),
    min_size=1,
    max_size=40,
).map("".join)
"""Text in which every way to count columns gives another number; CR, LF and CRLF end lines, U+2028 does not."""


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Span]:
    """Return a text and a stretch of it that cuts no CRLF in two."""
    text = draw(TEXTS)
    borders = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    start, end = sorted((draw(st.sampled_from(borders)), draw(st.sampled_from(borders))))
    return text, Span(start, end)


def finding(
    text: str,
    span: Span,
    *,
    code: str = "TPL101",
    level: Level = "error",
    message: str = "variable `mesage` is used but not declared",
    hint: str = "did you mean `message`?",
    path: str = PATH,
    fix: Fix | None = None,
) -> Finding:
    """Return a finding of ``text[span]``."""
    document = text_document(path, text)
    line, column = document.position(span.start)
    end_line, end_column = document.position(span.end)
    return Finding(
        code, "undeclared-variable", level, own_words(message), own_words(hint), path, line, column, end_line,
        end_column, "shop/mood", document.line_text(line), fix,
    )  # fmt: skip


def cut(text: str, start: tuple[int, int], end: tuple[int, int], encoding: str) -> str:
    """Return the text from *start* up to *end*, lines and columns from 1, columns in code units of *encoding*."""
    raw, width = text.encode(encoding), len("a".encode(encoding))
    lines = [line.encode(encoding) for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)] + [b""]

    def offset(line: int, column: int) -> int:
        before = sum(map(len, lines[: line - 1]))
        assert (column - 1) * width <= len(lines[line - 1]), "the column lies behind the line"
        return before + (column - 1) * width

    return raw[offset(*start) : offset(*end)].decode(encoding)


def replaced(text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]], encoding: str) -> str:
    """Return *text* with the stretches between places, as in :func:`cut`, replaced."""
    offsets = [
        (len(cut(text, (1, 1), start, encoding)), len(cut(text, (1, 1), end, encoding))) for start, end, _ in edits
    ]
    for (start, end), (_, _, new) in reversed(list(zip(offsets, edits, strict=True))):
        text = text[:start] + new + text[end:]
    return text


def fixed(text: str, fix: Fix) -> str:
    """Return *text* after *fix*, by its offsets."""
    for span, new in reversed(fix.edits):
        text = text[: span.start] + new + text[span.end :]
    return text


@st.composite
def texts_with_fixes(draw: st.DrawFn) -> tuple[str, Fix]:
    """Return a text and a fix of up to three edits that do not overlap, in their order."""
    text = draw(TEXTS)
    borders = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    count = 2 * draw(st.integers(1, 3))
    places = sorted(draw(st.lists(st.sampled_from(borders), min_size=count, max_size=count)))
    spans = [Span(*pair) for pair in zip(places[::2], places[1::2], strict=True)]
    return text, Fix(
        own_words("fix it"), tuple((span, draw(st.sampled_from(["", "b", "😀", "é\n"]))) for span in spans), safe=True
    )
