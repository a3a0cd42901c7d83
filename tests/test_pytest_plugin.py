"""Prompts as tests: what a person sees who runs pytest over a repository of prompts."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from promptstead.operations.running.run_files import opened_run
from tests.conftest import ScratchRepository, make_repository
from tests.recorded import write_recorded
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, answered, cases, outputs, write_sample

pytest_plugins = ["pytester"]


@pytest.fixture
def scratch(pytester: pytest.Pytester) -> ScratchRepository:
    """Return a repository in the folder where pytest is run."""
    pytester.makeini("[pytest]\n")
    return make_repository(pytester.path)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_each_case_is_a_test(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch, recorded=outputs(answered(2, wrong=1)))
    done = run(pytester, "prompts/", "-v", "-rs")
    done.assert_outcomes(passed=1, failed=1, skipped=1)
    done.stdout.fnmatch_lines(
        [
            f"{PATH}::r000 FAILED*",
            f"{PATH}::r001 PASSED*",
            f"{PATH}::r002 SKIPPED*",
            "mood: expected `good`, got `bad`",
            "--- input review",
            "Review 0: the shoes are fine.",
            "--- answer of fast@1",
            "bad",
            "*not evaluated: no recorded answer: run promptstead record",
        ]
    )
    assert "Traceback" not in done.stdout.str()
    assert "pytest_plugin.py" not in done.stdout.str()


def test_an_answer_is_no_command_to_the_log_of_a_job(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch, 1, recorded=outputs({0: "::error::x\n ##[add-mask]y"}))
    done = run(pytester, "prompts/")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([r"*\x3a:error::x", r"*\x23#?add-mask]y"])
    assert not [line for line in done.outlines if line.lstrip().startswith("::") or "##[" in line]


def test_choosing_junit_last_failed_and_two_processes(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch, recorded=outputs(answered(3, wrong=1)))
    tagged = cases(3).replace("  - id: r001\n", "  - id: r001\n    tags: [adversarial]\n")
    scratch.write(CASES, tagged)
    run(pytester, "prompts/", "-k", "adversarial").assert_outcomes(passed=1, deselected=2)
    run(pytester, f"{PATH}::r002").assert_outcomes(passed=1)
    run(pytester, "prompts/", "-n", "2").assert_outcomes(passed=2, failed=1)
    report = pytester.path / "report.xml"
    pytester.runpytest_subprocess("prompts/", f"--junitxml={report}").assert_outcomes(passed=2, failed=1)
    pytester.runpytest_subprocess("prompts/", "--lf").assert_outcomes(failed=1)
    (suite,) = ElementTree.parse(report).getroot()
    assert [(case.get("name"), len(case.findall("failure"))) for case in suite] == [
        ("r000", 1),
        ("r001", 0),
        ("r002", 0),
    ]
    properties = {each.get("name"): each.get("value") for each in suite[0].iter("property")}
    assert properties == {"prompt": "shop/mood", "case": "r000", "model": "fast@1"}


def test_several_models_and_what_cannot_be_judged(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    both = outputs(answered(2)) + "".join(outputs(answered(2, 2), model="slow@1").splitlines(keepends=True)[2:])
    write_sample(scratch, 2, recorded=both)
    done = run(pytester, "prompts/", "-v")
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines([f"{PATH}::r000[[]fast@1] PASSED*", f"{PATH}::r000[[]slow@1] FAILED*"])

    scratch.write(OUTPUTS, outputs(answered(2)))
    scratch.write(CASES, cases(2, must_pass=(1,)).replace("    expected: good\n", ""))
    unscored = run(pytester, "prompts/", "-rs")
    unscored.assert_outcomes(skipped=1, failed=1)
    unscored.stdout.fnmatch_lines(
        ["mood: unscored: the case gives no `expected`", "*unscored: mood: the case gives no `expected`"]
    )


def test_only_what_lies_in_a_prompt_root_is_collected(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch)
    scratch.write("tests/fixtures/broken.prompt.yml", "not: [valid")
    scratch.write("promptstead.toml", 'exclude = ["prompts/old/*"]\n')
    scratch.write("prompts/old/gone.prompt.yml", "not: [valid")
    run(pytester).assert_outcomes(passed=3)
    run(pytester, "-p", "no:promptstead", "prompts/").assert_outcomes()


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        (PATH, PROMPT.replace("title:", "titel:"), f"{PATH}: this prompt is not valid (run promptstead lint)"),
        (OUTPUTS, "outputs: 1\n", f"{PATH}: its recorded outputs are not valid (run promptstead lint)"),
        ("promptstead.toml", "rots = 1\n", "*promptstead.toml:1: unknown setting `rots`*"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    pytester: pytest.Pytester, scratch: ScratchRepository, path: str, text: str, says: str
) -> None:
    write_sample(scratch)
    scratch.write(path, text)
    done = run(pytester, "prompts/")
    assert done.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR)
    output = pytest.LineMatcher([*done.outlines, *done.errlines])
    output.fnmatch_lines([says])
    output.no_fnmatch_line("*Traceback*")


def test_the_fixture(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch, recorded=outputs(answered(2)))
    pytester.makepyfile(
        """
        import pytest
        from promptstead.errors import PromptsteadError

        def test_messages(promptstead):
            messages = promptstead["shop/mood"].messages(review="Nice.")
            assert messages[-1] == {"role": "user", "content": "<review>\\nNice.\\n</review>\\n"}
            with pytest.raises(PromptsteadError, match="reviw"):
                promptstead["shop/mood"].messages(reviw="Nice.")

        def test_answers(promptstead):
            prompt = promptstead["shop/mood"]
            assert prompt.answer("r001") == "good"
            with pytest.raises(PromptsteadError, match="no recorded answer"):
                prompt.answer("r002")
            with pytest.raises(PromptsteadError, match="there is no case"):
                prompt.answer("r9")

        def test_checks(promptstead):
            prompt = promptstead["shop/mood"]
            prompt.check(" good ", "r000")
            assert prompt.results("good")["mood"].value is None
            with pytest.raises(AssertionError, match="short: .*, got 4"):
                prompt.check("it is quite good", review="Nice.")

        def test_unknown(promptstead):
            promptstead["shop/mod"]
        """
    )
    done = run(pytester)
    done.assert_outcomes(passed=5, failed=1, skipped=1)
    done.stdout.fnmatch_lines(["*there is no prompt and no file `shop/mod` (did you mean `shop/mood`?)*"])


def test_a_run_without_prompts_imports_nothing_of_it(pytester: pytest.Pytester, tmp_path: Path) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_imports():
            ours = {"promptstead.operations", "promptstead.prompts", "promptstead.documents"}
            assert not {*ours, "yaml"} & sys.modules.keys()
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_live_answers_are_asked_together_and_only_those_selected(
    pytester: pytest.Pytester, scratch: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    write_recorded(scratch, 4, script=[{"contains": "Review 1:", "text": "bad"}, {"text": "good"}])
    run(pytester, "prompts/").assert_outcomes(skipped=4)  # nothing is recorded, and nothing is called
    done = run(pytester, "prompts/", "--prompts-live", "-k", "not r003", "--prompts-run", "a.run.jsonl")
    done.assert_outcomes(passed=2, failed=1, deselected=1)
    done.stdout.fnmatch_lines(["mood: expected `good`, got `bad`"])
    with opened_run(str(pytester.path / "a.run.jsonl")) as reader:
        assert sorted(row.result.case.id for row in reader.rows()) == ["r000", "r001", "r002"]
        assert reader.end is not None
        assert reader.end.requests == 3
    limited = run(pytester, "prompts/", "--prompts-live", "--prompts-max-requests", "2", "-rs")
    limited.assert_outcomes(passed=1, failed=3)  # what was asked for and not done is not green
    limited.stdout.fnmatch_lines(["*not called: the limit of 2 requests is reached*"])
    again = run(pytester, "prompts/", "--prompts-live", "--prompts-run", "a.run.jsonl")
    assert again.ret == pytest.ExitCode.USAGE_ERROR
    again.stdout.fnmatch_lines(["*this file exists, and a run never overwrites*"])
    several = run(pytester, "prompts/", "--prompts-live", "-n", "2")
    several.stderr.fnmatch_lines(["*run it without -n*"])
    replayed = run(pytester, "prompts/", "--prompts-max-cost", "1")
    assert replayed.ret == pytest.ExitCode.USAGE_ERROR
    replayed.stderr.fnmatch_lines(["*--prompts-max-cost: nothing is asked without --prompts-live*"])


def test_each_counterexample_is_a_test(pytester: pytest.Pytester, scratch: ScratchRepository) -> None:
    write_sample(scratch, 1, recorded=outputs({0: "good"}))
    lines = [
        f"  - {{id: {name}, case: r000, output: {answer}, caught_by: {check}, why: It is good.}}"
        for name, answer, check in (("bad", "bad", "mood"), ("wordy", "good", "short"), ("gone", "bad", "moo"))
    ]
    entries = "\n".join(["schema: promptstead/counterexamples/v1", "counterexamples:", *lines])
    scratch.write("prompts/shop/mood/counterexamples.yml", entries + "\n")
    done = run(pytester, "prompts/", "-v", "-rs")
    done.assert_outcomes(passed=2, failed=1, skipped=1)
    done.stdout.fnmatch_lines(
        [
            f"{PATH}::counterexample[[]bad] PASSED*",
            f"{PATH}::counterexample[[]wordy] FAILED*",
            f"{PATH}::counterexample[[]gone] SKIPPED*",
            f"{PATH}::r000 PASSED*",
            "short passes an answer that it must fail: *",
            "prompts/shop/mood/counterexamples.yml:4: It is good.",
            "make the evaluator stricter, or correct the counterexample",
            "*not evaluated: moo: there is no evaluator `moo` for this case",
        ]
    )
    assert "Traceback" not in done.stdout.str()
