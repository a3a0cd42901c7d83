"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

The escaping is what the runner undoes (actions/runner, ``ActionCommand.cs``): data first ends a line, properties also
end at a colon or a comma.
"""

from collections.abc import Iterable, Iterator

from promptstead.errors import one_line
from promptstead.lint.diagnostic import Diagnostic

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def annotations(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield one command, one line, for each diagnostic.

    Columns stand only with findings of one line, as annotations support no others; an annotation's end column is the
    last one that belongs to it, and defaults to the first.
    """
    for diagnostic in diagnostics:
        properties: dict[str, str | int] = {
            "file": diagnostic.path,
            "line": diagnostic.line,
            "endLine": diagnostic.end_line,
        }
        if diagnostic.line == diagnostic.end_line:
            properties["col"] = diagnostic.column
            properties["endColumn"] = max(diagnostic.column, diagnostic.end_column - 1)
        properties["title"] = f"{diagnostic.code} {diagnostic.rule}"
        listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        help_line = f"\nhelp: {one_line(diagnostic.hint)}" if diagnostic.hint else ""
        yield f"::{_COMMANDS[diagnostic.level]} {listed}::{_data(one_line(diagnostic.message) + help_line)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
