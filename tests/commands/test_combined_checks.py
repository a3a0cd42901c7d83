"""Checks that combine others and checks of the call, through the command line."""

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.recorded import at_home, write_recorded
from tests.samples import PATH, PROMPT, write_sample


def with_checks(text: str) -> str:
    return PROMPT.replace("gate:", f"{text}gate:")


def test_names_that_are_not_there_and_circles_are_found_at_their_place(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(
        PATH,
        with_checks(
            "  both: {type: all, of: [mod, short]}\n"
            "  left: {type: any, of: [right]}\n"
            "  right: {type: formula, formula: left and mood}\n"
            "  odd: {type: formula, formula: mood +}\n"
        ),
    )
    done = run("lint", cwd=repository.root)
    assert done.code == 1
    found = [line.removeprefix(f"{PATH}:") for line in done.out.splitlines() if line.startswith(PATH)]
    assert [line.partition(": ")[0].split(":")[0] for line in found] == ["22", "23", "24", "25"]
    assert "evaluator `both`: there is no evaluator `mod` to combine" in found[0]
    assert "did you mean `mood`?" in done.out
    assert "evaluator `left`: `left` is part of itself" in found[1]
    assert "evaluator `odd`: the formula is malformed" in found[3]


def test_either_of_two_checks_is_enough(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(
        PATH,
        with_checks("  shouted: {type: equals, value: GOOD}\n  either: {type: any, of: [mood, shouted]}\n"),
    )
    done = run("check", "--verbose", cwd=repository.root)
    assert done.code == 0
    assert "3 pass" in done.out
    assert "shouted 0.00 % (0 of 3" in done.out


def test_tokens_and_cost_of_recorded_answers(repository: ScratchRepository) -> None:
    """The fake model counts its tokens; its price is in the configuration, as that of any model."""
    write_recorded(repository, 1)
    prompt = (repository.root / PATH).read_text(encoding="utf-8")
    checks = (
        "  frugal: {type: tokens, max: 1000}\n  cheap: {type: cost, max: 0.001}\n  quick: {type: latency, max: 9}\n"
    )
    repository.write(PATH, prompt.replace("gate:", f"{checks}gate:"))
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    verbose = run("check", "--verbose", cwd=repository.root).out
    assert "frugal 100.00 % (1 of 1" in verbose
    assert "cheap: expected at most 0.001, got 0." in verbose
    unknown = run("check", "--format", "json", cwd=repository.root).json["prompts"][0]["rates"]["fake/script"]
    assert {rate["evaluator"]: rate["unscored"] for rate in unknown}["quick"] == 1


def test_tokens_that_nobody_counted_are_unscored(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, with_checks("  few-tokens: {type: tokens, max: 50}\n"))
    assert "3 unscored" in run("check", cwd=repository.root).out
