"""Checks that are Python functions: which may run, and what those that misbehave come to."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.python_processes.functions import PythonChecks
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, DATA, OUTPUTS, PARTIAL, PATH, PROMPT, answered, cases, outputs, write_sample

CODE = """
import os, sys, time

def polite(answer):
    print("noise")
    return {"value": answer["output"] == "good", "reason": "said " + answer["output"]}

def score(answer):
    return answer["options"]["score"]

def hangs(answer):
    time.sleep(3600)

def dies(answer):
    os._exit(3)

def raises(answer):
    raise ValueError("no such thing")

def nan(answer):
    return float("nan")

def talks(answer):
    return {"value": True, "reason": "x" * 50_000_000}

def odd(answer):
    return [1]

def nothing(answer):
    return None

def environment(answer):
    return ",".join(key for key in os.environ if "SECRET" in key) or "clean"
"""
NAME = f"promptstead_checks_of_tests_{sys.version_info.minor}{os.environ.get('PYTEST_XDIST_WORKER', '')}"
"""Each process of a test run has its own: the module is deleted when one is done."""


@pytest.fixture(scope="module")
def installed() -> Iterator[str]:
    """A module among the installed packages, gone again afterwards."""
    path = Path(sysconfig.get_path("purelib")) / f"{NAME}.py"
    path.write_text(CODE, encoding="utf-8")
    yield NAME
    path.unlink()


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ("hangs", "took longer than 0.5 seconds"),
        ("dies", "ended its process"),
        ("raises", "it failed: ValueError: no such thing"),
        ("talks", "it said more than 64 KiB"),
        ("missing", "it cannot be imported: AttributeError"),
    ],
)
def test_a_function_that_misbehaves_is_an_error_and_the_next_answer_is_judged(
    installed: str, tmp_path: Path, function: str, why: str
) -> None:
    checks = PythonChecks([f"{installed}:*"], str(tmp_path))
    for _ in range(2):
        with pytest.raises(PromptsteadError, match=why):
            checks(f"{installed}:{function}")({"output": "x"}, 0.5 if function == "hangs" else 60)
    assert checks(f"{installed}:polite")({"output": "good"}, 30) == {"value": True, "reason": "said good"}
    checks.close()


def test_code_of_the_tree_under_review_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "smuggled.py").write_text("raise SystemExit('ran')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    checks = PythonChecks(["*:*"], str(tmp_path))
    with pytest.raises(PromptsteadError, match="no module `smuggled` is installed"):
        checks("smuggled:polite")({"output": "x"}, 30)
    checks.close()


def with_check(*functions: str) -> str:
    lines = "".join(
        f"  own-{function}: {{type: python, function: '{NAME}:{function}', timeout: 20, options: {{score: 0.5}}}}\n"
        for function in functions
    )
    return PROMPT.replace("gate:", f"{lines}gate:")


def test_the_base_decides_which_functions_run(installed: str, repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, with_check("polite"))
    repository.commit("main")
    repository.run("checkout", "--quiet", "-b", "change")
    repository.write("promptstead.toml", f'[policy]\npython_evaluators = ["{installed}:*"]\n')
    repository.commit("allow ourselves")
    own = run("check", "--verbose", cwd=repository.root)
    assert "3 unscored" in own.out
    repository.run("branch", "--force", "main", "change")
    assert "own-polite 100.00 % (3 of 3" in run("check", "--verbose", cwd=repository.root).out


def test_what_functions_may_say(installed: str, repository: ScratchRepository) -> None:
    write_sample(repository, 1)
    repository.write("promptstead.toml", f'[policy]\npython_evaluators = ["{installed}:*"]\n')
    repository.write(PATH, with_check("polite", "score", "nan", "odd", "nothing", "environment"))
    repository.commit("main")
    env = {"A_SECRET": "x"}
    assert run("eval", "--run-file", "x.run.jsonl", "--quiet", cwd=repository.root, env=env).code == 0
    text = (repository.root / "x.run.jsonl").read_text(encoding="utf-8")
    for said in (
        '"own-polite":{"value":true,"reason":{"code":"own-words","arguments":{},"text":"said good"}}',
        '"own-score":{"value":0.5,',
        '"own-nan":{"value":null,"reason":{"code":"evaluators.function-no-score","arguments":{"value":"nan"},',
        '"own-odd":{"value":null,',
        '"own-nothing":{"value":null,"reason":{"code":"evaluators.function-says-nothing","arguments":{},',
        '"own-environment":{"value":"clean",',
    ):
        assert said in text


def test_code_beside_the_folder_of_the_settings_is_of_the_change_too(repository: ScratchRepository) -> None:
    """As it is where a repository of several projects is installed for editing."""
    link = Path(sysconfig.get_path("purelib")) / f"{NAME}_link.pth"
    repository.write(f"lib/{NAME}_tree.py", CODE)
    for path, text in ((PATH, with_check("polite").replace(NAME, f"{NAME}_tree")), (PARTIAL, DATA), (CASES, cases(1))):
        repository.write(f"services/a/{path}", text)
    repository.write(f"services/a/{OUTPUTS}", outputs(answered(1)))
    repository.write("services/a/promptstead.toml", f'[policy]\npython_evaluators = ["{NAME}_tree:*"]\n')
    repository.commit("main")
    link.write_text(f"{repository.root / 'lib'}\n", encoding="utf-8")
    try:
        run("eval", "--run-file", "x.run.jsonl", "--quiet", cwd=repository.root / "services/a")
    finally:
        link.unlink()
    assert "lies in the tree under review" in (repository.root / "services/a/x.run.jsonl").read_text(encoding="utf-8")
