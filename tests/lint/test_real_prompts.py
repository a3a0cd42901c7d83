"""Prompt files of GitHub Models as their owners committed them."""

from collections import Counter
from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.prompts.compile import case_messages, open_prompt
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree

DATA = Path(__file__).parents[3] / "shared" / "data" / "github-models"
INVALID = {
    "fix-build-errors": 10,
    "fix-test-failures": 10,
    "workflow-results-code-quality": 21,
    "workflow-results-test-matrix": 21,
}
"""Files that are not YAML as committed -> the line that ends a block too early."""
BARE = {"INJ201": 1}
CODES: dict[str, dict[str, int]] = {
    "code-review.prompt": {"INJ201": 1, "INJ203": 1, "INJ204": 1},
    "failed-run-analyze.prompt": {"INJ201": 1, "EXA502": 3, "OUT404": 1, "SCH002": 1},
    "fix-code-quality.prompt": {"INJ201": 1, "INJ203": 1, "INJ204": 1},
    "optimize-performance.prompt": {"INJ201": 1, "INJ203": 1, "INJ204": 1},
    "troubleshoot-issue.prompt": {"INJ201": 1, "INJ203": 1, "INJ204": 1},
    "wpf-debug-improve.prompt": {"INJ201": 1, "INJ203": 1, "INJ204": 1},
} | {f"{name}.prompt": {"SCH005": 1} for name in INVALID}
"""What is found in a file; in those that are not listed, one message with bare inputs."""
MODEL = {"MOD701": 1, "MOD702": 1}
"""What is found as well where a model is named, always one that ends on 2027-01-14."""
UNCAPPED = ("json-schema.prompt", "simple.prompt")
"""Files that name a model and cap nothing."""

EMPTY = "ms-mfg-community__gh-abcs-actions/.github/prompts/code-review.prompt.yml"
FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.yml"))

pytestmark = pytest.mark.skipif(not FILES, reason="the GitHub Models files are not beside this repository")


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(WorkingTree(str(DATA)), Config())


def test_all_files_are_there() -> None:
    assert len(FILES) == 26


@pytest.mark.parametrize("path", FILES)
def test_lints_to_the_expected_codes(path: str, library: Library) -> None:
    loaded = library.load(path)
    found = Engine(Config(), today="2026-11-22").check(loaded)
    expected = {"SCH001": 1} if path == EMPTY else CODES.get(Path(path).stem, BARE)
    if loaded.prompt is not None and loaded.prompt.model.name:
        expected = expected | MODEL | ({"MOD704": 1} if Path(path).stem in UNCAPPED else {})
    assert Counter(finding.code for finding in found) == expected
    assert {finding.level for finding in found if finding.code.startswith("INJ")} <= {"note"}


@pytest.mark.parametrize("path", [path for path in FILES if Path(path).name.partition(".")[0] in INVALID])
def test_broken_blocks_are_found_where_they_end(path: str, library: Library) -> None:
    [finding] = Engine(Config()).check(library.load(path))
    assert (finding.code, finding.line, finding.column) == (
        "SCH005",
        INVALID[Path(path).name.partition(".")[0]],
        1,
    )


@pytest.mark.parametrize("path", FILES)
def test_every_row_of_a_valid_file_renders(path: str, library: Library) -> None:
    loaded = library.load(path)
    if loaded.prompt is None:
        assert path == EMPTY or Path(path).name.partition(".")[0] in INVALID
        return
    rendered = open_prompt(loaded)
    for case in loaded.prompt.cases:
        messages = case_messages(rendered, loaded.prompt, case)
        assert [message["role"] for message in messages] == [message.role for message in loaded.prompt.messages]
        for message, written in zip(messages, loaded.prompt.messages, strict=True):
            text = written.parts[0].template
            for name, value in case.inputs.items():
                text = text.replace("{{" + name + "}}", str(value))
            assert message["content"] == text
