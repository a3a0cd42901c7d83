"""A package that changes: runs name its version, comparisons say so, and lint remembers nothing of the former one."""

import json
from typing import Any

import pytest

from tests.conftest import ScratchRepository
from tests.extensions.installed import ACME, Environment
from tests.extensions.user import ALLOWED, User
from tests.samples import PATH, PROMPT, write_sample

CACHED = 20
CODE = (ACME / "src" / "acme_checks" / "__init__.py").read_text(encoding="utf-8")
WITH_POLITE = PROMPT.replace(
    "gate: {primary: mood", "  polite: {type: acme/polite, options: {words: [bad]}}\ngate: {primary: polite"
)
# Of another length: Python keeps compiled code by size and whole seconds, and knows no edit within one.
STRICTER = CODE.replace("[A-Z]{4,}", "[A-Z]{3,99}")


@pytest.fixture
def user(repository: ScratchRepository, environment: Environment) -> User:
    environment.install_acme()
    write_sample(repository)
    repository.write(PATH, WITH_POLITE)
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("main")
    return User(repository, environment)


def evaluators(user: User, name: str) -> dict[str, Any]:
    assert user.run("eval", "--run-file", name, "--quiet").code == 0
    first = (user.repository.root / name).read_text(encoding="utf-8").splitlines()[0]
    found: dict[str, Any] = json.loads(first)["prompts"][0]["evaluators"]
    return found


def test_a_comparison_of_runs_says_that_the_package_changed(user: User) -> None:
    before = evaluators(user, "before.run.jsonl")
    assert evaluators(user, "again.run.jsonl") == before
    user.environment.install_acme("1.1.0")
    after = evaluators(user, "after.run.jsonl")
    assert after["mood"] == before["mood"]
    assert (before["polite"]["version"], after["polite"]["version"]) == ("1.0.0", "1.1.0")
    assert before["polite"]["digest"] != after["polite"]["digest"]

    def left_out(name: str) -> set[str]:
        (prompt,) = user.run("compare", "before.run.jsonl", name, "--format", "json").json["prompts"]
        return {each["why"]["text"] for each in prompt["comparisons"][0]["left_out"]}

    assert left_out("again.run.jsonl") == set()
    assert left_out("after.run.jsonl") == {"evaluator `polite` changed"}


def test_a_combination_changes_with_its_part(user: User) -> None:
    text = (user.repository.root / PATH).read_text(encoding="utf-8")
    user.repository.write(PATH, text.replace("gate:", "  both: {type: all, of: [mood, polite]}\ngate:"))
    before = evaluators(user, "before.run.jsonl")
    user.environment.install_acme("1.1.0")
    assert evaluators(user, "after.run.jsonl")["both"]["digest"] != before["both"]["digest"]


@pytest.mark.parametrize("version", ["1.1.0", "1.0.0"], ids=["of another version", "edited where it lies"])
def test_lint_looks_again(user: User, version: str) -> None:
    clean = PROMPT.replace("You read", "API: you read")
    for number in range(CACHED):
        user.repository.write(f"prompts/shop/p{number}.prompt.yml", clean)
    home = str(user.repository.root / "cache")

    def found() -> list[str]:
        done = user.run("lint", "--select", "ACME", "--format", "json", XDG_CACHE_HOME=home)
        return [each["code"] for each in done.json["findings"]]

    assert found() == []
    assert found() == []
    user.environment.install_acme(version)
    (user.environment.site / "acme_checks" / "__init__.py").write_text(STRICTER, encoding="utf-8")
    assert found() == ["ACME101"] * CACHED


def test_options_are_looked_at_again_where_a_prompt_alone_uses_a_package(user: User) -> None:
    """The settings at hand name no package, so that no package is in what lint remembers by."""
    user.repository.write("promptstead.toml", "")
    text = (user.repository.root / PATH).read_text(encoding="utf-8")
    for number in range(CACHED):
        user.repository.write(f"prompts/shop/p{number}.prompt.yml", text)
    home = str(user.repository.root / "cache")
    assert user.run("lint", "--select", "SCH", XDG_CACHE_HOME=home).code == 0
    other = CODE.replace('"required": ["words"]', '"required": ["words", "language"]')
    (user.environment.site / "acme_checks" / "__init__.py").write_text(other, encoding="utf-8")
    done = user.run("lint", "--select", "SCH", XDG_CACHE_HOME=home)
    assert (done.code, done.out.count("SCH001")) == (1, CACHED + 1)
