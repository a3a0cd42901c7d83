"""What of packages runs: what the base allows, of what is installed, and nothing else."""

import json
from pathlib import Path

import pytest

from tests.conftest import ScratchRepository
from tests.extensions.installed import Environment
from tests.extensions.user import ALLOWED, User
from tests.samples import PATH, PROMPT, answered, outputs, write_sample

POLITE = PROMPT.replace("gate:", "  polite: {type: acme/polite, options: {words: [bad]}}\ngate:")
SHOUTED = POLITE.replace("You read", "ALWAYS read")
CANNOT = "the evaluator cannot run: evaluator `polite`: "
MARK = "open({path!r}, 'a').write('x')\n"


def proof(tmp_path: Path) -> Path:
    return tmp_path / "ran"


@pytest.fixture
def user(repository: ScratchRepository, acme: Environment) -> User:
    write_sample(repository)
    repository.write(PATH, SHOUTED)
    return User(repository, acme)


def unscored(user: User) -> str:
    (found,) = user.run("eval", "--format", "json").json["results"][0]["unscored"]
    assert (found["evaluator"], found["samples"]) == ("polite", 3)
    return str(found["reason"]["text"])


def test_a_change_cannot_switch_a_package_on(user: User) -> None:
    user.repository.commit("main")
    user.repository.run("checkout", "--quiet", "-b", "change")
    user.repository.write("promptstead.toml", ALLOWED)
    user.repository.commit("allow ourselves")
    assert unscored(user) == CANNOT + "the evaluator `acme/polite` comes from a package, and the base allows none"
    done = user.run("lint", "--format", "json")
    assert done.err == "not run: the base does not allow acme-checks yet\n"
    (found,) = [each for each in done.json["findings"] if each["code"] == "SCH001"]
    assert (found["level"], found["path"]) == ("warning", PATH)
    assert found["hint"] == 'allow it in the configuration: [policy] plugins = ["name-of-the-package"]'
    assert "ACME101" not in done.out
    refused = user.run("lint", "--format", "acme/table")
    assert (refused.code, refused.out) == (2, "")
    assert "the format `acme/table` comes from a package, and the base allows none" in refused.err
    assert "ACME101" not in user.run("review", "main..change", "--format", "json").out
    listed = user.run("review", "main..change", "--format", "json").json
    assert "`plugins` has `acme-checks` now" in json.dumps(listed)
    assert "ACME101" not in user.run("rule").out
    user.repository.run("branch", "--force", "main", "change")
    assert "unscored" in user.run("eval", "--format", "json").out
    assert {each["code"] for each in user.findings()} == {"ACME101"}


def test_a_change_cannot_switch_it_off_in_a_review(user: User) -> None:
    user.repository.write("promptstead.toml", ALLOWED)
    user.repository.write(PATH, POLITE)
    user.repository.commit("main")
    user.repository.run("checkout", "--quiet", "-b", "change")
    user.repository.write("promptstead.toml", "")
    user.repository.write(PATH, SHOUTED)
    user.repository.commit("shout, and hide it")
    done = user.run("review", "main..change", "--format", "json")
    assert (done.code, "ACME101" in done.out) == (1, True)


def test_another_package_than_the_one_allowed_does_not_run(user: User) -> None:
    user.repository.write("promptstead.toml", '[policy]\nplugins = ["acme"]\n')
    user.repository.commit("main")
    done = user.run("lint")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "promptstead: the settings name the package `acme`, which is not installed here"
        " (install it: pip install acme; or take it out of [policy] plugins)\n"
    )
    assert unscored(user) == (
        CANNOT + "the evaluator `acme/polite` is of the package acme-checks, which the base does not allow"
    )


def test_a_name_is_compared_as_installers_compare_it(user: User) -> None:
    user.repository.write("promptstead.toml", '[policy]\nplugins = ["Acme_Checks"]\n')
    user.repository.commit("main")
    assert {each["code"] for each in user.findings()} == {"ACME101"}


def test_a_package_that_is_not_installed(repository: ScratchRepository, environment: Environment) -> None:
    user = User(repository, environment)
    write_sample(repository)
    repository.write(PATH, POLITE)
    repository.commit("main")
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("allowed")
    assert (
        unscored(user)
        == "the evaluator cannot run: evaluator `polite`: no installed package brings the evaluator `acme/polite`"
    )
    assert user.run("check").code == 2
    repository.write("promptstead.toml", "[lint]\nselect = ['ACME']\n")
    done = user.run("lint")
    assert done.code == 2
    assert "promptstead.toml: there is no rule `ACME` (for a rule from a package, install the package" in done.err


def test_what_the_tree_brings_is_not_looked_at(
    repository: ScratchRepository, environment: Environment, tmp_path: Path
) -> None:
    """The tree has a package with its metadata; a path leads there, as where it is installed for editing."""
    ran = proof(tmp_path)
    user = User(repository, environment)
    write_sample(repository)
    repository.write(PATH, SHOUTED)
    repository.write("promptstead.toml", ALLOWED)
    repository.write("acme_checks/__init__.py", MARK.format(path=str(ran)))
    repository.write("acme_checks-9.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme-checks\nVersion: 9\n")
    points = (
        "[promptstead.evaluators]\nacme/polite = acme_checks:POLITE\n[promptstead.rules]\nACME101 = acme_checks:R\n"
    )
    repository.write("acme_checks-9.dist-info/entry_points.txt", points)
    repository.commit("main")
    assert "which is not installed here" in user.run("lint", PYTHONPATH=str(repository.root)).err
    assert "no installed package brings" in unscored(user)
    (environment.site / "editable.pth").write_text(f"{repository.root}\n", encoding="utf-8")
    assert "which is not installed here" in user.run("lint").err
    metadata = (repository.root / "acme_checks-9.dist-info/METADATA").read_text(encoding="utf-8")
    (environment.site / "acme_checks-9.dist-info").mkdir()
    (environment.site / "acme_checks-9.dist-info/METADATA").write_text(metadata, encoding="utf-8")
    (environment.site / "acme_checks-9.dist-info/entry_points.txt").write_text(points, encoding="utf-8")
    assert "`acme_checks` lies in the tree under review; install it" in user.run("lint").err
    assert not ran.exists()


def test_nothing_is_imported_before_it_is_asked_for(
    repository: ScratchRepository, environment: Environment, tmp_path: Path
) -> None:
    """A package that is allowed, and of which the prompt uses nothing, is imported for its rules alone."""
    ran = proof(tmp_path)
    pyproject = '[project]\nname = "acme-checks"\nversion = "1"\n[project.entry-points."promptstead.evaluators"]\n'
    environment.install({"acme_checks.py": MARK.format(path=str(ran))}, pyproject + '"acme/polite" = "acme_checks:P"\n')
    user = User(repository, environment)
    write_sample(repository)
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("main")
    assert user.run("check").code == 0
    assert not ran.exists()
    repository.write(PATH, POLITE)
    assert "has no attribute" in unscored(user)
    assert ran.exists()


@pytest.mark.parametrize(
    ("points", "error"),
    [
        (
            '[project.entry-points."promptstead.rules"]\nACME202 = "other:R"\n',
            "two packages bring rules with the prefix `ACME`: acme-checks and other-checks",
        ),
        (
            '[project.entry-points."promptstead.rules"]\nACMEX202 = "other:R"\n',
            "two packages bring rules with the prefix `ACME`: acme-checks and other-checks",
        ),
        (
            '[project.entry-points."promptstead.rules"]\nSECURE101 = "other:R"\n',
            "the code `SECURE101` of the package other-checks begins like promptstead's own `SEC`",
        ),
        (
            '[project.entry-points."promptstead.rules"]\nSEC301 = "other:R"\n',
            "the package other-checks calls a rule `SEC301` (a code is four or more capitals of its own",
        ),
    ],
)
def test_codes_of_rules_have_one_owner(
    repository: ScratchRepository, environment: Environment, points: str, error: str
) -> None:
    environment.install_acme()
    environment.install({"other.py": ""}, f'[project]\nname = "other-checks"\nversion = "1"\n{points}')
    user = User(repository, environment)
    write_sample(repository)
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("main")
    assert user.run("lint").code == 0  # what is not allowed takes no code away
    repository.write("promptstead.toml", '[policy]\nplugins = ["acme-checks", "other-checks"]\n')
    repository.commit("both")
    done = user.run("lint")
    assert (done.code, done.out) == (2, "")
    assert error in done.err


def test_two_packages_with_one_evaluator(repository: ScratchRepository, environment: Environment) -> None:
    environment.install_acme()
    points = '[project.entry-points."promptstead.evaluators"]\n"acme/polite" = "other:P"\n'
    environment.install({"other.py": ""}, f'[project]\nname = "other-checks"\nversion = "1"\n{points}')
    user = User(repository, environment)
    write_sample(repository, recorded=outputs(answered(3)))
    repository.write(PATH, POLITE)
    repository.write("promptstead.toml", '[policy]\nplugins = ["acme-checks", "other-checks"]\n')
    repository.commit("main")
    assert "two packages bring the evaluator `acme/polite`: acme-checks and other-checks" in unscored(user)
