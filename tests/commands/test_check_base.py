"""``promptstead check --stage review --base``: what the contract rule compares with."""

from collections.abc import Callable

from tests.command_line import run
from tests.conftest import ScratchRepository

PATH = "prompts/shop/mood.prompt.yml"
PROMPT = """\
schema: promptstead/v1
title: Mood
inputs:
  review: {schema: {type: string, maxLength: 800}, trust: trusted}
messages: [{role: user, content: "Good or bad? {{ review }}"}]
"""
NARROWED = PROMPT.replace("800", "100")


def findings(repository: ScratchRepository, *arguments: str) -> tuple[list[str], str]:
    """Return the messages of the contract rule, and the lines on stderr."""
    done = run("check", "--stage", "review", "--format", "json", *arguments, cwd=repository.root)
    found = [each["message"] for each in done.json["findings"] if each["code"] == "VER902"]
    return found, done.err


def test_the_merge_base_with_main_unless_told_otherwise(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT)
    first = repository.commit()[:7]
    repository.run("switch", "--quiet", "--create", "change")
    repository.write(PATH, NARROWED)
    second = repository.commit()[:7]
    repository.run("switch", "--quiet", "main")
    repository.write("README", "main went on")
    repository.commit()
    repository.run("switch", "--quiet", "change")

    expected = f"undeclared break for callers: input `review`: maximum length lowered (compared with {first})"
    found, said = findings(repository)
    assert found == [expected]
    assert f"compared with the merge base with main, commit {first}\n" in said
    assert findings(repository, "--base", "main~1") == ([expected], f"compared with main~1, commit {first}\n")
    assert findings(repository, "--base", "HEAD") == ([], f"compared with HEAD, commit {second}\n")


def test_the_remotes_default_branch_comes_first(
    repository: ScratchRepository, new_repository: Callable[[str], ScratchRepository]
) -> None:
    repository.write(PATH, PROMPT)
    repository.commit()
    other = new_repository("other")
    other.run("remote", "add", "origin", str(repository.root))
    other.run("fetch", "--quiet", "origin")
    other.run("reset", "--quiet", "--hard", "origin/main")
    other.run("remote", "set-head", "origin", "main")
    other.write(PATH, NARROWED)
    other.commit()  # on its own main, which origin does not have
    found, said = findings(other)
    assert len(found) == 1
    assert "compared with the merge base with origin/main, commit " in said


def test_a_renamed_prompt_is_compared_with_its_former_self(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT)
    repository.commit()
    (repository.root / PATH).unlink()
    repository.write(
        "prompts/shop/tone.prompt.yml", NARROWED.replace("title: Mood", "title: Mood\naliases: [shop/mood]")
    )
    assert len(findings(repository)[0]) == 1


def test_skipped_and_said_where_there_is_nothing_to_compare_with(repository: ScratchRepository) -> None:
    repository.write(PATH, NARROWED)
    assert findings(repository) == ([], "not compared with a base revision: the repository has no commits yet\n")
    repository.commit()
    repository.run("branch", "--move", "trunk")
    found, said = findings(repository)
    assert found == []
    assert said.startswith("not compared with a base revision: there is no branch `origin/HEAD` or `main`")


def test_without_git(new_repository: Callable[[str], ScratchRepository]) -> None:
    plain = new_repository("plain")
    plain.write("promptstead.toml", "")
    plain.write(PATH, PROMPT)
    for path in sorted((plain.root / ".git").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (plain.root / ".git").rmdir()
    found, said = findings(plain)
    assert found == []
    assert said.startswith("not compared with a base revision: not a Git repository")


def test_a_revision_that_cannot_be_read_is_an_error(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT)
    repository.commit()
    unknown = run("check", "--stage", "review", "--base", "nowhere", cwd=repository.root)
    assert unknown.code == 2
    assert "there is no revision `nowhere`" in unknown.err
    edit = run("check", "--base", "main", cwd=repository.root)
    assert (edit.code, edit.err) == (
        2,
        "promptstead: --base needs a stage that compares revisions (add --stage review)\n",
    )


def test_broken_settings_of_the_base_block_nobody(repository: ScratchRepository) -> None:
    repository.write(PATH, PROMPT)
    repository.write("promptstead.toml", "rots = []\n")
    repository.commit()
    repository.write("promptstead.toml", "")
    found, said = findings(repository)
    assert found == []
    assert "not compared with a base revision: unknown setting `rots`" in said
