"""``compare --self-check``: false alarms on shuffled answers, by the real command."""

from pathlib import Path

import pytest

from promptstead.verdicts.self_check import FalseAlarms
from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.made_runs import outcomes, rows, run_file
from tests.samples import answered, outputs, write_sample

GATES = ["regression", "difference", "regression alone", "any drop"]


def shuffled(folder: Path, *arguments: str) -> Result:
    """Shuffle two runs of 200 cases, of which 40 change."""
    (folder / "a.run.jsonl").write_text(run_file(rows(outcomes(200, range(100, 120)))), encoding="utf-8")
    (folder / "b.run.jsonl").write_text(run_file(rows(outcomes(200, range(20)))), encoding="utf-8")
    return run("compare", "a.run.jsonl", "b.run.jsonl", "--self-check", "--draws", "200", *arguments, cwd=folder)


def test_each_gate_has_its_rate_the_interval_and_the_draws(tmp_path: Path) -> None:
    done = shuffled(tmp_path, "--format", "json")
    assert done.code == 0
    found = done.json
    assert (found["format"], found["draws"], found["seed"]) == ("promptstead/self-check/v1", 200, 0)
    assert [each["gate"] for each in found["gates"]] == GATES
    rates = {each["gate"]: each["rate"] for each in found["gates"]}
    assert rates["regression"] <= 0.08
    assert 0.3 <= rates["any drop"] <= 0.6
    assert all(each["lower"] <= each["rate"] <= each["upper"] for each in found["gates"])
    assert shuffled(tmp_path, "--format", "json").out == done.out
    assert shuffled(tmp_path, "--format", "json", "--seed", "1").out != done.out


def test_as_text_in_both_languages(tmp_path: Path) -> None:
    english = shuffled(tmp_path).out.splitlines()
    assert english[0].startswith("200 draws with base and head shuffled: ")
    assert english[0].endswith("  a.run.jsonl → b.run.jsonl")
    assert english[1].startswith("  regression, which blocks ")
    assert "% " in english[1]
    assert "95 % interval " in english[1]
    assert len(english) == 5
    french = shuffled(tmp_path, "--lang", "fr").out.splitlines()
    assert french[0].startswith("200 tirages où base et tête sont mélangées : ")
    assert french[1].startswith("  régression, qui bloque ")


def test_two_models_of_one_run(tmp_path: Path) -> None:
    both = [*rows(outcomes(80, range(10)), model="a"), *rows(outcomes(80, range(20, 30)), model="b")]
    (tmp_path / "run.jsonl").write_text(run_file(both), encoding="utf-8")
    arguments = ("--base-model", "a", "--head-model", "b", "--self-check", "--draws", "50")
    done = run("compare", "run.jsonl", *arguments, cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("50 draws ")


def test_two_revisions(repository: ScratchRepository) -> None:
    write_sample(repository, 60, recorded=outputs(answered(60)))
    repository.commit()
    arguments = ("--self-check", "--draws", "20")
    done = run("compare", "HEAD..HEAD", *arguments, cwd=repository.root)
    assert done.code == 0, done.err
    assert done.out.startswith("20 draws ")


def test_nothing_to_shuffle_is_an_error(tmp_path: Path) -> None:
    for name, case in (("a", range(1)), ("b", range(2, 3))):
        found = {f"{name}{number}": True for number in case}
        (tmp_path / f"{name}.run.jsonl").write_text(run_file(rows(found)), encoding="utf-8")
    done = run("compare", "a.run.jsonl", "b.run.jsonl", "--self-check", cwd=tmp_path)
    assert done.code == 2
    assert "nothing to shuffle" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--self-check", "--live"], "--live means nothing with --self-check"),
        (["--self-check", "--format", "csv"], "--self-check has no format csv"),
        (["--draws", "5"], "--draws means nothing without --self-check"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run("compare", "a.run.jsonl", "b.run.jsonl", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert says in done.err


@pytest.mark.parametrize(("alarms", "too_often"), [(50, False), (80, True), (0, False), (1000, True)])
def test_a_gate_is_wrong_too_often_where_the_interval_lies_above_its_level(alarms: int, too_often: bool) -> None:
    """Of 1,000 draws: the lower end of Wilson's interval is above 5 % with 80 alarms, and not with 50."""
    assert FalseAlarms("regression", alarms, 1000).alarms_too_often is too_often
