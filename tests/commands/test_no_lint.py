"""``check --no-lint`` and ``fmt --skip-invalid``: what the hooks run, so that lint alone says what is wrong."""

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import PATH, PROMPT, answered, outputs, write_sample


def test_check_says_nothing_of_the_rules(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, PROMPT.replace("{{ review |", "{{ reveiw |"))
    assert "TPL101" in run("check", cwd=repository.root).out
    done = run("check", "--no-lint", cwd=repository.root)
    assert (done.code, "TPL101" in done.out + done.err) == (0, False)
    assert run("check", "--no-lint", "--format", "json", cwd=repository.root).json["findings"] == []


def test_a_wrong_reference_answer_still_fails(repository: ScratchRepository) -> None:
    write_sample(repository, recorded=outputs({0: "bad"}, source="reference"))
    assert run("check", "--no-lint", cwd=repository.root).code == 1


def test_fmt_passes_over_what_is_not_valid(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, "title: [")
    assert run("fmt", cwd=repository.root).code == 1
    done = run("fmt", "--skip-invalid", cwd=repository.root)
    assert done.code == 0
    assert PATH not in done.out + done.err


def test_lint_of_the_settings_is_lint_of_every_prompt(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write("promptstead.toml", "")
    repository.write(PATH, PROMPT.replace("{{ review |", "{{ reveiw |"))
    assert "TPL101" in run("lint", "promptstead.toml", cwd=repository.root).out


def test_accept_names_few_of_many_answers(repository: ScratchRepository) -> None:
    write_sample(repository, 40, recorded=untied(outputs(answered(40), source="reference")))
    done = run("accept", cwd=repository.root)
    (line,) = done.out.splitlines()
    assert line.endswith("r009 and 30 more")


def untied(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "    inputs: " not in line)


@pytest.mark.usefixtures("no_git_configuration")
def test_a_missing_key_says_how_to_go_on_without(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    write_sample(repository)
    settings = '[models.fast]\nprovider = "openai"\nsnapshot = "gpt-5.4-mini-2026-03-17"\n'
    repository.write("promptstead.toml", settings)
    done = run("eval", "--live", "--model", "fast", "--run-file", "x.run.jsonl", cwd=repository.root)
    assert done.code == 2
    assert "is not set (set it in the environment, never in a file; without a key, --model fake/echo tries" in done.err
