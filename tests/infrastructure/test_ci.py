import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_ci_installs_as_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"\bpip install (-q )?-e '\.\[dev\]'", readme)
    assert "pip install -qq --editable '.[dev]'" in SCRIPT


def test_ci_stops_at_the_first_failure_and_can_be_run() -> None:
    assert "set -euo pipefail" in SCRIPT.splitlines()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_actions_are_pinned_to_commits_that_name_their_version() -> None:
    uses = [
        line.strip()
        for path in (ROOT / ".github").rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(- )?uses:", line)
    ]
    assert uses
    for line in uses:
        pinned = re.fullmatch(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
        of_the_same_commit = re.fullmatch(r"uses: \$/\.github/(actions/\w+|workflows/\w+\.yml)", line)
        assert pinned or of_the_same_commit, line
