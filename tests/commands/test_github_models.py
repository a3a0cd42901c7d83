"""A prompt file of GitHub Models through the real command: what its own tools pass over is no error."""

from tests.command_line import run
from tests.conftest import ScratchRepository

PATH = "prompts/mood.prompt.yml"
PROMPT = """\
name: Mood
description: Says whether a review is good.
model: openai/gpt-4o-mini
messages:
  - role: system
    content: You read reviews for a shop. Answer good or bad.
  - role: user
    content: "{{review}}"
testData:
  - review: Nice shoes.
    expected: good
evaluators:
  - name: says good
    description: The answer is the word good, whatever its case.
    string: {contains: good}
"""


def test_an_evaluator_may_have_a_description(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT)
    for command in ("lint", "check"):
        done = run(command, PATH, "--format", "json", cwd=repository.root)
        assert done.code == 0, done
        assert not [each for each in done.json["findings"] if each["code"].startswith("SCH")]


def test_an_unknown_key_of_an_evaluator_is_a_warning_and_the_evaluator_judges(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT.replace("    description: The", "    owner: shop\n    remarks: The"))
    repository.write(
        "prompts/mood/outputs.yml",
        "schema: promptstead/outputs/v1\noutputs:\n"
        "  - {case: row-1, model: m, source: reference, samples: [{output: Very GOOD.}]}\n",
    )
    assert run("accept", "--all", "mood", cwd=repository.root, env={"CI": ""}).code == 0
    done = run("check", PATH, "--format", "json", cwd=repository.root)
    assert done.code == 0, done
    unknown = [each for each in done.json["findings"] if each["code"] == "SCH002"]
    assert [(each["level"], each["line"]) for each in unknown] == [("warning", 14), ("warning", 15)]
    assert ["owner" in unknown[0]["message"], "remarks" in unknown[1]["message"]] == [True, True]
    assert done.json["prompts"][0]["counts"]["pass"] == 1


def test_a_criterion_that_nobody_knows_is_an_error_since_nothing_would_judge(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT.replace("contains: good", "contain: good"))
    done = run("lint", PATH, "--format", "json", cwd=repository.root)
    assert done.code == 1
    assert "error" in [each["level"] for each in done.json["findings"] if each["code"].startswith("SCH")]
