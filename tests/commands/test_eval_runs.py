"""Runs that exist: filters and shards that make them, joining, scoring again, and taking their answers over."""

import json
from typing import Any

import pytest

from tests.command_line import Result, run
from tests.commands.test_eval import read_back
from tests.conftest import ScratchRepository
from tests.recorded import at_home, pending, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, answered, case_id, cases, outputs, write_sample


def cases_of(done: Result) -> int:
    assert done.code in (0, 1), done
    return sum(count for entry in done.json["results"] for count in entry["cases"].values())


def evaluate(repository: ScratchRepository, *arguments: str) -> Result:
    return run("eval", "--format", "json", *arguments, cwd=repository.root)


def test_filters(repository: ScratchRepository) -> None:
    write_sample(repository, 20, recorded=outputs(answered(20, wrong=4)))
    text = cases(20).replace(f"id: {case_id(3)}\n", f"id: {case_id(3)}\n    tags: [hard]\n")
    repository.write(CASES, text)
    assert cases_of(evaluate(repository, "--run-file", "all.run.jsonl")) == 20
    assert cases_of(evaluate(repository, "--tag", "hard")) == 1
    assert cases_of(evaluate(repository, "--tag", "!hard")) == 19
    assert cases_of(evaluate(repository, "--case", "r00*")) == 10
    assert cases_of(evaluate(repository, "--failed", "all.run.jsonl")) == 4
    evaluate(repository, "--sample", "5", "--seed", "3", "--run-file", "s.run.jsonl")
    header, results = read_back(repository.root / "s.run.jsonl")
    assert (len(results), header.selection) == (5, {"sample": 5, "seed": 3})
    nothing = evaluate(repository, "--tag", "unheard")
    assert (nothing.code, nothing.out) == (2, "")
    assert "no case passes the filters" in nothing.err


def test_shards_are_joined_to_what_one_run_would_say(repository: ScratchRepository) -> None:
    write_sample(repository, 30, recorded=outputs(answered(30, wrong=7)))
    repository.commit()
    runs = [f"{number}.run.jsonl" for number in (1, 2, 3)]
    whole = evaluate(repository).json
    parts = [
        evaluate(repository, "--shard", f"{number}/3", "--run-file", f"../{number}.run.jsonl") for number in (1, 2, 3)
    ]
    assert sum(map(cases_of, parts)) == 30
    places = [f"../{name}" for name in runs]
    joined = run("eval", "merge", *places, "--run-file", "../all.run.jsonl", "--format", "json", cwd=repository.root)
    assert joined.code == 0, joined.err
    assert joined.json["results"] == whole["results"]
    header, results = read_back(repository.root.parent / "all.run.jsonl")
    assert (header.shard, len(results)) == ((1, 1), 30)

    def refused(*arguments: str) -> str:
        done = run("eval", "merge", *arguments, "--run-file", "../new.run.jsonl", cwd=repository.root)
        assert (done.code, done.out) == (2, "")
        assert not (repository.root.parent / "new.run.jsonl").exists()
        return done.err

    assert "shards are missing: 3/3 (add them, or merge with --partial)" in refused(*places[:2])
    assert "shard 1/3 is given twice" in refused(places[0], *places)
    assert "these are whole runs, not shards" in refused("../all.run.jsonl", "../all.run.jsonl")
    evaluate(repository, "--shard", "3/3", "--model", "fast@1", "--run-file", "../other.run.jsonl")
    assert "another selection of cases, models or shards" in refused(*places[:2], "../other.run.jsonl")
    partial = run("eval", "merge", *places[:2], "--partial", "--run-file", "../p.run.jsonl", cwd=repository.root)
    assert partial.code == 0
    assert read_back(repository.root.parent / "p.run.jsonl")[0].selection == {"missing_shards": ["3/3"]}
    cut = repository.root.parent / "3.run.jsonl"
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:-1]))
    assert "this run was stopped" in refused(*places)
    repository.write("prompts/shop/mood/note.md", "changed")
    repository.commit()
    evaluate(repository, "--shard", "3/3", "--run-file", "../later.run.jsonl")
    assert "`commit` is " in refused(*places[:2], "../later.run.jsonl")
    taken = run("eval", "merge", *places, "--run-file", "../all.run.jsonl", cwd=repository.root)
    assert taken.code == 2
    assert taken.err.endswith(
        "this file exists, and a run never overwrites a file (name another file, or remove this one)\n"
    )


@pytest.mark.parametrize("form", ["text", "json", "junit", "csv"])
def test_a_run_is_shown_again_in_any_form(repository: ScratchRepository, form: str) -> None:
    write_sample(repository, 8, recorded=outputs(answered(8, wrong=3)))
    then = run("eval", "--format", form, "--run-file", "old.run.jsonl", cwd=repository.root)
    repository.write(OUTPUTS, outputs(answered(8)))  # what is recorded now does not matter
    again = run("eval", "show", "old.run.jsonl", "--format", form, cwd=repository.root.parent)
    assert again.code == 2
    again = run("eval", "show", repository.root / "old.run.jsonl", "--format", form, cwd=repository.root.parent)
    assert (again.code, again.out.replace(f"{repository.root}/", "")) == (then.code, then.out)


def test_a_run_that_was_stopped_is_shown_as_far_as_it_goes(repository: ScratchRepository) -> None:
    write_sample(repository, 4)
    run("eval", "--run-file", "old.run.jsonl", cwd=repository.root)
    whole = (repository.root / "old.run.jsonl").read_text().splitlines(keepends=True)
    repository.write("cut.run.jsonl", "".join(whole[:3]))
    cut = run("eval", "show", "cut.run.jsonl", "--format", "json", cwd=repository.root)
    assert (cut.code, cut.json["results"][0]["cases"]["pass"]) == (2, 2)
    assert "incomplete: this run was stopped before its end; evaluate again\n" in cut.err
    page = run("eval", "show", "old.run.jsonl", "--format", "html", cwd=repository.root)
    assert (page.code, page.out[:15]) == (0, "<!DOCTYPE html>")


def test_a_shard_that_lost_rows_is_refused(repository: ScratchRepository) -> None:
    write_sample(repository, 60, recorded=outputs(answered(60)))
    repository.commit()
    places = [f"../{number}.run.jsonl" for number in (1, 2)]
    for number, place in enumerate(places, 1):
        evaluate(repository, "--shard", f"{number}/2", "--run-file", place)
    file = repository.root.parent / "1.run.jsonl"
    first, *rows, end = file.read_text().splitlines(keepends=True)
    counted = json.loads(end)["end"]["rows"]
    assert counted == len(rows)

    def merge(lines: list[str], *more: str) -> Result:
        file.write_text("".join(lines))
        target = repository.root.parent / "all.run.jsonl"
        target.unlink(missing_ok=True)
        return run("eval", "merge", *places, *more, "--run-file", "../all.run.jsonl", cwd=repository.root)

    def ended(count: int) -> str:
        return json.dumps({"end": json.loads(end)["end"] | {"rows": count}}) + "\n"

    assert merge([first, *rows, end]).code == 0
    for broken, said in (
        ([first, *rows[:3], end], f"the run counts {counted:,} rows but has 3"),
        ([first, end], f"the run counts {counted:,} rows but has 0"),
        ([first, *rows], "this run was stopped"),
        ([first], "this run was stopped"),
        ([], "1.run.jsonl:1: this line is not a JSON object of a run file"),
        ([first, ended(0)], f"this shard holds 0 of {60 - counted} cases"),
        ([first, rows[0], ended(1)], f"this shard holds 1 of {61 - counted} cases"),
        ([first, *rows, rows[0], ended(counted + 1)], f"../1.run.jsonl:{counted + 2}: the run holds shop/mood"),
    ):
        done = merge(broken)
        assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert merge([first, ended(0)], "--partial").code == 0
    assert merge([first, *rows[:3]], "--partial").code == 0
    assert read_back(repository.root.parent / "all.run.jsonl")[0].selection == {"stopped_shards": ["1/2"]}
    other = (repository.root.parent / "2.run.jsonl").read_text().splitlines(keepends=True)[1]
    stolen = merge([first, *rows[1:], other, end])
    assert (stolen.code, "belongs to another shard than 1/2" in stolen.err) == (2, True)


def test_a_run_with_a_row_twice_is_refused_with_its_line(repository: ScratchRepository) -> None:
    write_sample(repository, 3, recorded=outputs(answered(3)))
    repository.commit()
    evaluate(repository, "--run-file", "../good.run.jsonl")
    first, *rows, end = (repository.root.parent / "good.run.jsonl").read_text().splitlines(keepends=True)
    bad = repository.root.parent / "bad.run.jsonl"
    twice = json.dumps({"end": json.loads(end)["end"] | {"rows": 4}}) + "\n"
    bad.write_text("".join([first, *rows, rows[1], twice]))
    said = "bad.run.jsonl:5: the run holds shop/mood r001 (fast@1) twice"
    for command in (
        ("compare", "../bad.run.jsonl", "../good.run.jsonl"),
        ("compare", "../good.run.jsonl", "../bad.run.jsonl"),
        ("eval", "--rescore", "../bad.run.jsonl"),
        ("eval", "--failed", "../bad.run.jsonl"),
    ):
        done = run(*command, cwd=repository.root)
        assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    bad.write_text("".join([first, rows[0].replace('"case":', '"case":"r009","case":', 1), *rows[1:], end]))
    done = run("compare", "../good.run.jsonl", "../bad.run.jsonl", cwd=repository.root)
    assert (done.code, 'bad.run.jsonl:2: on this line the key "case" occurs twice' in done.err) == (2, True), done.err


def test_a_run_is_judged_again_by_the_evaluators_as_they_are(repository: ScratchRepository) -> None:
    write_recorded(repository, 4)
    assert at_home("eval", "--live", "--run-file", "live.run.jsonl", cwd=repository.root).code == 0
    text = (repository.root / PATH).read_text()
    repository.write(PATH, text.replace("max: 3}", "max: 3}\n  shout: {type: equals, value: GOOD}"))
    changed = cases(3).replace("Review 1", "Another review 1")
    repository.write(CASES, changed)
    before = (repository.root / "live.run.jsonl").read_bytes()
    done = at_home("eval", "--rescore", "live.run.jsonl", "--format", "json", cwd=repository.root)
    assert done.code == 0, done.err
    (entry,) = done.json["results"]
    assert entry["cases"] == {"pass": 0, "fail": 2, "measured": 0, "unscored": 0, "not_evaluated": 2}
    assert {each["reason"]["text"] for each in entry["not_evaluated"]} == {
        "the case no longer exists",
        "the inputs of the case changed since the run",
    }
    assert {rate["evaluator"]: rate["mean"] for rate in entry["evaluators"]} == {"mood": 1, "short": 1, "shout": 0}
    header, results = read_back(repository.root / ".promptstead/runs/rescore.run.jsonl")
    assert (header.mode, len(results)) == ("rescore", 4)
    assert all(result.output for result in results)
    assert (repository.root / "live.run.jsonl").read_bytes() == before
    for more in (["--live"], ["shop/mood"], ["--tag", "x"], ["--samples", "2"]):
        refused = at_home("eval", "--rescore", "live.run.jsonl", *more, cwd=repository.root)
        assert (refused.code, "means nothing with --rescore" in refused.err) == (2, True)
    (repository.root / PATH).unlink()
    gone = at_home("eval", "--rescore", "live.run.jsonl", "--format", "json", cwd=repository.root)
    (missing,) = gone.json["results"][0]["not_evaluated"]
    assert (missing["reason"]["code"], missing["cases"]) == ("answers.prompt-gone", 4)


@pytest.mark.parametrize("stopped", [False, True])
def test_the_answers_of_a_live_run_are_recorded(repository: ScratchRepository, stopped: bool) -> None:
    script: list[dict[str, Any]] = [
        {"contains": "Review 0", "text": "goo", "finish_reason": "length"},
        {"text": "good"},
    ]
    write_recorded(repository, 3, script=script)
    assert at_home("eval", "--live", "--samples", "2", "--run-file", "a.run.jsonl", cwd=repository.root).code == 0
    if stopped:
        path = repository.root / "a.run.jsonl"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    taken = at_home("record", "--from", "a.run.jsonl", cwd=repository.root)
    assert taken.code == 0, taken.err
    lines = pending(repository)
    assert sorted((line["case"], line["attempt"], line.get("output"), line.get("why")) for line in lines) == [
        ("r000", 1, None, "cut off before its end (length)"),
        ("r000", 2, None, "cut off before its end (length)"),
        ("r001", 1, "good", None),
        ("r001", 2, "good", None),
        ("r002", 1, "good", None),
        ("r002", 2, "good", None),
    ]
    again = at_home("record", "--from", "a.run.jsonl", cwd=repository.root)
    assert "6 there already" in again.out
    at_home("accept", "--all", cwd=repository.root)
    replayed = at_home("eval", "--format", "json", "--run-file", "r.run.jsonl", cwd=repository.root)
    assert replayed.json["results"][0]["cases"]["pass"] == 2
    refused = at_home("record", "--from", "r.run.jsonl", cwd=repository.root)
    assert (refused.code, "it has no new ones to take" in refused.err) == (2, True)


def test_a_dataset_with_rows_that_are_no_cases(repository: ScratchRepository) -> None:
    write_recorded(repository, 1)
    text = (repository.root / PATH).read_text()
    repository.write(PATH, text + "datasets:\n  - path: more.jsonl\n")
    rows = [
        {"id": "a", "inputs": {"review": "x"}, "expected": "good"},
        {"id": "a", "inputs": {"review": "y"}, "expected": "good"},
        {"inputs": {"review": 3}},
    ]
    repository.write("prompts/shop/mood/more.jsonl", "".join(json.dumps(row) + "\n" for row in rows) + "[\n")
    done = run("eval", "--run-file", "x.run.jsonl", cwd=repository.root)
    assert done.code == 2
    assert "not complete: 3 entries" in done.err
    assert done.err.count("prompts/shop/mood/more.jsonl:") == 3
    live = run("eval", "--live", "--run-file", "y.run.jsonl", cwd=repository.root)
    assert (live.code, "3 rows are not valid cases" in live.err) == (2, True)
    assert not (repository.root / "y.run.jsonl").exists()  # nothing is paid for half a dataset


@pytest.mark.parametrize("text", ["", "{}\n", "[" * 9999, '{"format":"promptstead/run/v1"}\n', "\x00" * 100])
def test_what_is_no_run(repository: ScratchRepository, text: str) -> None:
    write_recorded(repository, 1)
    repository.write("bad.run.jsonl", text)
    for arguments in (["--rescore"], ["--failed"], ["--live", "--resume"]):
        done = at_home("eval", *arguments, "bad.run.jsonl", cwd=repository.root)
        assert (done.code, done.out) == (2, "")
        assert "bad.run.jsonl" in done.err
    assert at_home("eval", "--rescore", "missing", cwd=repository.root).code == 2
    assert at_home("eval", "--rescore", "/dev/null", cwd=repository.root).code == 2
