"""A list that a person owns: an entry comes and goes, and no other byte changes."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.documents.owned_list import Layout, OwnedList, rendered
from promptstead.errors import PromptsteadError
from tests.operations.pre_commit_configs import CONFIGS

ENTRY = {"repo": "local", "hooks": [{"id": "x", "files": r"^a: b|\.y$", "require_serial": True}]}


@pytest.mark.parametrize("name", [name for name, text in CONFIGS.items() if "repos" in text])
def test_an_entry_is_added_as_lines_and_reads_as_what_was_there_and_the_entry(name: str) -> None:
    text = CONFIGS[name]
    result = OwnedList(text, "repos", "x.yml").with_entry(ENTRY)
    before, after = yaml.safe_load(text.lstrip("\ufeff")), yaml.safe_load(result.lstrip("\ufeff"))
    assert after == before | {"repos": [*before["repos"], ENTRY]}
    rest = iter(result.splitlines())
    assert all(line in rest for line in text.splitlines()), "the lines of before, in their order"
    assert result.endswith("\n") == text.endswith("\n")
    added = result.count("\n") - text.count("\n")
    assert result.count("\r\n") - text.count("\r\n") == (added if "\r\n" in text else 0)
    again = OwnedList(result, "repos", "x.yml")
    count = len(rendered(ENTRY, again.layout))
    assert again.lines_of(len(again.entries) - 1, count) == rendered(ENTRY, again.layout)
    assert text in again.without_lines(len(again.entries) - 1, count)
    assert again.with_lines(len(again.entries) - 1, count, rendered(ENTRY, again.layout)) == result


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("two spaces, comments beside and between", Layout(2, 2, 2, 2)),
        ("four spaces, as pre-commit writes it", Layout(0, 4, 0, 4)),
        ("no indentation of lists", Layout(0, 2, 0, 2)),
        ("anchors and merge keys", Layout(2, 2, 2, 2)),
        ("deeply indented, quoted keys", Layout(6, 2, 6, 2)),
    ],
)
def test_the_layout_is_that_of_the_list(name: str, layout: Layout) -> None:
    assert OwnedList(CONFIGS[name], "repos", "x.yml").layout == layout


def test_comments_of_the_last_entry_stay_with_it_and_those_behind_the_list_behind_it() -> None:
    text = "repos:\n  - a: 1\n    # of a\n\n  # of the list\n# behind\nother: 1\n"
    result = OwnedList(text, "repos", "x.yml").with_entry({"b": 2})
    assert result == text.replace("# of the list\n", "# of the list\n  - b: 2\n")


def test_an_entry_in_the_middle_is_taken_out_and_put_in_again() -> None:
    text = "repos:\n- a: 1\n\n- b: 1\n  c: 2\n- d: 3\n"
    found = OwnedList(text, "repos", "x.yml")
    assert list(found.without_lines(1, 2)) == ["repos:\n- a: 1\n\n- d: 3\n", "repos:\n- a: 1\n- d: 3\n"]
    assert found.with_lines(1, 2, ["- x: 1"]) == "repos:\n- a: 1\n\n- x: 1\n- d: 3\n"


names = st.text("ab-#", min_size=1, max_size=3).map(lambda text: f"k{text.replace('#', 'h')}")
scalars = st.sampled_from(
    ["x", '"q: #"', "'- a'", "1", "~", "true", "|-\n{0}  t\n{0}  u", ">-\n{0}  t", "[a, {{b: c}}]"]
)


@st.composite
def lists(draw: st.DrawFn) -> str:
    """Return a text with a list of mappings under `repos`, in some layout, with comments where they may stand."""
    dash, gap = draw(st.integers(0, 4)), draw(st.integers(2, 4))
    lines = ["# head"] * draw(st.integers(0, 1)) + ["repos:  # beside"]
    for number in range(draw(st.integers(1, 3))):
        lines += [""] * draw(st.integers(0, 1)) + [" " * dash + "# above"] * draw(st.integers(0, 1))
        column = " " * (dash + gap)
        for key in range(draw(st.integers(1, 3))):
            start = column if key else " " * dash + "-" + " " * (gap - 1)
            lines.append(f"{start}k{number}{key}: {draw(scalars).format(column)}")
    lines += [" " * (dash + gap) + "# below"] * draw(st.integers(0, 1)) + [""] * draw(st.integers(0, 2))
    lines += draw(st.sampled_from([[], ["other: 1"], ["# foot"]]))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=50)
@given(lists())
def test_lists_of_any_layout(text: str) -> None:
    before: Any = yaml.safe_load(text)
    found = OwnedList(text, "repos", "x.yml")
    result = found.with_entry(ENTRY)
    assert yaml.safe_load(result) == before | {"repos": [*before["repos"], ENTRY]}
    again = OwnedList(result, "repos", "x.yml")
    index = len(again.entries) - 1
    assert text in again.without_lines(index, len(rendered(ENTRY, again.layout)))


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(PromptsteadError, match=r"x\.yml: the file has more than"):
        OwnedList("repos:\n" + "- a: 1\n" * 200_000, "repos", "x.yml")
