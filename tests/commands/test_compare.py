"""Two runs, two models of a run, or two revisions, compared by the real command."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from scipy.stats import binom  # type: ignore[import-untyped]

from promptstead.model import Case
from promptstead.runs.writer import Row
from tests import made_runs as runs
from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.made_runs import outcomes, row, rows, run_file
from tests.samples import OUTPUTS, PATH, PROMPT, answered, outputs, write_sample

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "compare.schema.json").read_text(encoding="utf-8"))


def compare(folder: Path, *arguments: str, base: str | None = None, head: str | None = None) -> Result:
    """Run ``compare base.run.jsonl head.run.jsonl`` on two texts, with further *arguments*."""
    files = []
    for name, text in (("base", base), ("head", head)):
        if text is not None:
            (folder / f"{name}.run.jsonl").write_text(text, encoding="utf-8")
            files.append(f"{name}.run.jsonl")
    return run("compare", *files, *arguments, cwd=folder)


def document(done: Result) -> Any:
    jsonschema.validate(done.json, SCHEMA, jsonschema.Draft202012Validator)
    return done.said


@pytest.mark.parametrize(
    ("broken", "fixed", "verdict", "code"),
    [
        (30, 2, "REGRESSION", 1),
        (1, 1, "NO REGRESSION", 0),
        (1, 20, "IMPROVEMENT", 0),
        (12, 8, "INCONCLUSIVE", 0),
    ],
)
def test_two_runs_are_paired_case_by_case(tmp_path: Path, broken: int, fixed: int, verdict: str, code: int) -> None:
    base = run_file(list(reversed(rows(outcomes(200, range(100, 100 + fixed))))))
    head = run_file(rows(outcomes(200, range(broken))))
    done = compare(tmp_path, "--format", "json", base=base, head=head)
    assert done.code == code
    found = document(done)
    assert (found["base"], found["head"], found["blocks"]) == ("base.run.jsonl", "head.run.jsonl", bool(code))
    assert found["counts"] == {verdict: 1}
    (prompt,) = found["prompts"]
    (comparison,) = prompt["comparisons"]
    assert (prompt["id"], prompt["verdict"], comparison["verdict"]) == ("shop/mood", verdict, verdict)
    assert (comparison["base_rate"], comparison["head_rate"]) == ((200 - fixed) / 200, (200 - broken) / 200)
    assert {pair["case"] for pair in comparison["broken"]} == {f"c{number:03}" for number in range(broken)}
    tail = 2 * binom.cdf(min(broken, fixed), broken + fixed, 0.5) - binom.pmf(min(broken, fixed), broken + fixed, 0.5)
    assert comparison["p_value"] == pytest.approx(1.0 if broken == fixed else tail)

    text = compare(tmp_path, base=base, head=head)
    assert text.code == code
    lines = text.out.splitlines()
    assert lines[0] == f"1 {verdict.lower()}  base.run.jsonl → head.run.jsonl"
    table = next(line for line in lines if line.startswith("  m@1"))
    assert table.endswith(verdict)
    assert f"{100 - fixed / 2:.1f} → {100 - broken / 2:.1f} %" in table
    assert ("broken: c000" in text.out) is bool(broken)
    assert max(map(len, lines)) <= 100
    undecided = verdict == "INCONCLUSIVE"
    assert (comparison["further_cases"] is not None) is undecided
    assert ("more cases would decide" in " ".join(text.out.split())) is undecided


def test_the_bars_share_one_axis_with_0_marked(tmp_path: Path) -> None:
    prompts = (runs.PROMPT, runs.PROMPT._replace(id="shop/other"))
    both = runs.RUN._replace(prompts=prompts)

    def of(wrong: range, other: range) -> str:
        return run_file(
            rows(outcomes(100, wrong)) + rows(outcomes(100, other), prompt="shop/other", model="a|odd\x1b model"), both
        )

    done = compare(tmp_path, base=of(range(0), range(40)), head=of(range(20), range(20)))
    lines = done.out.splitlines()
    head = next(line for line in lines if line.startswith("prompt, model"))
    zero = head.index("0", head.index("cases") + 5 + len("  -50"))
    bars = {line.split()[0]: line for line in lines if "[" in line and "o" in line and line.startswith("  ")}
    worse, better = bars["m@1"], bars["a|odd\\x1b"]
    assert head[zero - 11 : zero].strip() == "-50"
    assert head[zero + 1 : zero + 12].strip() == "+50"
    assert (worse[zero], better[zero]) == ("|", "|")
    assert worse.index("[") < worse.index("]") < zero < better.index("[") < better.index("]")
    assert lines.index(worse) < lines.index(better)


def test_few_cases_lead_with_ids_and_no_percentage(tmp_path: Path) -> None:
    done = compare(tmp_path, base=run_file(rows(outcomes(5))), head=run_file(rows(outcomes(5, [3]))))
    assert done.code == 0
    row = next(line for line in done.out.splitlines() if line.startswith("  m@1"))
    assert row.split() == ["m@1", "5", "→", "4", "pass", "5", "INCONCLUSIVE"]
    assert "    broken: c003\n" in done.out


def test_two_models_of_one_run(tmp_path: Path) -> None:
    both = run_file(rows(outcomes(80), model="a@1") + rows(outcomes(80, range(30)), model="b@1"))
    done = compare(tmp_path, "--base-model", "a@1", "--head-model", "b@1", "--format", "json", base=both)
    (comparison,) = document(done)["prompts"][0]["comparisons"]
    assert done.code == 1
    assert (comparison["base_model"], comparison["head_model"]) == ("a@1", "b@1")
    assert (comparison["verdict"], comparison["pairs"], len(comparison["broken"])) == ("REGRESSION", 80, 30)
    alone = compare(tmp_path, base=both)
    assert alone.code == 2
    assert alone.err.startswith("promptstead: base.run.jsonl: one run alone cannot be compared (add a second run")
    unknown = compare(tmp_path, "--base-model", "a@1", "--head-model", "c", base=both)
    assert unknown.err == "promptstead: base.run.jsonl: the run has no model `c` (it has `a@1`, `b@1`)\n"


def test_a_run_against_itself_shows_nothing(tmp_path: Path) -> None:
    text = run_file(rows(outcomes(100, range(10))))
    found = document(compare(tmp_path, "--format", "json", base=text, head=text))
    comparison = found["prompts"][0]["comparisons"][0]
    assert (comparison["difference"], comparison["broken"], comparison["fixed"]) == (0.0, [], [])
    assert comparison["lower"] == -comparison["upper"]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    changed = Case("c000", {"review": "another text"}, "good", True)
    head: list[Row] = [row(changed, True), row("new", True), row("c001", None, reason="no label")]
    found = document(
        compare(tmp_path, "--format", "json", base=run_file(rows(outcomes(3))), head=run_file(head, end=False))
    )
    assert found["cautions"] == ["head.run.jsonl: the run was stopped before its end; it holds 3 rows"]
    comparison = found["prompts"][0]["comparisons"][0]
    assert (comparison["verdict"], comparison["pairs"], comparison["base_rate"]) == ("NOT EVALUATED", 0, None)
    assert {left["case"]: left["why"] for left in comparison["left_out"]} == {
        "c000": "its input changed",
        "c001": "head: unscored: right: no label",
        "c002": "removed case",
        "new": "new case",
    }
    text = compare(tmp_path, base=run_file(rows(outcomes(3))), head=run_file(head)).out
    assert "not compared: c000: its input changed; new: new case" in " ".join(text.split())


def test_different_prompts_shards_and_filters(tmp_path: Path) -> None:
    other = runs.RUN._replace(prompts=(runs.PROMPT._replace(id="else/where"),))
    base = run_file(rows(outcomes(3)))
    done = compare(tmp_path, base=base, head=run_file(rows(outcomes(3), prompt="else/where"), other))
    assert done.code == 2
    assert done.err == (
        "promptstead: the runs have no prompt in common: the base has `shop/mood`, and the head has `else/where`"
        " (compare runs of the same prompts)\n"
    )
    both = runs.RUN._replace(
        prompts=(runs.PROMPT, *other.prompts), shard=(1, 4), dirty=True, selection={"tags": ["a"]}, samples=3
    )
    found = document(compare(tmp_path, "--format", "json", base=base, head=run_file(rows(outcomes(3)), both)))
    assert (found["only_base"], found["only_head"]) == ([], ["else/where"])
    assert found["cautions"] == [
        "head.run.jsonl: this is shard 1 of 4 only",
        "head.run.jsonl: files differed from commit 0000000",
        "the runs chose their cases by different filters; those of one run only are left out",
        "the base has 1 answer a case, the head 3",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.run.jsonl", "b.run.jsonl"), "a.run.jsonl: cannot read the run: No such file or directory"),
        (("HEAD..x", "b.run.jsonl"), "compare takes two run files or one range of revisions (write revisions as"),
        (("HEAD", "HEAD", "HEAD"), "more than two things to compare"),
        (("HEAD..HEAD", "--base-model", "a"), "--base-model and --head-model need run files"),
        (("notes.jsonl", "notes.jsonl"), "notes.jsonl:1: this line is not a JSON object of a run file"),
        (("latin.jsonl", "latin.jsonl"), "latin.jsonl:1: this line is not UTF-8"),
    ],
)
def test_wrong_arguments(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "notes.jsonl").write_text("hello\n")
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9\n")
    done = compare(tmp_path, *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"promptstead: {message}")


def test_two_revisions_are_compared_for_every_prompt_with_answers(repository: ScratchRepository) -> None:
    write_sample(repository, 60, recorded=outputs(answered(60)))
    repository.write("prompts/shop/silent.prompt.yml", PROMPT)
    repository.commit()
    same = run("compare", "HEAD..HEAD", "--format", "json", cwd=repository.root)
    found = document(same)
    assert (same.code, [prompt["id"] for prompt in found["prompts"]]) == (0, ["shop/mood"])
    assert found["prompts"][0]["comparisons"][0]["pairs"] == 60
    repository.write(OUTPUTS, outputs(answered(60, wrong=20)))
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.write("prompts/shop/new.prompt.yml", PROMPT)
    done = run("compare", "HEAD", "--format", "json", cwd=repository.root)
    found = document(done)
    assert done.code == 1
    assert (found["head"], found["counts"], found["only_head"]) == ("working tree", {"REGRESSION": 1}, ["shop/new"])
    review = run("review", "HEAD", "--format", "json", cwd=repository.root).said
    mood = next(prompt for prompt in review["prompts"] if prompt["id"] == "shop/mood")
    assert found["prompts"][0]["comparisons"] == mood["comparisons"]


def test_an_invalid_head_does_not_pass(repository: ScratchRepository) -> None:
    write_sample(repository, 3)
    repository.commit()
    repository.write(PATH, "schema: promptstead/v1\n")
    done = run("compare", "HEAD", cwd=repository.root)
    assert done.code == 1
    assert "shop/mood\n  the head is not valid: run `promptstead lint`\n" in done.out


def test_the_policy_may_fail_what_is_inconclusive(tmp_path: Path) -> None:
    (tmp_path / "promptstead.toml").write_text('[policy]\ninconclusive = "fail"\n')
    base, head = run_file(rows(outcomes(200, range(8)))), run_file(rows(outcomes(200, range(100, 112))))
    done = compare(tmp_path, base=base, head=head)
    assert done.code == 1
    assert "FAILS: INCONCLUSIVE" in done.out


def test_output_writes_a_file(tmp_path: Path) -> None:
    text = run_file(rows(outcomes(3)))
    done = compare(tmp_path, "--format", "json", "-o", "out.json", base=text, head=text)
    assert (done.code, done.out) == (0, "")
    jsonschema.validate(json.loads((tmp_path / "out.json").read_text()), SCHEMA)


def test_junit_fails_where_the_gate_fails(tmp_path: Path) -> None:
    two = runs.RUN._replace(prompts=(runs.PROMPT, runs.PROMPT._replace(id="shop/<other>")))

    def of(wrong: range) -> str:
        return run_file(rows(outcomes(100, wrong)) + rows(outcomes(100, range(3)), prompt="shop/<other>"), two)

    done = compare(tmp_path, "--format", "junit", base=of(range(0)), head=of(range(40)))
    root = ElementTree.fromstring(done.out)
    assert done.code == 1
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("2", "1", "0")
    assert [(case.get("classname"), case.get("name"), len(case)) for case in root.iter("testcase")] == [
        ("shop/mood", "m@1", 1),
        ("shop/<other>", "m@1", 0),
    ]
    failure = next(root.iter("failure"))
    assert (failure.get("message") or "").startswith("REGRESSION: right: 0 fixed, 40 broken of 100 cases")
    assert "broken: c039" in (failure.text or "")


def test_repeats_of_both_sides(tmp_path: Path) -> None:
    """pass@k, pass^k and the spread stand beside the means where a case has several answers."""
    base = [row(case, [True, True]) for case in outcomes(20)]
    head = [row(case, [True, number % 2 == 0]) for number, case in enumerate(outcomes(20))]
    found = document(compare(tmp_path, "--format", "json", base=run_file(base), head=run_file(head)))
    (comparison,) = found["prompts"][0]["comparisons"]
    before, after = comparison["repeats"]["base"], comparison["repeats"]["head"]
    assert (before["k"], before["pass_at_k"], before["pass_hat_k"], before["between_samples"]) == (2, 1, 1, 0)
    assert (after["k"], after["pass_at_k"], after["pass_hat_k"]) == (2, 1, 0.5)
    assert after["between_samples"] == pytest.approx(0.5)
    single = document(compare(tmp_path, "--format", "json", base=run_file(rows(outcomes(3))), head=run_file(head)))
    assert single["prompts"][0]["comparisons"][0]["repeats"]["base"]["k"] is None


def test_csv_and_markdown_say_the_same(tmp_path: Path) -> None:
    texts = {
        "base": run_file(rows(outcomes(100), model="=m|x")),
        "head": run_file(rows(outcomes(100, range(40)), model="=m|x")),
    }
    (line,) = csv.DictReader(io.StringIO(compare(tmp_path, "--format", "csv", **texts).out))
    assert (line["prompt"], line["base_model"], line["verdict"], line["fails"]) == (
        "shop/mood",
        "'=m|x",
        "REGRESSION",
        "true",
    )
    assert (line["base_rate"], line["head_rate"], line["broken"], line["fixed"]) == ("1.0", "0.6", "40", "0")
    assert line["broken_cases"].split("\n")[0] == "c000"
    assert line["method"] == "Tango's interval, McNemar's mid-p test"
    assert (line["threshold"], line["clusters"], line["adjusted_p_value"]) == (line["margin"], "", "")
    assert (line["compared_together"], line["verdict_alone"], line["better"]) == ("1", "", "")
    assert float(line["error"]) == pytest.approx((0.4 * 0.6 / 99) ** 0.5)
    assert float(line["p_value"]) < 1e-9
    markdown = compare(tmp_path, "--format", "md", **texts).out
    assert markdown.startswith("⛔ **1 regression** · `base.run.jsonl` → `head.run.jsonl`\n")
    assert "| `shop/mood` | `=m\\|x` | 100 | 100.0 → 60.0 % | -40.0 [" in markdown
    assert "broken: `c000`, `c001`" in markdown


def test_junit_fails_what_is_not_evaluated_where_the_policy_says_so(tmp_path: Path) -> None:
    base, head = run_file(rows({"a": True})), run_file(rows({"b": True}))
    done = compare(tmp_path, "--format", "junit", base=base, head=head)
    assert (done.code, ElementTree.fromstring(done.out).get("skipped")) == (0, "1")
    (tmp_path / "promptstead.toml").write_text('[policy]\nnot_evaluated = "fail"\n')
    done = compare(tmp_path, "--format", "junit", base=base, head=head)
    assert (done.code, ElementTree.fromstring(done.out).get("failures")) == (1, "1")
