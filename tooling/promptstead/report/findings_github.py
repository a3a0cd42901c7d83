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
from promptstead.words.sentence import own_words

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(findings: Iterable[Finding], documents: Callable[[], Documents]) -> str:
    """Return one command a line; what *documents* would read is not needed."""
    return "".join(f"{line}\n" for line in annotations(findings))


def annotations(findings: Iterable[Finding]) -> Iterator[str]:
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
        help_line = f"\nhelp: {one_line(finding.hint)}" if finding.hint else ""
        yield f"::{_COMMANDS[finding.level]} {listed}::{_data(one_line(finding.message) + help_line)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def review_annotations(review: ReviewDocument) -> Iterator[str]:
    """Yield one command for each new finding of a review, and one for each prompt that something else stands against.

    The first one names the prompts that the change takes out of sight.

    GitHub shows ten errors and ten warnings of a step; those that block come first, as the report has them first.
    """
    if hidden := review.get("unlisted"):
        yield f"::warning title=prompt review::{_data(one_line(out_of_sight(hidden)))}"
    for prompt in review["prompts"]:
        if prompt["blocks"] and not prompt["lint"]["failing"]:
            said = prompt["error"]["text"] if prompt["error"] else prompt["outcome"]
            yield f"::error file={_property(prompt['path'])},line=1,title=prompt review::{_data(one_line(said))}"
        for found in prompt["lint"]["new"]:
            yield from annotations([_finding(found)])


def _finding(found: FindingDocument) -> Finding:
    level = found["level"]
    return Finding(
        found["code"],
        found["rule"],
        "error" if level == "error" else "warning" if level == "warning" else "note",
        own_words(found["message"]),
        own_words(found["hint"]),
        found["path"],
        found["line"],
        found["column"],
        found["end_line"],
        found["end_column"],
        found["prompt"],
    )
