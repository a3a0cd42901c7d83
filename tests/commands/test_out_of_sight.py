"""A change of the settings, or of where files lie, hides no prompt: what it takes out of sight is judged, and said."""

from typing import Any

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, DATA, OUTPUTS, PARTIAL, PATH, PROMPT, answered, cases, outputs, write_sample

HIDDEN = "1 prompt is no longer looked at: `shop/mood`"
SETTINGS = "promptstead.toml"
FIRST_FORMAT = '{"format": "promptstead/baseline/v1", "findings": []}'


def review(repository: ScratchRepository, form: str = "json") -> Any:
    done = run("review", "HEAD~1..HEAD", "--format", form, cwd=repository.root)
    assert done.err == ""
    return done.said if form == "json" else done.out


def hide(repository: ScratchRepository, how: str) -> None:
    """Take the prompt out of sight."""
    if how == "exclude":
        repository.write(SETTINGS, 'exclude = ["prompts/shop/*"]\n')
    elif how == "roots":
        repository.write(SETTINGS, 'roots = ["others"]\n')
    elif how == "folder":
        repository.run("mv", "prompts/shop", "drafts")
    elif how == "suffix":
        repository.run("mv", PATH, PATH.replace(".prompt.yml", ".yml"))


@pytest.mark.parametrize("how", ["exclude", "roots", "folder", "suffix"])
def test_what_is_no_longer_looked_at_is_named(repository: ScratchRepository, how: str) -> None:
    write_sample(repository)
    repository.commit()
    hide(repository, how)
    repository.commit()
    document = review(repository)
    assert document["unlisted"] == ["shop/mood"]
    assert document["weakens"][0] == HIDDEN


def test_every_form_names_it_in_its_first_lines(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    hide(repository, "exclude")
    repository.commit()
    plain = HIDDEN.replace("`", "")
    markdown = review(repository, "md").splitlines()
    assert markdown[0].startswith("⚠ **1 prompt is no longer looked at · ")
    assert markdown[2] == f"- `{plain}`"
    text = review(repository, "text").splitlines()
    assert text[0].startswith("1 prompt is no longer looked at · ")
    assert text[2] == f"! {plain}"
    assert HIDDEN in review(repository, "html")
    assert review(repository, "github").startswith(f"::warning title=prompt review::{HIDDEN}\n")


@pytest.mark.parametrize("how", ["exclude", "roots"])
def test_what_is_no_longer_looked_at_is_judged_all_the_same(repository: ScratchRepository, how: str) -> None:
    write_sample(repository, 60)
    repository.commit()
    hide(repository, how)
    repository.write(OUTPUTS, outputs(answered(60, wrong=50)))
    repository.commit()
    document = review(repository)
    assert document["counts"] == {"REGRESSION": 1}
    assert document["weakens"][0] == HIDDEN
    assert review(repository, "md").startswith("⛔ **1 prompt is no longer looked at · 1 regression**")


def test_a_new_prompt_that_its_own_change_excludes_is_judged(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    repository.commit()
    repository.write(PATH, PROMPT.replace("Answer with one word", "{{ nothing }} Answer with one word"))
    hide(repository, "exclude")
    repository.commit()
    document = review(repository)
    assert document["weakens"][0] == HIDDEN
    assert document["blocks"]
    assert [prompt["id"] for prompt in document["prompts"]] == ["shop/mood"]


def test_a_prompt_that_git_ignores_is_gone_or_looked_at(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    repository.write(".gitignore", "prompts/\n")
    repository.run("rm", "--quiet", "--cached", "-r", "prompts")
    repository.commit()
    (prompt,) = review(repository)["prompts"]
    assert (prompt["id"], prompt["change"]["kind"]) == ("shop/mood", "removed")
    checked = run("check", "--format", "json", cwd=repository.root)
    assert [each["id"] for each in checked.json["prompts"]] == ["shop/mood"]


def test_a_root_that_is_renamed_hides_nothing(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    repository.run("mv", "prompts", "texts")
    repository.write(SETTINGS, 'roots = ["texts"]\n')
    repository.commit()
    document = review(repository)
    assert document["unlisted"] == []
    assert document["weakens"] == [f"`{SETTINGS}`: `roots` no longer has `prompts`"]


def test_settings_that_ask_for_less_are_said_where_no_prompt_changed(repository: ScratchRepository) -> None:
    repository.write(SETTINGS, "")
    repository.commit()
    repository.write(SETTINGS, '[lint]\nignore = ["SEC301"]\n')
    repository.commit()
    assert review(repository)["weakens"] == [f"`{SETTINGS}`: `ignore` has `SEC301` now"]
    assert review(repository, "md").startswith("⚠ **No prompt changed**")
    assert f"! {SETTINGS}: ignore has SEC301 now" in review(repository, "text")
    repository.write(SETTINGS, "")
    repository.commit()
    assert review(repository)["weakens"] == []  # what asks for more is no caution


def test_settings_of_a_folder_and_a_longer_baseline_are_said(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, PROMPT.replace("title: Mood of a review\n", ""))
    repository.commit()
    repository.write("prompts/shop/promptstead.toml", "[lint]\nignore = ['SEC']\n")
    run("lint", "--write-baseline", cwd=repository.root)
    repository.commit()
    assert review(repository)["weakens"][:2] == [
        "`prompts/shop/promptstead.toml` is new: commands that start in its folder take their settings from it",
        "the baseline `promptstead-baseline.json` allows 1 more finding",
    ]
    repository.write("promptstead-baseline.json", "{")
    repository.commit()
    assert "the baseline `promptstead-baseline.json`: this is not a baseline" in review(repository)["weakens"]


def test_a_baseline_that_is_written_anew_allows_no_more(repository: ScratchRepository) -> None:
    write_sample(repository)
    keys = [f'{{"file": "a", "code": "TPL101", "key": "{key}", "count": 2}}' for key in "ab"]
    repository.write("promptstead-baseline.json", FIRST_FORMAT.replace("[]", f"[{', '.join(keys)}]"))
    repository.commit()
    repository.write("promptstead-baseline.json", FIRST_FORMAT.replace("[]", f"[{keys[0]}]").replace("v1", "v2"))
    repository.commit()
    assert review(repository)["weakens"] == []
    again = [key.replace(": 2", ": 3") for key in keys]
    repository.write(
        "promptstead-baseline.json", FIRST_FORMAT.replace("[]", f"[{', '.join(again)}]").replace("v1", "v2")
    )
    repository.commit()
    assert review(repository)["weakens"] == ["the baseline `promptstead-baseline.json` allows 4 more findings"]


def test_many_are_counted_and_the_first_named(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    for number in range(30):
        repository.write(f"prompts/shop/mood{number:02}.prompt.yml", PROMPT)
    repository.commit()
    hide(repository, "exclude")
    repository.commit()
    document = review(repository)
    assert len(document["unlisted"]) == 30
    assert document["weakens"][0].startswith("30 prompts are no longer looked at: `shop/mood00`, `shop/mood01`, ")
    assert document["weakens"][0].endswith("`shop/mood04` and 25 more")
    assert document["prompts"] == []


def test_check_says_what_the_base_still_named(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH.replace("mood", "other"), PROMPT)
    repository.commit()
    repository.write(SETTINGS, 'exclude = ["prompts/shop/mood*"]\n[lint]\nignore = ["SEC"]\n')
    done = run("check", "--stage", "review", "--base", "HEAD", cwd=repository.root)
    assert f"{HIDDEN}\n`{SETTINGS}`: `exclude` has `prompts/shop/mood*` now\n" in done.err
    assert f"`{SETTINGS}`: `ignore` has `SEC` now\n" in done.err


@pytest.mark.parametrize("command", ["check", "lint"])
def test_without_a_base_the_files_that_are_passed_over_are_counted(repository: ScratchRepository, command: str) -> None:
    write_sample(repository)
    for path in ("drafts/a.prompt.yml", "drafts/b.prompt.yaml", "prompts/old/c.prompt.yml"):
        repository.write(path, PROMPT)
    repository.write(SETTINGS, 'exclude = ["prompts/old/*"]\n')
    said = (
        "prompt files skipped: 1 by `exclude`, 2 outside `roots` "
        "(drafts/a.prompt.yml, drafts/b.prompt.yaml, prompts/old/c.prompt.yml)\n"
    )
    assert said in run(command, cwd=repository.root).err
    assert "prompt files skipped" not in run(command, "shop/mood", cwd=repository.root).err


def test_cases_and_answers_follow_a_prompt_that_is_hidden(repository: ScratchRepository) -> None:
    """A folder that is moved with all that is in it, and made worse on the way."""
    write_sample(repository, 60)
    repository.commit()
    repository.run("mv", "prompts/shop", "drafts")
    repository.write(OUTPUTS.replace("prompts/shop", "drafts"), outputs(answered(60, wrong=50)))
    repository.write(CASES.replace("prompts/shop", "drafts"), cases(60))
    repository.commit()
    document = review(repository)
    assert document["weakens"][0] == HIDDEN
    assert document["prompts"][0]["change"]["kind"] == "removed"


@pytest.mark.parametrize("command", ["diff", "compare"])
def test_who_compares_revisions_is_told(repository: ScratchRepository, command: str) -> None:
    write_sample(repository)
    repository.commit()
    hide(repository, "exclude")
    done = run(command, "HEAD", cwd=repository.root)
    assert done.err.startswith(f"{HIDDEN}\n`{SETTINGS}`: `exclude` has `prompts/shop/*` now\n")
