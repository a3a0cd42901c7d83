"""Standard errors of a run, in every form that shows its rates: each is the one of the JSON, and says what it is."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, RecordedOutput, Sample
from promptstead.report import run_csv_rates, run_markdown, run_text
from promptstead.report.html.run_page import render as run_page
from promptstead.report.run_json import run_json
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import NOTHING_SAID, own_words
from promptstead.words.template import Language
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.made_runs import RUN
from tests.report.browser import Page
from tests.samples import answered, outputs, write_sample

SPECS = (
    EvaluatorSpec("right", "equals", {"value": "{{ expected }}"}, "", ()),
    EvaluatorSpec("tone", "script", {}, "", ()),
    EvaluatorSpec("topic", "label", {"labels": ["a", "b"], "expected": "{{ expected }}"}, "", ()),
)
EXPLAINED = {
    "en": "SE: standard error of the mean over cases (points for a rate), clustered where they share a cluster",
    "fr": "ES : erreur standard de la moyenne sur les cas (en points pour un taux), par grappes s’il y en a",
}


def report(clusters: bool = True) -> RunReport:
    """Return the run of 40 cases in ten clusters whose cases agree, with a rate, a mean score and labels."""
    found = RunReport(RUN, keep=True)
    for number in range(40):
        cluster = number // 4
        case = Case(f"c{number}", {}, "a", True, cluster=f"letter {cluster}" if clusters else "")
        judged = {
            "right": Result(cluster % 3 != 0, own_words("as written")),
            "tone": Result(cluster / 10 + number % 4 / 100, own_words("as written")),
            "topic": Result("a" if cluster % 2 else "b", own_words("as written")),
        }
        output = RecordedOutput(case.id, "m@1", "live", (Sample("good"),), "sha256:" + "1" * 64)
        found.add(
            Row("shop/mood", CaseResult(case, "m@1", "evaluated", NOTHING_SAID, output, (judged,), SPECS)),
        )
    return found


def figures(found: RunReport) -> dict[str, dict[str, Any]]:
    (entry,) = run_json(found)["results"]
    by_name = {each["evaluator"]: each for each in [*entry["evaluators"], *entry["classifications"]]}
    return by_name | {"": entry["case_passes"]}


def points(error: float, language: Language = "en", digits: int = 2) -> str:
    shown = f"{error * 100:.{digits}f}"
    return shown if language == "en" else shown.replace(".", ",")


def test_cases_of_one_cluster_are_not_independent_in_any_form() -> None:
    together, apart = figures(report()), figures(report(clusters=False))
    for name in ("", "right", "tone", "topic"):
        assert together[name]["error"] > 1.5 * apart[name]["error"]


@pytest.mark.parametrize(
    ("language", "head", "legend"),
    [
        (
            "en",
            "SE",
            EXPLAINED["en"],
        ),
        (
            "fr",
            "ES",
            EXPLAINED["fr"],
        ),
    ],
)
def test_the_text_has_a_column_and_says_once_what_it_is(language: Language, head: str, legend: str) -> None:
    found = report()
    lines = run_text.render(found, language).splitlines()
    assert head in lines[0].split()
    said = figures(found)
    tone = f"{said['tone']['error']:.2g}"
    for name, error in (
        ("  m@1", points(said[""]["error"], language)),
        ("    right", points(said["right"]["error"], language)),
        ("    tone", tone if language == "en" else tone.replace(".", ",")),
        ("    topic", points(said["topic"]["error"], language)),
    ):
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert error in line.split(), line
    assert lines.count(legend) == 1
    assert all(len(line) <= 100 for line in lines)


def test_without_an_error_there_is_no_legend() -> None:
    found = RunReport(RUN, keep=True)
    found.add(report().rows[0])
    lines = run_text.render(found).splitlines()
    assert not any("standard error" in line for line in lines)
    assert "–" in next(line for line in lines if line.startswith("  m@1"))


@pytest.mark.parametrize(("language", "head"), [("en", "SE"), ("fr", "ES")])
def test_markdown_has_a_column(language: Language, head: str) -> None:
    found = report()
    said, text = figures(found), run_markdown.render(found, language)
    (header,) = [line for line in text.splitlines() if line.startswith("| prompt")]
    column = [cell.strip() for cell in header.split("|")].index(head)
    cells = {row[3].strip("`"): row[column] for row in _rows(text) if len(row) > column}
    assert cells["right"] == points(said["right"]["error"], language)
    assert cells["topic"] == points(said["topic"]["error"], language)
    assert cells["tone"] == (
        f"{said['tone']['error']:.2g}" if language == "en" else f"{said['tone']['error']:.2g}".replace(".", ",")
    )
    assert text.count("standard error" if language == "en" else "erreur standard") == 1


def test_names_of_a_run_are_code_in_markdown() -> None:
    found = report()
    evil = found.rows[0].result._replace(model="a|b`@everyone <img src=x>")
    found.add(Row("shop/mood", evil))
    text = run_markdown.render(found)
    assert "``a\\|b`@everyone <img src=x>``" in text


def test_the_rates_as_csv_are_the_numbers_of_the_json() -> None:
    found = report()
    said = figures(found)
    lines = list(csv.DictReader(io.StringIO(run_csv_rates.render(found))))
    assert [(line["prompt"], line["model"], line["evaluator"]) for line in lines] == [
        ("shop/mood", "m@1", name) for name in ("", "right", "tone", "topic")
    ]
    for line in lines:
        one = said[line["evaluator"]]
        mean = one["accuracy"] if "accuracy" in one else one["mean"]
        assert [float(line[name]) for name in ("mean", "lower", "upper", "standard_error")] == [
            mean,
            one["lower"],
            one["upper"],
            one["error"],
        ]
    assert [line["kind"] for line in lines] == ["assertion", "assertion", "score", "label"]
    assert [line["cases"] for line in lines] == ["40"] * 4


@pytest.mark.parametrize(("language", "short"), [("en", "SE"), ("fr", "ES")])
def test_the_page_shows_it_beside_each_rate(browser: Page, tmp_path: Path, language: Language, short: str) -> None:
    found = report()
    said = figures(found)
    page = tmp_path / "run.html"
    page.write_text(run_page(found, language), encoding="utf-8")
    browser.open(page)
    head = browser.text(".item.prompt h2")
    assert f"± {points(said['']['error'], language, 1)} ({short})" in head
    browser.click(".item.prompt h2 > button")
    assert short in browser.texts(".item.prompt th")
    body = browser.text(".item.prompt .body")
    for name in ("right", "topic"):
        assert points(said[name]["error"], language, 1) in body
    assert f"{said['tone']['error']:.2g}".replace(".", "." if language == "en" else ",") in body
    assert ("standard error" if language == "en" else "erreur standard") in body
    assert browser.complaints() == []


@pytest.mark.parametrize("form", ["md", "csv-rates"])
def test_eval_writes_both_forms(repository: ScratchRepository, form: str) -> None:
    write_sample(repository, 12, recorded=outputs(answered(12, wrong=3)))
    repository.commit()
    done = run("eval", "--format", form, cwd=repository.root)
    assert done.code == 0, done.err
    error = run("eval", "--format", "json", cwd=repository.root).json["results"][0]["case_passes"]["error"]
    assert error > 0
    assert (points(error) if form == "md" else repr(error)) in done.out


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
