import json
import subprocess
import sys
from pathlib import Path

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
    assert ours <= {"promptstead.errors"}
    assert not tops & {"dataclasses", "inspect", "typing", "asyncio"}


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
