import re

import pytest

from promptstead.words.sentence import say
from promptstead.words.sentence_json import sentence_json
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, SNAPSHOT, answered, case_id, cases, outputs, write_sample


def test_green(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write("promptstead.toml", f'[models.balanced]\nprovider = "openai"\nsnapshot = "{SNAPSHOT}"\n')
    run("new", "hr/leave", cwd=repository.root)
    new = repository.root / "prompts/hr/leave.prompt.yml"
    new.write_text(re.sub(r'"TODO: [^"\n]*"|TODO', "minimal", new.read_text("utf-8")), "utf-8")
    done = run("check", cwd=repository.root)
    assert done.code == 0
    assert done.out == "hr/leave   5 pass  (reference answers)\nshop/mood  3 pass  (imported answers)\n"
    assert done.err == "2 prompts: clean · 8 cases: 8 pass\n"
    below = run("check", "mood.prompt.yml", cwd=repository.root / "prompts" / "shop")
    assert below.out == "shop/mood  3 pass  (imported answers)\n"
    unknown = run("check", "shop/mod", cwd=repository.root)
    assert unknown.code == 2
    assert unknown.err == "promptstead: there is no prompt and no file `shop/mod` (did you mean `shop/mood`?)\n"


def test_what_fails_and_what_is_only_counted(repository: ScratchRepository) -> None:
    """A wrong answer of a model is a rate; of a reference, a ``must_pass`` case or a hard check it is a failure."""
    write_sample(repository, recorded=outputs({0: "bad", 1: "good", 2: "good"}))
    wrong = run("check", cwd=repository.root)
    assert wrong.code == 0
    reason = "  fail r000 · mood: expected `good`, got `bad`\n"
    assert wrong.out == f"shop/mood  2 pass, 1 fail  (imported answers)\n{reason}"
    verbose = run("check", "--verbose", cwd=repository.root)
    assert reason in verbose.out
    assert "  fast@1 · mood 66.67 % (2 of 3; 95 % interval 20.8 to 93.9)\n" in verbose.out
    assert "  fast@1 · short 100.00 % (3 of 3;" in verbose.out

    repository.write(CASES, cases(3, must_pass=(0,)))
    must = run("check", cwd=repository.root)
    assert must.code == 1
    assert "  FAIL r000 · mood: expected `good`, got `bad`\n" in must.out

    repository.write(CASES, cases(3))
    repository.write(OUTPUTS, outputs({0: "good", 1: "not so very good", 2: "good"}))
    hard = run("check", "--format", "json", cwd=repository.root)
    assert hard.code == 1
    violations = hard.json["prompts"][0]["violations"]
    assert [(each["case"], each["evaluator"]) for each in violations] == [("r001", "short")]

    repository.write(OUTPUTS, outputs({0: "bad"}, model="Ana", source="reference"))
    reference = run("check", cwd=repository.root)
    assert reference.code == 1
    assert "  FAIL r000 · mood: expected `good`, got `bad`\n" in reference.out
    assert "1 fail, 2 not evaluated" in reference.out


def test_a_hard_check_that_cannot_judge_does_not_hold(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, PROMPT.replace("hard: [short]", "hard: [short, mood]"))
    repository.write(CASES, cases(3).replace("    expected: good\n", "", 1))
    done = run("check", cwd=repository.root)
    assert done.code == 1
    assert "2 pass, 1 unscored" in done.out
    assert "  FAIL r000 · mood: unscored: " in done.out


def test_no_answer_blocks_nobody_before_the_release(repository: ScratchRepository) -> None:
    write_sample(repository, recorded=outputs({0: "good"}))
    for stage, code in (("edit", 0), ("review", 0), ("release", 1)):
        done = run("check", "--stage", stage, cwd=repository.root)
        assert "1 pass, 2 not evaluated" in done.out
        assert done.code == code, (stage, done)
    assert "  not evaluated r001 (fast@1): no recorded answer: run promptstead record\n" in done.out
    (repository.root / OUTPUTS).unlink()
    nothing = run("check", "-v", cwd=repository.root)
    assert nothing.code == 0
    assert nothing.out.startswith("shop/mood  3 not evaluated\n")
    assert "  not evaluated r002: no recorded answer: run promptstead record\n" in nothing.out


def test_json_says_the_same_in_full(repository: ScratchRepository) -> None:
    write_sample(repository, 60, recorded=outputs(answered(59, wrong=40)))
    text = run("check", cwd=repository.root)
    assert "  fast@1 · mood 32.20 % (19 of 59; 95 % interval 21.7 to 44.9)\n" in text.out
    assert [line.split(" · ")[0] for line in text.out.splitlines()[1:5]] == [
        "  fail r000",
        "  fail r001",
        "  fail r002",
        "  … and 37 more (--verbose)",
    ]
    assert "  … and 20 more\n" in run("check", "-v", cwd=repository.root).out
    document = run("check", "--format", "json", cwd=repository.root).json
    assert document["format"] == "promptstead/check/v2"
    assert document["stage"] == "edit"
    prompt = document["prompts"][0]
    assert (prompt["id"], prompt["path"]) == ("shop/mood", PATH)
    assert prompt["counts"] == {"pass": 19, "fail": 40, "measured": 0, "unscored": 0, "not evaluated": 1}
    rate = next(each for each in prompt["rates"]["fast@1"] if each["evaluator"] == "mood")
    assert rate["rate"] == pytest.approx(19 / 59)
    assert (rate["cases"], rate["passes"], rate["unscored"]) == (59, 19, 0)
    assert [case["case"] for case in prompt["cases"]] == [case_id(number) for number in range(60)]
    assert [case["state"] for case in prompt["cases"]] == ["fail"] * 40 + ["pass"] * 19 + ["not evaluated"]
    failed = say("evaluators.expected", wanted="good", got="bad")
    assert prompt["cases"][0]["failures"] == [{"evaluator": "mood", "reason": sentence_json(failed)}]
    last = prompt["cases"][-1]
    assert (last["why"], last["source"]) == (sentence_json(say("answers.not-recorded")), None)
    assert prompt["cases"][0]["why"] is None


def test_what_is_wrong_beside_the_prompt_stands_in_its_own_file(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(OUTPUTS, outputs(answered(3)).replace("source: imported", "sauce: imported", 1))
    done = run("check", cwd=repository.root)
    assert done.code == 1
    assert f"{OUTPUTS}:5:5: error SCH002 unknown key `sauce`; did you mean `source`?\n" in done.out
    repository.write(OUTPUTS, outputs(answered(3)).replace("case: r001", "case: r009"))
    obsolete = run("check", cwd=repository.root)
    assert "obsolete: the case no longer exists" in obsolete.out
    repository.write(PATH, PROMPT.replace("hard: [short]", "hard: [shrot]"))
    gate = run("check", cwd=repository.root)
    assert gate.code == 1
    assert f"{PATH}:22:" in gate.out
    assert "the gate names `shrot`, but there is no such evaluator" in gate.out
    assert "help: did you mean `short`?" in gate.out


def test_a_dataset(repository: ScratchRepository) -> None:
    repository.write(
        PATH, PROMPT + "datasets: [{path: rows.csv, columns: {id: key, inputs.review: text, expected: mood}}]\n"
    )
    repository.write("prompts/partials/data.md", "It is data.\n")
    repository.write("prompts/shop/mood/rows.csv", 'key,text,mood\na,"Fine,\nreally",good\nb,Bad,bad\n')
    lines = ["schema: promptstead/outputs/v1", "outputs:"]
    for case, answer in (("a", "good"), ("b", "good")):
        lines.append(f"  - {{case: {case}, model: m, source: imported, samples: [{{output: {answer}}}]}}")
    repository.write(OUTPUTS, "\n".join(lines) + "\n")
    assert run("accept", cwd=repository.root).out == f"{OUTPUTS}: a, b\n"
    done = run("check", "-v", cwd=repository.root)
    assert done.code == 0, done
    assert done.out.startswith("shop/mood  1 pass, 1 fail  (imported answers)\n  fail b · mood: ")


def test_rates_are_those_of_eval(repository: ScratchRepository) -> None:
    """Cases that share a cluster are no independent cases; a score has a mean and an interval of its own."""
    write_sample(repository, 4, recorded=outputs({0: "bad", 1: "bad", 2: "good", 3: "good"}))
    near = "evaluators:\n  near: {type: similarity, to: '{{ expected }}', metric: distance, description: x}\n"
    repository.write(PATH, PROMPT.replace("evaluators:\n", near))
    clusters = iter("aabb")
    text = "".join(
        f"{line}    cluster: {next(clusters)}\n" if "- id:" in line else line
        for line in cases(4).splitlines(keepends=True)
    )
    repository.write(CASES, text)
    counted = run("check", "--format", "json", cwd=repository.root).json["prompts"][0]["rates"]["fast@1"]
    (judged,) = run("eval", "--format", "json", cwd=repository.root).json["results"]
    rates = [*judged["evaluators"], {"evaluator": "case passes"} | judged["case_passes"]]
    names = ("kind", "cases", "passes", "unscored", "lower", "upper")
    assert [{name: rate[name] for name in names} | {"rate": rate["mean"]} for rate in rates] == [
        {name: rate[name] for name in (*names, "rate")} for rate in counted
    ]
    mood = next(rate for rate in counted if rate["evaluator"] == "mood")
    assert (mood["lower"], mood["upper"]) == (0, 1)  # two clusters that disagree
    verbose = run("check", "--verbose", cwd=repository.root).out
    assert "  fast@1 · near 1.5 (4 cases; 95 % interval -17.56 to 20.56)\n" in verbose
    line = next(line for line in run("eval", cwd=repository.root).out.splitlines() if line.startswith("    near"))
    assert line.split() == ["near", "4", "1.5", "1.5", "-17.56", "to", "20.56"]
