import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import corpus

SLOW = {"openai", "git", "rich", "jinja2", "asyncio", "pydantic", "jsonschema", "ruamel"}


def modules_after(code: str, folder: Path) -> set[str]:
    """Run *code* in a fresh interpreter in *folder*; return the modules that it loaded, by full name."""
    report = "import json\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    script = f"import sys\nbefore = set(sys.modules)\n{code}\n{report}"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_runtime_loads_the_standard_library_only(tmp_path: Path) -> None:
    loaded = modules_after("import promptstead.runtime.bundle", tmp_path)
    tops = {name.partition(".")[0] for name in loaded}
    assert tops <= sys.stdlib_module_names | {"promptstead"}
    ours = {name for name in loaded if name.startswith("promptstead.") and not name.startswith("promptstead.runtime")}
    assert ours <= {"promptstead.errors", "promptstead.format_version"}
    assert not tops & {"dataclasses", "inspect", "typing", "asyncio"}


@pytest.mark.parametrize(
    "arguments", [["lint", "p0.prompt.yml"], ["lint"], ["fmt", "--check"], ["check"], ["check", "--stage", "review"]]
)
def test_hooks_and_readers_load_no_package_that_sets_up_or_witnesses(arguments: list[str], tmp_path: Path) -> None:
    corpus.write(tmp_path, 3)
    first = next(path for path in sorted(tmp_path.rglob("*.prompt.yml")))
    named = [str(first) if argument == "p0.prompt.yml" else argument for argument in arguments]
    loaded = modules_after(f"from promptstead.cli import run\nassert run({named}) in (0, 1)", tmp_path)
    assert "promptstead.documents.yaml_reader" in loaded
    assert not {name.partition(".")[0] for name in loaded} & {"git", "gitdb", "ruamel", "jsonschema", "referencing"}


def test_a_release_hears_the_second_witness(tmp_path: Path) -> None:
    corpus.write(tmp_path, 1)
    loaded = modules_after("from promptstead.cli import run\nrun(['check', '--stage', 'release'])", tmp_path)
    assert {"jsonschema", "jsonschema_rs"} <= loaded
    assert not loaded & {"git", "ruamel.yaml"}


def test_lint_of_clean_files_loads_nothing_slow(tmp_path: Path) -> None:
    corpus.write(tmp_path, 20)
    loaded = modules_after(
        "from promptstead.cli import run\n"
        "try:\n    code = run(['lint'])\nexcept SystemExit as stop:\n    code = stop.code\n"
        "assert code in (0, None), code",
        tmp_path,
    )
    assert "promptstead.lint.engine" in loaded
    assert not {name.partition(".")[0] for name in loaded} & SLOW
