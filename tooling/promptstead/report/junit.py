"""JUnit XML, as CI servers read it: suites of test cases, each passed, failed or skipped."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from promptstead.escapes import HIDDEN, WITHIN

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""
_OBEYED = re.compile(rf"{HIDDEN}|(?<!\S):(?=:)|{WITHIN}")
"""What a terminal or the log of a CI job would obey; ``&#35;`` says the same to whoever reads the document."""
MAX_TEXT = 20_000
"""Characters kept of one failure's text."""


class JUnitCase(NamedTuple):
    """One line of a test report. *message* says why it failed or was skipped, *text* says more."""

    name: str
    classname: str
    state: Literal["passed", "failure", "skipped"] = "passed"
    message: str = ""
    text: str = ""
    seconds: float | None = None


class Suite(NamedTuple):
    """Test cases under one name."""

    name: str
    cases: tuple[JUnitCase, ...]


def junit(name: str, suites: Iterable[Suite]) -> str:
    """Return the document, well-formed whatever the names and texts hold: forbidden characters are removed."""
    every = list(suites)
    cases = [case for suite in every for case in suite.cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={_quoted(name)}{_counts(cases)}>"]
    for suite in every:
        lines.append(f"  <testsuite name={_quoted(suite.name)}{_counts(suite.cases)}>")
        for case in suite.cases:
            lines.extend(_case(case))
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(cases: Iterable[JUnitCase]) -> str:
    every = list(cases)
    failures, skipped = (sum(case.state == state for case in every) for state in ("failure", "skipped"))
    seconds = sum(case.seconds or 0.0 for case in every)
    return f' tests="{len(every)}" failures="{failures}" errors="0" skipped="{skipped}" time="{seconds:.3f}"'


def _case(case: JUnitCase) -> Iterator[str]:
    seconds = "" if case.seconds is None else f' time="{case.seconds:.3f}"'
    start = f"    <testcase name={_quoted(case.name)} classname={_quoted(case.classname)}{seconds}"
    if case.state == "passed":
        yield f"{start}/>"
        return
    yield f"{start}>"
    text = _inert(escape(_clean(case.text[:MAX_TEXT])))
    yield f"      <{case.state} message={_quoted(case.message)}>{text}</{case.state}>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    return _inert(quoteattr(_clean(text[:MAX_TEXT]), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}))


def _inert(text: str) -> str:
    return _OBEYED.sub(lambda match: f"&#{ord(match[0])};", text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
