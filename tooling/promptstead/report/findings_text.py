"""Diagnostics as text for people and as JSON for programs: values in, strings or JSON out."""

from collections.abc import Iterable, Iterator, Sequence

from promptstead.errors import one_line
from promptstead.lint.diagnostic import Diagnostic
from promptstead.model import Json
from promptstead.report.columns import width
from promptstead.report.numbers import counted
from promptstead.words.sentence import own_words, say_in
from promptstead.words.sentence_json import sentence_json
from promptstead.words.tables import label
from promptstead.words.template import Language

_WIDEST_LINE = 120


def as_text(diagnostics: Iterable[Diagnostic], language: Language = "en") -> Iterator[str]:
    """Yield one block for each diagnostic: where and what, the line with a caret below, and what to do."""
    for diagnostic in diagnostics:
        message = one_line(own_words(diagnostic.message).to(language))
        level = label(language, diagnostic.level)
        lines = [f"{one_line(diagnostic.location)}: {level} {diagnostic.code} {message}"]
        if diagnostic.line_text.strip():
            shown, caret = _excerpt(diagnostic)
            lines += [f"  | {shown}", f"  | {caret}"]
        if diagnostic.hint:
            hint = own_words(diagnostic.hint).to(language)
            lines.append(f"    {one_line(say_in(language, 'listings.help', hint=hint))}")
        yield "\n".join(lines)


def _excerpt(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the line around the finding, cut where it is too long, and the line with the caret under it."""
    start = diagnostic.column - 1
    end = diagnostic.end_column - 1 if diagnostic.end_line == diagnostic.line else len(diagnostic.line_text)
    offset = max(0, start - _WIDEST_LINE // 2)
    window = diagnostic.line_text[offset : offset + _WIDEST_LINE]
    visible = "".join(character if character.isprintable() else "·" for character in window)
    length = max(1, min(end, offset + len(window)) - start)
    padding = " " * width(visible[: start - offset])
    return visible, padding + "^" * max(1, width(visible[start - offset : start - offset + length]))


def as_json(diagnostics: Sequence[Diagnostic], *, prompts: int, allowed: int) -> Json:
    """Return the findings as one JSON document."""
    return {
        "format": "promptstead/lint/v1",
        "prompts": prompts,
        "allowed_by_baseline": allowed,
        "findings": [finding(diagnostic) for diagnostic in diagnostics],
    }


def finding(diagnostic: Diagnostic) -> dict[str, Json]:
    """Return one diagnostic as JSON: *message* and *hint* as text, and each as a sentence."""
    hint = {"hint_sentence": sentence_json(diagnostic.hint)} if diagnostic.hint else {}
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "level": diagnostic.level,
        "message": diagnostic.message,
        "sentence": sentence_json(diagnostic.message),
        "hint": diagnostic.hint,
        **hint,
        "path": diagnostic.path,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "end_line": diagnostic.end_line,
        "end_column": diagnostic.end_column,
        "prompt": diagnostic.prompt,
        "key": diagnostic.content_key,
    }


def summary(diagnostics: Sequence[Diagnostic], prompts: int, allowed: int, language: Language = "en") -> str:
    """Return the last line of a run: how many prompts, how many findings of each level."""
    counts = [
        counted(language, level, count)
        for level in ("error", "warning", "note")
        if (count := sum(diagnostic.level == level for diagnostic in diagnostics))
    ]
    found = ", ".join(counts) or say_in(language, "listings.clean")
    said = say_in(language, "listings.summary", n=prompts, found=found)
    return f"{said} ({say_in(language, 'listings.allowed', n=allowed)})" if allowed else said
