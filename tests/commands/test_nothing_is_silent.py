"""What a command cannot see, or did not look at, it says."""

from pathlib import Path

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.made_runs import RUN, outcomes, rows, run_file
from tests.samples import CASES, PATH, PROMPT, cases, write_sample

MISSPELT = """schema: promptstead/v1
title: Mood
inputs: {review: {}}
messages: [{role: user, content: "{{ review }}"}]
evaluators: {mood: {type: equals, value: "{{ expected.mod }}"}}
cases: [{id: one, inputs: {review: good}, expected: {mood: good}}]
"""
ANSWER = """schema: promptstead/outputs/v1
outputs:
  - {case: one, model: reference, source: reference, samples: [{output: good}]}
"""


def test_check_says_why_a_case_is_unscored(repository: ScratchRepository) -> None:
    repository.write("prompts/mood.prompt.yml", MISSPELT)
    repository.write("prompts/mood/outputs.yml", ANSWER)
    done = run("check", cwd=repository.root)
    assert done.code == 1
    assert "evaluator `mood` reads `expected.mod`, but no case has it: it judges nothing" in done.out
    assert "unscored: 1 × mood: " in done.out or "not evaluated" in done.out, done.out


def test_a_folder_whose_prompt_was_renamed_is_named(repository: ScratchRepository) -> None:
    write_sample(repository, 5)
    (Path(repository.root) / PATH).rename(Path(repository.root) / PATH.replace("mood", "humour"))
    for verb in ("lint", "check"):
        done = run(verb, cwd=repository.root)
        folder = CASES.rpartition("/")[0]
        assert f"`{folder}/` has cases or answers, and there is no prompt `{folder}.prompt.yml`" in done.err


def test_what_is_not_committed_is_not_compared_and_that_is_said(repository: ScratchRepository) -> None:
    write_sample(repository, 5)
    repository.commit()
    repository.commit(message="another")
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    for verb in ("review", "diff", "compare"):
        done = run(verb, "HEAD~1..HEAD", cwd=repository.root)
        assert f"1 file of prompts changed and is not committed, so not compared ({PATH})" in done.err, verb
        assert "not committed" not in run(verb, "HEAD~1..HEAD~1", cwd=repository.root).err


def test_a_must_pass_case_is_not_changed_by_another_evaluator(repository: ScratchRepository) -> None:
    write_sample(repository, 5)
    repository.write(CASES, cases(5).replace("id: r000", "must_pass: true\n    id: r000", 1))
    repository.commit()
    repository.write(PATH, PROMPT.replace("type: equals", "type: contains"))
    done = run("review", "HEAD", cwd=repository.root)
    assert "asks or expects was changed" not in done.out
    repository.write(CASES, cases(5).replace("id: r000", "must_pass: true\n    id: r000", 1).replace("fine", "bad", 1))
    assert run("review", "HEAD", cwd=repository.root).out.count("asks or expects was changed") == 1


def test_prompts_that_a_model_was_not_asked_are_not_called_removed(tmp_path: Path) -> None:
    asked = RUN._replace(prompts=(*RUN.prompts, RUN.prompts[0]._replace(id="shop/other")))
    found = [*rows(outcomes(5)), *rows(outcomes(5), model="m@2"), *rows(outcomes(5), prompt="shop/other")]
    (tmp_path / "a.run.jsonl").write_text(run_file(found, asked), encoding="utf-8")
    done = run("compare", "a.run.jsonl", "--base-model", "m@1", "--head-model", "m@2", cwd=tmp_path)
    assert "removed" not in done.out
    assert "not asked of both models, and so not compared: `shop/other`" in done.out
    assert "1 no regression" in done.out or "1 inconclusive" in done.out
