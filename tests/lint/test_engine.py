"""Levels, selection, order and bounds of a lint run."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.lint.engine import MAX_FINDINGS, MAX_PROBLEMS, Engine, failing
from promptstead.lint.finding import Finding
from promptstead.lint.rule_table import OPTIONAL, TABLE, selected
from promptstead.model import Level, Stage
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree
from promptstead.words.sentence import NOTHING_SAID, own_words
from tests.trees import MemoryTree

HEAD = "schema: promptstead/v1\ntitle: Greeting\n"
INPUT = "{schema: {type: string}, trust: untrusted, description: text, example: text}"
UNTIDY = (
    HEAD
    + f"inputs: {{a: {INPUT}, b: {INPUT}}}\nmessages:\n"
    + "  - {role: system, content: '{{ a }}'}\n  - {role: user, content: '{{ c }}'}\n"
)


def check(
    root: Path,
    files: Mapping[str, str],
    config: Config | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    stage: Stage = "edit",
) -> list[Finding]:
    """Write *files* and return what all prompts among them are found to have, in one run."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    library = Library(WorkingTree(str(root)), config or Config())
    engine = Engine(config or Config(), stage, select, ignore)
    return [finding for loaded in library.load_all() for finding in engine.check(loaded)]


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_findings_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = check(tmp_path, {"prompts/p.prompt.yml": UNTIDY})
    assert [(one.code, one.level, one.line) for one in found] == [
        ("TPL102", "warning", 3),
        ("INJ202", "error", 5),
        ("TPL101", "error", 6),
    ]
    assert {one.prompt for one in found} == {"p"}


def test_select_and_ignore_take_prefixes(tmp_path: Path) -> None:
    files = {"prompts/p.prompt.yml": UNTIDY}
    assert codes(check(tmp_path, files, select=("TPL",))) == ["TPL102", "TPL101"]
    assert codes(check(tmp_path, files, select=("TPL",), ignore=("TPL102",))) == ["TPL101"]
    assert codes(check(tmp_path, files, ignore=("T", "I"))) == []
    assert codes(check(tmp_path, files, Config(select=("INJ",)))) == ["INJ202"]
    assert codes(check(tmp_path, files, Config(select=("INJ",)), select=("TPL101",))) == ["TPL101"]
    assert codes(check(tmp_path, files, Config(ignore=("INJ",)), ignore=("TPL101",))) == ["TPL102"]


def test_selected_keeps_the_order_of_the_table() -> None:
    assert selected(("TPL106", "SCH00"), ("SCH003",)) == ["SCH001", "SCH002", "SCH004", "SCH005", "SCH006", "TPL106"]


def test_an_optional_rule_is_on_where_its_whole_code_is_named(tmp_path: Path) -> None:
    for select, named, on in (
        ((), (), False),
        (("SEC",), (), False),
        (("SEC303",), (), True),
        (("SEC", "SEC303"), (), True),
        ((), ("SEC303",), True),
        (("INJ",), ("SEC303",), False),
    ):
        assert ("SEC303" in selected(select, (), named=named)) is on, (select, named)
    assert "SEC303" not in selected(("SEC303",), ("SEC",))
    files = {"prompts/p.prompt.yml": "messages: [{role: user, content: See http://crm.corp.internal}]\n"}
    assert "SEC303" not in codes(check(tmp_path, files))
    assert "SEC303" in codes(check(tmp_path, files, Config(levels={"SEC303": "note"})))


def test_ignores_for_a_file_name_paths(tmp_path: Path) -> None:
    files = {"prompts/old/p.prompt.yml": UNTIDY, "prompts/q.prompt.yml": UNTIDY}
    config = Config(per_file_ignores={"prompts/old/*": ("TPL", "INJ202"), "*": ("TPL102",), "nothing": ()})
    assert [(one.path, one.code) for one in check(tmp_path, files, config)] == [
        ("prompts/q.prompt.yml", "INJ202"),
        ("prompts/q.prompt.yml", "TPL101"),
    ]


def test_ignores_for_a_partial_name_the_partial(tmp_path: Path) -> None:
    files = {
        "prompts/p.prompt.yml": HEAD + "messages: [{role: user, content: '{% include \"partials/a.md\" %}'}]\n",
        "prompts/partials/a.md": "{{ nobody }}",
    }
    assert codes(check(tmp_path, files)) == ["TPL101"]
    assert codes(check(tmp_path, files, Config(per_file_ignores={"prompts/partials/*": ("TPL",)}))) == []
    assert codes(check(tmp_path, files, Config(per_file_ignores={"prompts/*.yml": ("TPL",)}))) == ["TPL101"]


def test_a_problem_in_a_shared_file_is_reported_once(tmp_path: Path) -> None:
    prompt = (
        HEAD
        + "messages: [{role: user, content: '{% include \"partials/a.md\" %}'}]\n"
        + "evaluators: {use: [evaluators/e.yml]}\n"
    )
    files = {
        "prompts/p.prompt.yml": prompt,
        "prompts/q.prompt.yml": prompt,
        "prompts/partials/a.md": "one {{ nobody }}\ntwo {{ nobody }}",
        "prompts/evaluators/e.yml": "schema: promptstead/evaluators/v1\nevaluators: {a: {type: jsn}}\n",
    }
    found = check(tmp_path, files)
    assert [(one.path, one.line, one.prompt) for one in found] == [
        ("prompts/evaluators/e.yml", 2, "p"),
        ("prompts/partials/a.md", 1, "p"),
        ("prompts/partials/a.md", 2, "p"),
    ]


def test_what_is_beyond_the_bound_is_counted_with_the_worst_level(tmp_path: Path) -> None:
    inputs = "".join(f"  i{number}: {{}}\n" for number in range(190))
    bare = "".join("      {{ i0 }}\n" for _ in range(40))
    content = f"{bare}      {{{{ nobody }}}}\n      {{{{ i0 }}}}\n"
    text = f"{HEAD}inputs:\n{inputs}messages:\n  - role: user\n    content: |\n{content}"
    found = check(tmp_path, {"prompts/p.prompt.yml": text}, select=("TPL101", "TPL102", "INJ201"))
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].level == "error"
    # 189 unused inputs, 41 bare uses and 1 unknown name; 200 are shown and one stands for the rest.
    assert found[-1].message == "31 more findings, the worst of them: variable `nobody` is used but not declared"


@pytest.mark.parametrize(
    ("level", "fail_on", "fails"),
    [
        ("error", "error", 1),
        ("warning", "error", 0),
        ("note", "error", 0),
        ("warning", "warning", 1),
        ("note", "warning", 0),
    ],
)
def test_what_makes_a_command_fail(level: Level, fail_on: str, fails: int) -> None:
    finding = Finding("TPL101", "undeclared-variable", level, own_words("m"), NOTHING_SAID, "p", 1, 1, 1, 2, "p")
    config = Config(fail_on="warning" if fail_on == "warning" else "error")
    assert failing([finding], config) == fails


def test_findings_beyond_all_reason_are_not_looked_for_and_fail(tmp_path: Path) -> None:
    notes = "messages:\n  - {role: user, content: x}\n" + "".join(
        f"  - {{role: user, content: '{{{{a{number}}}}}'}}\n" for number in range(190)
    )
    assert {one.level for one in check(tmp_path, {"prompts/p.prompt.yml": notes})} == {"note"}
    bare = "      {{ a }}\n" * (MAX_PROBLEMS + 1)
    text = f"{HEAD}inputs: {{a: {{}}}}\nmessages:\n  - role: user\n    content: |\n{bare}"
    found = check(tmp_path, {"prompts/p.prompt.yml": text}, select=("INJ201",))
    assert len(found) == MAX_FINDINGS + 1
    assert (found[0].level, found[0].code) == ("error", "SCH001")
    assert found[0].message == f"more than {MAX_PROBLEMS:,} findings; the search stopped there"
    assert {one.level for one in found[1:]} == {"warning"}


def test_a_repository_sets_its_own_levels() -> None:
    text = "schema: promptstead/v1\ntitle: T\ninputs: {a: {}}\nmessages: [{role: user, content: 'x {{ a }}'}]\n"
    prompts = Library(MemoryTree({"prompts/p.prompt.yml": text}), Config())
    loaded = prompts.load("prompts/p.prompt.yml")
    assert [each.level for each in Engine(Config(), select=("INJ201",)).check(loaded)] == ["warning"]
    strict = Config(levels={"INJ201": "error"})
    assert [each.level for each in Engine(strict, select=("INJ201",)).check(loaded)] == ["error"]


def test_a_rule_that_is_off_runs_when_it_is_named_in_full() -> None:
    assert set(TABLE) >= OPTIONAL
    for code in OPTIONAL:
        assert code not in selected((), ())
        assert code not in selected((code[:3],), ())
        assert code in selected((code,), ())
        assert code in selected((), (), named=(code,))
        assert code not in selected((code,), (code,))
