"""Findings as text for people and as JSON for programs: values in, strings or JSON out."""

from collections.abc import Iterable, Iterator, Sequence

from promptstead.errors import one_line
from promptstead.lint.finding import Finding
from promptstead.model import Json
from promptstead.report.columns import width
from promptstead.report.numbers import counted
from promptstead.words.sentence import say_in
from promptstead.words.sentence_json import sentence_json
from promptstead.words.tables import label
from promptstead.words.template import Language

_WIDEST_LINE = 120


def as_text(findings: Iterable[Finding], language: Language = "en") -> Iterator[str]:
    """Yield one block for each finding: where and what, the line with a caret below, and what to do."""
    for finding in findings:
        message = one_line(finding.message.to(language))
        level = label(language, finding.level)
        lines = [f"{one_line(finding.location)}: {level} {finding.code} {message}"]
        if finding.line_text.strip():
            shown, caret = _excerpt(finding)
            lines += [f"  | {shown}", f"  | {caret}"]
        if finding.hint:
            hint = finding.hint.to(language)
            lines.append(f"    {one_line(say_in(language, 'listings.help', hint=hint))}")
        yield "\n".join(lines)


def _excerpt(finding: Finding) -> tuple[str, str]:
    """Return the line around the finding, cut where it is too long, and the line with the caret under it."""
    start = finding.column - 1
    end = finding.end_column - 1 if finding.end_line == finding.line else len(finding.line_text)
    offset = max(0, start - _WIDEST_LINE // 2)
    window = finding.line_text[offset : offset + _WIDEST_LINE]
    visible = "".join(character if character.isprintable() else "·" for character in window)
    length = max(1, min(end, offset + len(window)) - start)
    padding = " " * width(visible[: start - offset])
    return visible, padding + "^" * max(1, width(visible[start - offset : start - offset + length]))


def as_json(findings: Sequence[Finding], *, prompts: int, allowed: int) -> Json:
    """Return the findings as one JSON document."""
    return {
        "format": "promptstead/lint/v1",
        "prompts": prompts,
        "allowed_by_baseline": allowed,
        "findings": [finding_json(finding) for finding in findings],
    }


def finding_json(finding: Finding) -> dict[str, Json]:
    """Return one finding as JSON: *message* and *hint* as text, and each as a sentence."""
    hint = {"hint_sentence": sentence_json(finding.hint)} if finding.hint else {}
    return {
        "code": finding.code,
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "sentence": sentence_json(finding.message),
        "hint": finding.hint,
        **hint,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "prompt": finding.prompt,
        "key": finding.content_key,
    }


def summary(findings: Sequence[Finding], prompts: int, allowed: int, language: Language = "en") -> str:
    """Return the last line of a run: how many prompts, how many findings of each level."""
    counts = [
        counted(language, level, count)
        for level in ("error", "warning", "note")
        if (count := sum(finding.level == level for finding in findings))
    ]
    found = ", ".join(counts) or say_in(language, "listings.clean")
    said = say_in(language, "listings.summary", n=prompts, found=found)
    return f"{said} ({say_in(language, 'listings.allowed', n=allowed)})" if allowed else said
