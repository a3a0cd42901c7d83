"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

The escaping is what the runner undoes (actions/runner, ``ActionCommand.cs``): data first ends a line, properties also
end at a colon or a comma.
"""

from collections.abc import Callable, Iterable, Iterator

from promptstead.diff.settings import out_of_sight
from promptstead.errors import one_line
from promptstead.lint.finding import Finding
from promptstead.report.findings_places import Documents
from promptstead.report.review_document import FindingDocument, ReviewDocument
from promptstead.report.review_words import finding_texts, said
from promptstead.words.sentence import own_words, say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(findings: Iterable[Finding], documents: Callable[[], Documents], language: Language = "en") -> str:
    """Return one command a line; what *documents* would read is not needed."""
    return "".join(f"{line}\n" for line in annotations(findings, language))


def annotations(findings: Iterable[Finding], language: Language = "en") -> Iterator[str]:
    """Yield one command, one line, for each finding.

    Columns stand only with findings of one line, as annotations support no others; an annotation's end column is the
    last one that belongs to it, and defaults to the first.
    """
    for finding in findings:
        properties: dict[str, str | int] = {
            "file": finding.path,
            "line": finding.line,
            "endLine": finding.end_line,
        }
        if finding.line == finding.end_line:
            properties["col"] = finding.column
            properties["endColumn"] = max(finding.column, finding.end_column - 1)
        properties["title"] = f"{finding.code} {finding.rule}"
        listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        text = one_line(finding.message.to(language))
        if finding.hint:
            text += "\n" + say_in(language, "listings.help", hint=one_line(finding.hint.to(language)))
        yield f"::{_COMMANDS[finding.level]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def review_annotations(review: ReviewDocument, language: Language = "en") -> Iterator[str]:
    """Yield one command for each new finding of a review, and one for each prompt that something else stands against.

    The first one names the prompts that the change takes out of sight.

    GitHub shows ten errors and ten warnings of a step; those that block come first, as the report has them first.
    """
    title = _property(say_in(language, "reports.annotation"))
    if hidden := review.get("unlisted"):
        yield f"::warning title={title}::{_data(one_line(out_of_sight(hidden).to(language)))}"
    for prompt in review["prompts"]:
        if prompt["blocks"] and not prompt["lint"]["failing"]:
            why = said(prompt["error"], language) if prompt["error"] else label(language, prompt["outcome"])
            yield f"::error file={_property(prompt['path'])},line=1,title={title}::{_data(one_line(why))}"
        for found in prompt["lint"]["new"]:
            yield from annotations([_finding(found, language)], language)


def _finding(found: FindingDocument, language: Language) -> Finding:
    level = found["level"]
    message, hint = finding_texts(found, language)
    return Finding(
        found["code"],
        found["rule"],
        "error" if level == "error" else "warning" if level == "warning" else "note",
        own_words(message),
        own_words(hint),
        found["path"],
        found["line"],
        found["column"],
        found["end_line"],
        found["end_column"],
        found["prompt"],
    )
