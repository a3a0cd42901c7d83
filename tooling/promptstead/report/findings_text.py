"""Diagnostics as text for people and as JSON for programs: values in, strings or JSON out."""

from collections.abc import Iterable, Iterator, Sequence

from promptstead.errors import one_line
from promptstead.lint.diagnostic import Diagnostic
from promptstead.model import Json
from promptstead.words.sentence_json import sentence_json

_WIDEST_LINE = 120


def as_text(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield one block for each diagnostic: where and what, the line with a caret below, and what to do."""
    for diagnostic in diagnostics:
        lines = [
            f"{one_line(diagnostic.location)}: {diagnostic.level} {diagnostic.code} {one_line(diagnostic.message)}"
        ]
        if diagnostic.line_text.strip():
            shown, caret = _excerpt(diagnostic)
            lines += [f"  | {shown}", f"  | {caret}"]
        if diagnostic.hint:
            lines.append(f"    help: {one_line(diagnostic.hint)}")
        yield "\n".join(lines)


def _excerpt(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the line around the finding, cut where it is too long, and the line with the caret under it."""
    start = diagnostic.column - 1
    end = diagnostic.end_column - 1 if diagnostic.end_line == diagnostic.line else len(diagnostic.line_text)
    offset = max(0, start - _WIDEST_LINE // 2)
    window = diagnostic.line_text[offset : offset + _WIDEST_LINE]
    visible = "".join(character if character.isprintable() else "·" for character in window)
    length = max(1, min(end, offset + len(window)) - start)
    padding = "".join(_blank(character) for character in visible[: start - offset])
    marked = visible[start - offset : start - offset + length]
    return visible, padding + "^" * max(1, sum(_width(character) for character in marked))


def _blank(character: str) -> str:
    return " " * _width(character)


def _width(character: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if character.isascii():
        return 1
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


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


def summary(diagnostics: Sequence[Diagnostic], prompts: int, allowed: int) -> str:
    """Return the last line of a run: how many prompts, how many findings of each level."""
    files = f"{prompts:,} prompt{'' if prompts == 1 else 's'}"
    counts = [
        f"{count} {level}{'' if count == 1 else 's'}"
        for level in ("error", "warning", "note")
        if (count := sum(diagnostic.level == level for diagnostic in diagnostics))
    ]
    baseline = f" ({allowed} allowed by the baseline)" if allowed else ""
    return f"{files}: {', '.join(counts) if counts else 'clean'}{baseline}"
