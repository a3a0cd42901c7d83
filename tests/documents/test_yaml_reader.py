"""What a YAML file means, and what it is told when it means nothing."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from promptstead.documents import yaml_builder as builder
from promptstead.documents.document import Document
from promptstead.documents.pure_parser import PureParser
from promptstead.documents.yaml_reader import MAX_BYTES, read
from tests.documents.strategies import MAPPINGS, flow, same

DATA = Path(__file__).parents[3] / "shared" / "data" / "github-models"
REAL_FILES = sorted(DATA.rglob("*.yml"))
BROKEN = {
    "fix-build-errors.prompt.yml": (10, 9),
    "fix-test-failures.prompt.yml": (10, 9),
    "workflow-results-code-quality.prompt.yml": (21, 10),
    "workflow-results-test-matrix.prompt.yml": (21, 10),
}
FIXTURE = Path(__file__).parent / "fixtures" / "complaint-triage.prompt.yml"


def reading(text: str) -> Document:
    return read(text.encode(), "x.prompt.yml")


def only_problem(raw: str | bytes) -> tuple[str, tuple[int, int], str]:
    """Return code, place and message with hint of the single problem of a file."""
    document = read(raw.encode() if isinstance(raw, str) else raw, "x.prompt.yml")
    assert len(document.problems) == 1, document.problems
    problem = document.problems[0]
    return problem.code, document.position(problem.span.start), f"{problem.message} | {problem.hint}"


def oracle(raw: bytes) -> Any:
    reader = YAML(typ="safe", pure=True)
    return reader.load(raw)


@pytest.mark.skipif(not REAL_FILES, reason="the GitHub Models files are not at hand")
def test_real_files_read_as_ruamel_reads_them() -> None:
    compared = 0
    for path in REAL_FILES:
        if path.name not in BROKEN:
            document = read(path.read_bytes(), path.name)
            assert not document.problems, path
            assert same(document.data, oracle(path.read_bytes())), path
            compared += 1
    assert compared == len(REAL_FILES) - len(BROKEN)


@pytest.mark.skipif(not REAL_FILES, reason="the GitHub Models files are not at hand")
@pytest.mark.parametrize("name", BROKEN)
def test_real_block_ended_by_its_own_text(name: str) -> None:
    (path,) = DATA.rglob(name)
    code, (line, column), message = only_problem(path.read_bytes())
    ends, starts = BROKEN[name]
    assert (code, line, column) == ("SCH005", ends, 1)
    assert message.startswith(f"line {ends} is ")
    assert f"line {starts} (`content: |`)" in message
    assert "indent it by 6 spaces" in message


def test_the_fixture_reads_as_ruamel_reads_it() -> None:
    document = read(FIXTURE.read_bytes(), "x")
    assert not document.problems
    assert same(document.data, oracle(FIXTURE.read_bytes()))


@given(MAPPINGS, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_json_is_read_back(data: dict[str, Any], ascii_only: bool, newline: str, mark: bool) -> None:
    text = "\n".join(f"{flow(key)}: {flow(value, ascii_only=ascii_only)}" for key, value in data.items())
    document = read((b"\xef\xbb\xbf" if mark else b"") + text.replace("\n", newline).encode(), "x")
    assert all(problem.code == "SCH003" for problem in document.problems), document.problems
    assert same(document.data, data)


@given(MAPPINGS, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=100, deadline=None)
def test_every_style_is_read_back(data: dict[str, Any], seed: int, newline: str) -> None:
    text = dump(data, random.Random(seed)).replace("\n", newline)
    document = reading(text)
    assert all(problem.code == "SCH003" for problem in document.problems), (text, document.problems)
    assert same(document.data, data), text


@given(MAPPINGS, st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_the_parser_in_python_gives_the_same(data: dict[str, Any], seed: int) -> None:
    text = dump(data, random.Random(seed))
    expected = reading(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "EventParser", PureParser)
        found = reading(text)
    assert same(found.data, expected.data)
    assert found.keys == expected.keys
    assert found.values == expected.values


def dump(data: Any, chance: random.Random) -> str:
    """Write *data* with a scalar style and a collection style drawn for each node; text only in the plain style."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=chance.choice("'\"|>"))

    def number(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
        shown = repr(value)
        return dumper.represent_scalar("tag:yaml.org,2002:float", shown if "." in shown else shown.replace("e", ".0e"))

    Dumper.add_representer(str, text)
    Dumper.add_representer(float, number)
    stream = io.StringIO()
    yaml.dump(
        data, stream, Dumper, allow_unicode=True, sort_keys=False, width=chance.choice([20, 1000]),
        default_flow_style=chance.choice([False, None]), indent=chance.choice([2, 4]),
    )  # fmt: skip
    return stream.getvalue()


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("010", 10),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1.10", 1.1),
        ("2026-03-02", "2026-03-02"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0o17", 15),
        ("0xFf", 255),
        ("-0", 0),
        ("+12", 12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5E-3", -0.0015),
        ("0b1", "0b1"),
        ("1.2.3", "1.2.3"),
        ("tRue", "tRue"),
        ("yes", "yes"),
        ("a b", "a b"),
        ("0o8", "0o8"),
        (".", "."),
        ("e5", "e5"),
    ],
)
def test_plain_scalars_of_yaml_1_2(plain: str, value: Any) -> None:
    assert same(reading(f"a: {plain}\n").data, {"a": value})


@pytest.mark.parametrize(
    ("plain", "reads", "fix", "safe"),
    [
        ("no", "false", '"no"', True),
        ("On", "true", '"On"', True),
        ("YES", "true", '"YES"', True),
        ("010", "the number 8", "10", False),
        ("12:30:45", "the number 45045", '"12:30:45"', True),
        ("1_000", "the number 1000", '"1_000"', True),
        ("2026-03-02", "a date", '"2026-03-02"', True),
        ("2026-03-02T10:00:00Z", "a date", '"2026-03-02T10:00:00Z"', True),
        ("0o17", "text", "15", True),
        ("1e3", "text", "1000.0", True),
        ("1e-07", "text", "1.0e-07", True),
        ("1e+22", "text", "1.0e+22", True),
        ("089", "text", "89", False),
        ("0b11", "the number 3", '"0b11"', True),
        ("1:30.5", "a number in base 60", '"1:30.5"', True),
        ("=", "a special key", '"="', True),
    ],
)
def test_scalars_that_yaml_1_1_reads_otherwise(plain: str, reads: str, fix: str, safe: bool) -> None:
    document = reading(f"a: {plain}\n")
    (problem,) = document.problems
    assert problem.code == "SCH003"
    assert f"but {reads} to YAML 1.1 tools" in problem.message
    assert problem.fix is not None
    assert problem.fix.safe == safe
    ((span, replacement),) = problem.fix.edits
    mended = reading(document.text[: span.start] + replacement + document.text[span.end :])
    assert replacement == fix
    assert not mended.problems
    assert same(mended.data, document.data)


def test_yaml_1_1_readings_are_what_pyyaml_reads() -> None:
    for plain in [
        "no",
        "010",
        "12:30:45",
        "1_000",
        "2026-03-02",
        "0o17",
        "1e3",
        "089",
        "0b11",
        "+.5",
        "1:30.5",
        "-0x1_0",
        "190:20:30.15",
    ]:
        document = reading(f"a: {plain}\n")
        assert document.problems, plain
        assert yaml.safe_load(f"a: {plain}\n") != document.data, plain
    for plain in [
        "yesterday",
        "1.10",
        "12",
        "true",
        "null",
        "-1.5",
        "10:00am",
        "v1_0",
        "2026-03",
        "no.",
        "0",
        "0x1F",
        ".5",
        "+5",
        "00",
    ]:
        document = reading(f"a: {plain}\n")
        assert not document.problems, plain
        assert same(yaml.safe_load(f"a: {plain}\n"), document.data), plain


def test_quoted_scalars_and_blocks_raise_no_alarm() -> None:
    assert not reading("a: 'no'\nb: \"010\"\nc: |\n  no\nd: >-\n  2026-03-02\n").problems


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "the file is empty"),
        ("# only this\n", (1, 1), "the file is empty"),
        ("- a\n", (1, 1), "is a list"),
        ("hello\n", (1, 1), "is a single value"),
        ("a: 1\n---\nb: 2\n", (2, 1), "a second document"),
        ("a: *x\n", (1, 4), "`*x` is a YAML alias"),
        ("a: &x 1\n", (1, 4), "`&x` is a YAML anchor"),
        ("a: !!str 1\n", (1, 4), "`!!str` is a YAML tag"),
        ("a: !important\n", (1, 4), "`!important` is a YAML tag"),
        ("a:\n  <<: {b: 1}\n", (2, 3), "merges mappings"),
        ("- **Bold** x\n", (1, 3), "put the value in quotes"),
        ("a: {{ name }}\n", (1, 4), "a value that starts with `{{`"),
        ("a: {{ name }} x\n", (1, 4), "a value that starts with `{{`"),
        ("a: {% if x %}\n", (1, 4), "in a block (`|`)"),
        ("title: A: b\n", (1, 9), "a second `: `"),
        ("a:\n\tb: 1\n", (2, 1), "YAML does not allow tabs"),
        ("a: @b\n", (1, 4), "cannot start with `@`"),
        ('a: "b\nc: 1\n', (1, 4), "the quote opened on line 1"),
        ('a: "\\d"\n', (1, 5), "`\\d` is not an escape"),
        ("a: [b\nc: 1\n", (1, 4), "the list that starts on line 1"),
        ("a: {b: c\nd: 1\n", (1, 4), "the mapping that starts on line 1"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "`c: 2` does not line up"),
        ("a: 1\nb\nc: 2\n", (2, 1), "`b` is not `key: value`"),
        ('a: "b" c\n', (1, 8), "comes after the end"),
        ("a: | b\n  c\n", (1, 6), "start the block's text on the next line"),
        ("a: - b\n", (1, 4), "start `- ` on a line of its own"),
        ("[a]: 1\n", (1, 1), "a key must be text"),
        ("1: a\n", (1, 1), "the key `1` is not text"),
        ("true: a\n", (1, 1), "the key `true` is not text"),
        ("a: .inf\n", (1, 4), "not a JSON number"),
        ("a: 1e999\n", (1, 4), "too large"),
        ("a: 12345678901234567890123\n", (1, 4), "too large"),
        ("a: " + "9" * 5000 + "\n", (1, 4), "too large"),
        ('a: "\\ud83d"\n', (1, 5), "half of a surrogate pair"),
        ("a: \x00\n", (1, 4), "a NUL character"),
        ("a: b\x07\n", (1, 5), "U+0007"),
        ("a: " + "[" * 100, (1, 67), "nested more than 64"),
    ],
)
def test_one_mistake_is_one_problem(text: str, place: tuple[int, int], words: str) -> None:
    code, found, message = only_problem(text)
    assert code == "SCH001"
    assert words in message
    assert found == place
    assert reading(text).data is None


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        ("a: b".encode("utf-16"), (1, 1), "the file is UTF-16"),
        ("a: b".encode("utf-16-be"), (1, 1), "the file is UTF-16"),
        ("a: b".encode("utf-32"), (1, 1), "the file is UTF-32"),
        (b"a: 1\nb: caf\xe9\n", (2, 7), "byte 11 (0xE9) is not UTF-8 | save the file as UTF-8; in Latin-1 this"),
        (b"\xef\xbb\xbfa: \xc3\n", (1, 4), "0xC3"),
        (b"a" * (MAX_BYTES + 1), (1, 1), "4,194,304 are allowed"),
    ],
)
def test_bytes_that_are_no_text(raw: bytes, place: tuple[int, int], words: str) -> None:
    code, found, message = only_problem(raw)
    assert (code, found) == ("SCH001", place)
    assert words in message


def test_a_byte_order_mark_takes_no_column() -> None:
    assert only_problem(b"\xef\xbb\xbfa: no\n")[1] == (1, 4)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "a:\n  b: |\n      one\n    two\nc: d\n",
            4,
            "the block that starts at line 2 (`b: |`), so the block ends here; indent it by 6 spaces",
        ),
        ("a: |\n  one\n# Heading\n  two\n", 3, "indent it by 2 spaces"),
        ("m:\n  - role: user\n    content: >-\n      one\n  two\n", 5, "indent it by 6 spaces"),
        ("a: |\ntext\n", 2, "is not indented, so the block that starts at line 1 (`a: |`) is empty"),
        ("a: |\r\n    one\r\n  two\r\nb: 1\r\n", 3, "indent it by 4 spaces"),
    ],
)
def test_block_ended_by_under_indented_text(text: str, line: int, words: str) -> None:
    code, place, message = only_problem(text)
    assert (code, place) == ("SCH005", (line, 1))
    assert words in message


def test_duplicate_keys_name_both_lines_and_equal_ones_go() -> None:
    document = reading("a: 1\nm:\n  b: [1, x]\n  b: [1, x]\na: 2\n")
    equal, different = document.problems
    assert (equal.code, document.position(equal.span.start)) == ("SCH003", (4, 3))
    assert "the first is on line 3" in equal.message
    assert different.fix is None
    assert document.position(different.span.start) == (5, 1)
    assert equal.fix is not None
    assert equal.fix.safe
    ((span, replacement),) = equal.fix.edits
    assert document.text[: span.start] + replacement + document.text[span.end :] == "a: 1\nm:\n  b: [1, x]\na: 2\n"


def test_equal_duplicates_with_a_comment_are_left_to_people() -> None:
    (problem,) = reading("a: 1\na: 1 # why\n").problems
    assert problem.fix is None
    (problem,) = reading("a: 1\na: 1.0\n").problems
    assert problem.fix is None


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029", "\ufeff"])
def test_marks_that_libyaml_trips_over_are_text(mark: str) -> None:
    text = f"# c{mark}c\na: x{mark}y\nb: |\n  one{mark}two\n  three\nc: 'q{mark}r'\nd: \"s{mark}t\"\n"
    document = reading(text)
    assert document.data == {"a": f"x{mark}y", "b": f"one{mark}two\nthree\n", "c": f"q{mark}r", "d": f"s{mark}t"}
    (problem,) = document.problems
    assert problem.code == "SCH003"
    assert f"U+{ord(mark):04X}" in problem.message
    assert "(5 times)" in problem.message
    assert document.position(document.keys["d",].start) == (7, 1)
    assert document.text[slice(*span_of(document, ("b",), "two"))] == "two"


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029", "\ufeff"])
def test_marks_in_double_quotes_have_a_safe_fix(mark: str) -> None:
    document = reading(f'a: "x{mark}y"\n')
    (problem,) = document.problems
    assert problem.fix is not None
    assert problem.fix.safe
    ((span, replacement),) = problem.fix.edits
    mended = reading(document.text[: span.start] + replacement + document.text[span.end :])
    assert not mended.problems
    assert mended.data == document.data


def test_surrogate_escapes_are_characters_with_a_safe_fix() -> None:
    document = reading('a: "x \\ud83d\\ude00\\uD83D\\uDE01 y"\nb: |\n  \\ud83d\\ude00\nc: "\\\\ud83d"\n')
    assert document.data == {"a": "x 😀😁 y", "b": "\\ud83d\\ude00\n", "c": "\\ud83d"}
    (problem,) = document.problems
    assert problem.code == "SCH003"
    assert "(2 times)" in problem.message
    assert problem.fix is not None
    assert problem.fix.safe
    text = document.text
    for span, replacement in reversed(problem.fix.edits):
        text = text[: span.start] + replacement + text[span.end :]
    assert reading(text).data == document.data
    assert not reading(text).problems


def span_of(document: Document, path: tuple[str, ...], part: str) -> tuple[int, int]:
    value: Any = document.data
    for key in path:
        value = value[key]
    start = value.index(part)
    span = document.locate(path, start, start + len(part))
    return span.start, span.end


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b"{" * 100_000,
        b"? " * 100_000,
        b"- " * 100_000,
        b"a: " + b"&a " * 50_000,
        b"a: [" + b"no," * 50_000 + b"]",
        b"a: 1\n" * 50_000,
        b"k: '" + b"x" * 500_000,
        "a: \u2028".encode() * 20_000,
        b'a: "' + b"\\ud83d" * 20_000 + b'"',
        b"%YAML 1.1\n%TAG ! !\n",
        b"\x00" * 100,
        b"\xff\xfe",
        b"a: !<x> y",
        b"*",
        b"&",
        b"|",
        b">",
        b"'",
        b'"',
        b"---\n---\n",
        b"...\n",
        b"%",
    ],
)
def test_hostile_bytes_give_a_document_with_problems(raw: bytes) -> None:
    document = read(raw, "x")
    assert 1 <= len(document.problems) <= builder.MAX_PROBLEMS + 5
    assert document.data is None or all(problem.code == "SCH003" for problem in document.problems)


def test_too_many_values_are_refused() -> None:
    (problem,) = read(b"a: [" + b"1," * (builder.MAX_NODES + 1) + b"]", "x").problems
    assert "more than 200,000 values" in problem.message


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_a_document(raw: bytes) -> None:
    document = read(raw, "x")
    assert document.problems or isinstance(document.data, dict)
    for problem in document.problems:
        line, column = document.position(problem.span.start)
        assert 0 <= problem.span.start <= problem.span.end <= len(document.text)
        assert line >= 1
        assert column >= 1
