"""Evaluating recorded answers: what is counted, what is written, what the exit code says."""

import json
from pathlib import Path

import jsonschema
import pytest

from promptstead.digests import inputs_digest
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case
from promptstead.operations.running.run_files import opened_run
from promptstead.runs.writer import Run
from promptstead.statistics.repeats import spread
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.recorded import at_home, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, case_id, cases, outputs, review_of, write_sample

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "eval.schema.json").read_text(encoding="utf-8"))
RUN = "out/one.run.jsonl"


def read_back(path: Path) -> tuple[Run, list[CaseResult]]:
    """Return a finished run."""
    with opened_run(str(path)) as reader:
        results = [row.result for row in reader.rows()]
        assert reader.end is not None
        assert reader.end.rows == len(results)
        return reader.run, results


def sampled(samples: dict[int, list[str]]) -> str:
    """Return recorded answers with several samples a case."""
    entries = [
        {
            "case": case_id(number),
            "model": "m@1",
            "source": "imported",
            "inputs": inputs_digest(Case(case_id(number), {"review": review_of(number)})),
            "samples": [{"output": text, "usage": {"input": 10, "output": 1}} for text in texts],
        }
        for number, texts in samples.items()
    ]
    return json.dumps({"schema": "promptstead/outputs/v1", "outputs": entries})


def test_every_case_is_counted_and_kept(repository: ScratchRepository) -> None:
    write_sample(repository, 5, recorded=outputs({0: "good", 1: "good", 2: "bad", 3: "a b c d"}))
    commit = repository.commit()
    done = run("eval", "--run-file", RUN, cwd=repository.root)
    assert done.code == 1, done
    lines = done.out.splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert lines[1] == "shop/mood"
    assert lines[2].split() == [
        "fast@1",
        "(imported)",
        "4",
        "50.00",
        "%",
        "28.87",
        "15.0",
        "to",
        "85.0",
        "?",
        "?",
        "?",
        "?",
    ]
    assert lines[3].split() == ["mood", "4", "50.00", "%", "28.87", "15.0", "to", "85.0"]
    assert lines[4].split() == ["short", "4", "75.00", "%", "25.00", "30.1", "to", "95.4"]
    assert "    not evaluated: 1 × no recorded answer: run promptstead record" in lines
    assert any(line.startswith("    FAIL r003 · short: ") for line in lines)
    assert lines[-3:-1] == [
        "2 pass, 2 fail, 1 not evaluated · 4 answers",
        "not known (?): tokens of 4, cost of 4, time of 4",
    ]
    assert lines[-1].startswith("SE: standard error of the mean")
    assert done.err == f"run file: {RUN}\n"

    header, results = read_back(repository.root / RUN)
    assert (header.commit, header.dirty, header.mode, header.samples) == (commit, False, "replay", 1)
    assert (header.prompts[0].id, header.prompts[0].gate.hard) == ("shop/mood", ("short",))
    assert set(header.prompts[0].digests) == {"behaviour", "tests", "governance"}
    assert [result.passed for result in results] == [True, True, False, False, None]
    repository.write("prompts/shop/new.md", "new")
    run("eval", "-q", "--run-file", RUN, cwd=repository.root)
    assert read_back(repository.root / RUN)[0].dirty


def test_the_document(repository: ScratchRepository) -> None:
    write_sample(repository, 3, recorded=sampled({0: ["good", "good"], 1: ["good", "bad"], 2: ["bad", "bad"]}))
    done = run("eval", "--format", "json", cwd=repository.root)
    assert done.code == 0, done.err
    jsonschema.validate(done.json, SCHEMA, jsonschema.Draft202012Validator)
    assert (done.json["run"], done.json["commit"]) == (None, "")
    (entry,) = done.json["results"]
    mood = next(rate for rate in entry["evaluators"] if rate["evaluator"] == "mood")
    assert (mood["kind"], mood["cases"], mood["passes"], mood["mean"]) == ("assertion", 3, 1, 0.5)
    components = spread([(1, 1), (1, 0), (0, 0)])
    assert (mood["between_samples"], mood["between_cases"]) == pytest.approx((components.within, components.between))
    assert mood["repeats"] == {"k": 2, "pass_at_k": pytest.approx(2 / 3), "pass_hat_k": pytest.approx(1 / 3)}
    assert mood["lower"] == 0  # three cases tell little, and no rate is below 0
    assert entry["used"] | {"samples": 6, "input": 60, "output": 6, "uncounted": 0, "cost": None} == entry["used"]
    assert entry["used"]["median_seconds"] is None
    first = run("eval", "--samples", "1", "--format", "json", cwd=repository.root).json["results"][0]
    assert first["case_passes"]["mean"] == pytest.approx(2 / 3)
    assert first["used"]["samples"] == 3


def test_labels_are_a_classification(repository: ScratchRepository) -> None:
    """Each label's figures, what was taken for what, in the text, the document and the page."""
    said = ["good", "good", "bad", "so so", "good"]
    write_sample(repository, 6, recorded=outputs(dict(enumerate(said))))
    repository.write(
        PATH,
        PROMPT.replace(
            "evaluators:\n", "evaluators:\n  tone: {type: label, labels: [good, bad], expected: '{{ expected }}'}\n"
        ),
    )
    text = cases(6).splitlines(keepends=True)
    last = max(number for number, line in enumerate(text) if "expected" in line)
    first = min(number for number, line in enumerate(text) if "expected" in line)
    text[first], text[last] = "    expected: bad\n", ""
    repository.write(CASES, "".join(text))
    document = run("eval", "--format", "json", cwd=repository.root).json
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    (found,) = document["results"][0]["classifications"]
    assert (found["evaluator"], found["answers"], found["unscored"], found["accuracy"]) == ("tone", 5, 0, 0.4)
    assert found["lower"] < 0.4 < found["upper"]
    good, bad = found["labels"]
    assert (good["support"], good["given"], good["correct"], good["recall"]) == (4, 3, 2, 0.5)
    assert (bad["support"], bad["given"], bad["correct"], bad["f1"]) == (1, 1, 0, 0)
    assert found["macro_f1"] == pytest.approx(good["f1"] / 2)
    assert {(one["right"], one["given"]): one["answers"] for one in found["confusion"]} == {
        ("good", "good"): 2,
        ("good", "bad"): 1,
        ("good", "(no label)"): 1,
        ("bad", "good"): 1,
    }
    shown = run("eval", cwd=repository.root).out.splitlines()
    assert next(line for line in shown if line.startswith("    tone")).split() == [
        *("tone", "5", "40.00", "%", "24.49", "11.8", "to", "76.9")
    ]
    assert "      accuracy; macro-F1 0.286" in shown
    assert "      good: right 4, given 3, both 2; precision 66.67 %, recall 50.00 %, F1 0.571" in shown
    assert any(line.startswith("      wrong: ") and "good → (no label) 1" in line for line in shown)
    assert '"classes":[{"evaluator":"tone"' in run("eval", "--format", "html", cwd=repository.root).out


def test_a_replay_knows_costs_and_how_many_samples_there_are(repository: ScratchRepository) -> None:
    """The prices of today, where the model is one of today's; the first line of the run says the most samples."""
    write_recorded(repository, 3)
    assert at_home("record", "--samples", "2", cwd=repository.root).code == 0
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    done = run("eval", "--format", "json", "--run-file", RUN, cwd=repository.root)
    used = done.json["results"][0]["used"]
    assert (used["samples"], used["unpriced"]) == (6, 0)
    assert used["cost"] == pytest.approx((used["input"] + used["output"]) * 1000 / 1e6)
    header, results = read_back(repository.root / RUN)
    assert header.samples == 2
    assert all(sample.cost for result in results if result.output for sample in result.output.samples)
    run("eval", "--samples", "1", "--run-file", RUN, cwd=repository.root)
    assert read_back(repository.root / RUN)[0].samples == 1


def test_where_the_run_file_goes(repository: ScratchRepository) -> None:
    write_sample(repository, 1, recorded=outputs({0: "good"}))
    repository.commit()
    assert run("eval", cwd=repository.root).err == ""  # in CI nothing is written that nobody named
    assert not (repository.root / ".promptstead").exists()
    home = at_home("eval", cwd=repository.root)
    assert home.err == "run file: .promptstead/runs/replay.run.jsonl\n"
    read_back(repository.root / ".promptstead/runs/replay.run.jsonl")
    assert repository.run("status", "--porcelain") == ""
    quiet = at_home("eval", "--quiet", cwd=repository.root)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_models_side_by_side_the_worst_first(repository: ScratchRepository) -> None:
    two = (
        outputs({0: "good", 1: "good"}, model="better@1")
        + outputs({0: "good", 1: "bad"}, model="worse@1").partition("outputs:\n")[2]
    )
    write_sample(repository, 2, recorded=two)
    found = run("eval", "--format", "json", cwd=repository.root).json
    assert [entry["model"] for entry in found["results"]] == ["worse@1", "better@1"]
    one = run("eval", "--format", "json", "--model", "better@1", cwd=repository.root).json
    assert [entry["model"] for entry in one["results"]] == ["better@1"]
    other = run("eval", "--format", "json", "--model", "openai/other", "--model", "better@1", cwd=repository.root).json
    assert [(entry["model"], entry["cases"]["not_evaluated"]) for entry in other["results"]] == [
        ("better@1", 0),
        ("openai/other", 2),
    ]
    unknown = run("eval", "--model", "unheard", cwd=repository.root)
    assert unknown.code == 2
    assert "there is no model `unheard`" in unknown.err


def test_exit_codes_are_those_of_check(repository: ScratchRepository) -> None:
    write_sample(repository, 2, recorded=outputs({0: "bad", 1: "good"}))
    assert run("eval", cwd=repository.root).code == run("check", cwd=repository.root).code == 0
    repository.write(CASES, cases(2, must_pass=(0,)))
    assert run("eval", cwd=repository.root).code == run("check", cwd=repository.root).code == 1
    repository.write(OUTPUTS, outputs({0: "bad"}, source="reference", model="reference"))
    repository.write(CASES, cases(2))
    assert run("eval", cwd=repository.root).code == run("check", cwd=repository.root).code == 1
    repository.write(OUTPUTS, "schema: promptstead/outputs/v1\noutputs: 3\n")
    broken = run("eval", cwd=repository.root)
    assert broken.code == 2
    assert "not complete: " in broken.err
    assert OUTPUTS in broken.err
    repository.write(PATH, PROMPT.replace("messages:", "massages:"))
    assert run("eval", cwd=repository.root).code == 2


def test_scores_labels_and_what_breaks_are_shown(repository: ScratchRepository) -> None:
    checks = """\
  sum: {type: number, equals: "{{ expected }}"}
  never: {type: equals, value: "{{ expected.mood }}"}
gate:"""
    write_sample(repository, 2, recorded=outputs({0: "good", 1: "good"}))
    repository.write(PATH, PROMPT.replace("gate:", checks))
    done = run("eval", "--format", "json", cwd=repository.root)
    (entry,) = done.json["results"]
    assert entry["cases"] == {"pass": 0, "fail": 0, "measured": 0, "unscored": 2, "not_evaluated": 0}
    assert entry["case_passes"]["mean"] is None
    unscored = {each["evaluator"]: each for each in entry["unscored"]}
    assert set(unscored) == {"sum", "never"}
    assert all(each["samples"] == 2 and each["reason"] for each in unscored.values())
    assert "    unscored: 2 × sum: " in run("eval", cwd=repository.root).out


@pytest.mark.parametrize(("form", "start"), [("text", "  "), ("json", "{"), ("html", "<!doctype"), ("csv", '"prompt"')])
def test_the_report_goes_where_output_says_and_the_run_file_elsewhere(
    repository: ScratchRepository, form: str, start: str
) -> None:
    write_sample(repository, 2)
    run("eval", "--quiet", "--run-file", "a.run.jsonl", cwd=repository.root)
    plain = run("eval", "show", "a.run.jsonl", "--format", form, cwd=repository.root)
    runs = (
        ["eval", "--format", form, "--run-file", RUN, "-o", "report"],
        ["eval", "show", RUN, "--format", form, "-o", "r2"],
    )
    for arguments in runs:
        done = run(*arguments, cwd=repository.root)
        assert (done.code, done.out) == (0, "")
        assert f"report: {arguments[-1]}\n" in done.err
        written = (repository.root / arguments[-1]).read_text(encoding="utf-8")
        assert written.lower().startswith(start)
        assert form == "html" or written.count("\n") == plain.out.count("\n")
    assert (repository.root / RUN).read_text(encoding="utf-8").startswith('{"format":"promptstead/run/')


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("eval", "-o", "x.run.jsonl"),
            "x.run.jsonl: --output says where the report goes, and this is the name of a run",
        ),
        (("eval", "-o", "x.jsonl"), "(name the run file with --run-file)"),
        (("eval", "-q", "-o", "x.run.jsonl"), "(name the run file with --run-file)"),
        (("eval", "merge", "a.run.jsonl", "-o", "x.run.jsonl"), "(name the run file with --run-file)"),
        (("eval", "merge", "a.run.jsonl"), "the merged run needs a file (add --run-file FILE)"),
        (("eval", "show", "a.run.jsonl", "-o", "x.run.jsonl"), "(name the run file with --run-file)"),
        (("eval", "-o", PATH), f"{PATH}: a report may not overwrite this file (name another file)"),
        (("eval", "--run-file", PATH), f"{PATH}: this file exists and is not a run file (name another file)"),
        (("eval", "--run-file", "page.html"), "page.html: --run-file names the run file (*.run.jsonl), not a report"),
        (
            ("eval", "--live", "--run-file", CASES),
            f"{CASES}: this file exists and is not a run file (name another file)",
        ),
        (("compare", "HEAD", "-o", PATH), f"{PATH}: a report may not overwrite this file (name another file)"),
        (("review", "HEAD", "-o", CASES), f"{CASES}: a report may not overwrite this file (name another file)"),
        (("lint", "--format", "json", "-o", PATH), f"{PATH}: a report may not overwrite this file (name another file)"),
    ],
)
def test_nothing_else_is_written_over(repository: ScratchRepository, arguments: tuple[str, ...], says: str) -> None:
    write_sample(repository)
    repository.commit()
    done = at_home(*arguments, cwd=repository.root)
    assert done.code == 2
    assert says in done.err
    assert repository.run("status", "--porcelain") == ""


def test_a_live_run_that_could_not_start_is_no_run(repository: ScratchRepository) -> None:
    write_sample(repository, 1)
    for _ in range(2):
        done = at_home("eval", "--live", "--model", "acme/m1", "--run-file", RUN, cwd=repository.root)
        assert (done.code, "there is no provider `acme`" in done.err) == (2, True)
    assert not (repository.root / RUN).exists()
