import json
from io import BytesIO

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.documents.document import Document, text_document
from promptstead.documents.lines_document import LinesDocument
from promptstead.documents.readings import Reading, readings
from promptstead.documents.text_scalars import block_or_quoted
from promptstead.documents.yaml_reader import read
from promptstead.escapes import MOST_NUMBERED, unescaped

TOKEN = "ghp_Zx81kQm4TvB7nRw2YcL9sHd5PjF3gKa6UeXo"
TEXTS = st.text("aé😀\u200d\t\n\\\"'/:#- ,", max_size=30)


def found(document: Document, value: str) -> list[tuple[str, str]]:
    """Return what a reading has around *value* before it, and what stands in the file at its place."""
    places = []
    for reading in readings(document):
        start = reading.text.find(value)
        while start >= 0:
            span = reading.place(start, start + len(value))
            places.append((reading.text[start - 1 : start], document.text[span.start : span.end]))
            start = reading.text.find(value, start + 1)
    return places


def written(style: str, text: str) -> Document:
    match style:
        case "ours":
            source = f"content: {block_or_quoted(text, '  ')}\n"
        case "json":
            source = json.dumps({"content": text})
        case "json, all characters":
            source = json.dumps({"content": text}, ensure_ascii=False)
        case "libyaml":
            source = yaml.safe_dump({"content": text}, width=40)
        case _:
            source = yaml.safe_dump({"content": text}, default_style='"', allow_unicode=True, width=40)
    return read(source.encode(), "p.yml")


@pytest.mark.parametrize("style", ["ours", "json", "json, all characters", "libyaml", "quoted"])
@settings(max_examples=60, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_a_value_is_read_as_it_is_and_found_where_it_stands(style: str, before: str, after: str) -> None:
    document = written(style, before + TOKEN + after)
    assert document.data == {"content": before + TOKEN + after}
    [(left, source)] = found(document, TOKEN)
    assert source == TOKEN
    if document.text[document.span(("content",)).start] == '"':
        assert left == (before[-1:] or '"')


@settings(max_examples=100, deadline=None)
@given(before=TEXTS, after=TEXTS, ascii_only=st.booleans())
def test_so_it_is_in_rows(before: str, after: str, ascii_only: bool) -> None:
    row = json.dumps({"a": before + TOKEN + after}, ensure_ascii=ascii_only)
    text = f'{{"a": "\\n"}}\n{row}\n'
    [(left, source)] = found(text_document("rows.jsonl", text), TOKEN)
    assert (left, source) == (before[-1:] or '"', TOKEN)
    raw = text.encode()
    lines = LinesDocument("rows.jsonl", BytesIO(raw), lambda: BytesIO(raw))
    [reading] = readings(lines)
    place = reading.place(start := reading.text.index(TOKEN), start + len(TOKEN))
    assert text[place.start : place.end] == TOKEN


@settings(max_examples=100, deadline=None)
@given(st.text('aé😀\u200d\t\n\\"/', max_size=40))
def test_escapes_of_json_are_read_as_json_reads_them(text: str) -> None:
    assert unescaped(json.dumps(text)[1:-1]) == text
    assert unescaped(json.dumps(text, ensure_ascii=False)[1:-1]) == text


FRAGMENTS = ["\\\\", "\\", "u00e9", "n", '"', "/", "ud83d", "ude00", r"\ud83d\ude00", "u005C", "u0000", "\0", "x", "\n"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_many_at_a_time_are_read_as_one_by_one(text: str) -> None:
    few = unescaped(text)
    many = unescaped(text + "".join(f"\\u{code:04x}" for code in range(0x100, 0x100 + MOST_NUMBERED + 1)))
    assert many.startswith(few) or text.endswith("\\")
    assert len(many) == len(few) + MOST_NUMBERED + 1 or text.endswith("\\") or "\\ud83d" in text


@pytest.mark.parametrize(("text", "value"), [(r"\ud83d", "\ufffd"), (r"\q\x41", r"\q\x41"), (r"\\n\/", r"\n/")])
def test_halves_and_escapes_of_other_languages(text: str, value: str) -> None:
    assert unescaped(text) == value


def test_keys_and_comments_are_read_as_they_stand() -> None:
    document = read(b'"a\\n": "\\nx" # "\\n"\nb: |\n  c\\n\n', "p.yml")
    [reading] = readings(document)
    assert reading.text == '"a\\n": "\nx" # "\\n"\nb: |\n  c\\n\n'
    assert document.text[slice(*reading.place(8, 9))] == "\\n"
    assert document.text[slice(*reading.place(12, 14))] == "# "
    assert reading.place(12, 12) == reading.place(12, 13)._replace(end=reading.place(12, 13).start)


def test_cells_of_a_table_stand_apart() -> None:
    document = text_document("rows.csv", 'id,a\nb,"c,d ""e"""\n')
    assert [reading.text for reading in readings(document)] == ['id\na\nb\n"c,d ""e"""\n']


def test_a_part_of_a_file() -> None:
    document = read(b'a: "\\nx"\ncases:\n  - {b: "\\ty", c: z}\nd: "\\n"\n', "p.yml")
    [reading] = readings(document, document.span(("cases",)))
    assert isinstance(reading, Reading)
    assert reading.text.rstrip() == '{b: "\ty", c: z}' or reading.text.rstrip() == '- {b: "\ty", c: z}'
    start = reading.text.index("\ty")
    assert document.text[slice(*reading.place(start, start + 2))] == "\\ty"
    [plain] = readings(read(b"a: b\ncases:\n  - c\n", "p.yml"), None)
    assert plain.text == "a: b\ncases:\n  - c\n"


@pytest.mark.parametrize("second", ["null", "1", "[]", "{}", "x"])
def test_a_key_that_stands_twice_leads_elsewhere(second: str) -> None:
    """Its first value has a place in the file and none in the data."""
    document = read(f'a: {{b: ["x\\ty"]}}\na: {second}\n'.encode(), "p.yml")
    assert "".join(reading.text for reading in readings(document)) == document.text
