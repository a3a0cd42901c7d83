"""Cached and reasoning tokens, wherever a run shows tokens: known, zero, and unknown."""

import csv
import io
import json
from typing import Any

import pytest

from promptstead.model import Usage
from promptstead.report import run_csv, run_json, run_markdown, run_text
from promptstead.report.html import run_page
from promptstead.report.token_parts import tokens_in_and_out
from promptstead.runs.tally import Used
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport
from tests.made_runs import RUN, row

KNOWN = Usage(4221, 469, 1536, 200, 64)
NONE = Usage(100, 10, 0, 0, 0)
UNSAID = Usage(100, 10)


def report(*usages: Usage) -> RunReport:
    """Return a run with one case for each usage."""
    found = RunReport(RUN, keep=True)
    for number, usage in enumerate(usages):
        made = row(f"c{number}", True)
        assert made.result.output is not None
        samples = tuple(sample._replace(usage=usage) for sample in made.result.output.samples)
        output = made.result.output._replace(samples=samples)
        found.add(Row(made.prompt, made.result._replace(output=output)))
    return found


def page(found: RunReport) -> Any:
    text = run_page.render(found)
    return json.loads(text.partition('id="data">')[2].partition("</script>")[0])


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "tokens: 4,321 in (1,536 cached, 200 written to the cache), 479 out (64 reasoning)"),
        ("fr", "jetons : 4 321 en entrée (1 536 en cache, 200 mis en cache), 479 en sortie (64 de raisonnement)"),
    ],
)
def test_people_read_them(language: Any, line: str) -> None:
    found = report(KNOWN, UNSAID)
    for render in (run_text.render, run_markdown.render):
        assert line in render(found, language).replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    for nothing in (report(NONE), report(UNSAID)):
        assert "tokens: " not in run_text.render(nothing)
        assert "tokens: " not in run_markdown.render(nothing)


def test_programs_read_them_and_unknown_is_not_zero() -> None:
    columns = ("cached_tokens", "cache_written_tokens", "reasoning_tokens")
    lines = list(csv.DictReader(io.StringIO(run_csv.render(report(KNOWN, NONE, UNSAID)))))
    assert [[line[name] for name in columns] for line in lines] == [["1536", "200", "64"], ["0", "0", "0"], [""] * 3]
    for usages, cached in (((KNOWN, UNSAID), 1536), ((NONE,), 0), ((UNSAID,), None)):
        document = run_json.run_json(report(*usages))
        assert document["totals"]["cached"] == document["results"][0]["used"]["cached"] == cached


def test_the_page_has_them() -> None:
    data = page(report(KNOWN, UNSAID))
    assert data["entries"][0]["parts"] == [1536, 200, 64]
    assert sorted(str(each["samples"][0]["parts"]) for each in data["rows"]) == [
        "[1536, 200, 64]",
        "[None, None, None]",
    ]


def test_what_nobody_counted_is_unknown() -> None:
    assert tokens_in_and_out(Usage(), "en") == "unknown in, unknown out"
    assert tokens_in_and_out(Used(1, 5, 6, cached=5), "en") == "5 in (5 cached), 6 out"
