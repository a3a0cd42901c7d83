from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.detectors.personal_data import KINDS, Kind, compact, find, masked


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("iban", "IBAN FR14 2004 1010 0505 0001 3M02 606 merci", "FR14 2004 1010 0505 0001 3M02 606"),
        ("iban", "😀(gb82west12345698765432)", "gb82west12345698765432"),
        ("card", "carte 4242 4242 4242 4242 12/28", "4242 4242 4242 4242"),
        ("nir", "n° 2 69 05 49 588 157 80.", "2 69 05 49 588 157 80"),
        ("siret", "SIRET 73282932000074", "73282932000074"),
        ("email", "écrire à jeanne@example.com.", "jeanne@example.com"),
        ("phone", "Tél. 06.39.98.01.02, merci", "06.39.98.01.02"),
    ],
)
def test_spans_are_exact(kind: Kind, text: str, value: str) -> None:
    [found] = find(kind, text)
    assert (found.kind, text[found.start : found.end]) == (kind, value)
    assert found.compact == compact(value)


@pytest.mark.parametrize(
    ("text", "found", "named"),
    [
        ("4970 1012 3456 7893", 1, 1),
        ("carte 4970101234567893", 1, 1),
        ("order 4970101234567893", 1, 0),
        ("3782 822463 10005", 1, 1),
        ("amex: 378282246310005", 1, 1),
        ("page id 378282246310005", 0, 0),
        ("company 378282246310005", 0, 0),
    ],
)
def test_a_number_in_one_piece_is_a_card_near_a_word_for_one(text: str, found: int, named: int) -> None:
    assert (len(list(find("card", text))), len(list(find("card", text, named=True)))) == (found, named)


@pytest.mark.parametrize(
    "text",
    [
        'record.get("limit@OData.Community.Display.V1.FormattedValue")',
        'record.get("_owner@odata.Bind.FormattedValue")',
        "npm install left@1.2.3",
        "@media.screen and @font.face",
    ],
)
def test_names_in_code_are_no_addresses(text: str) -> None:
    assert list(find("email", text)) == []


@pytest.mark.parametrize("separator", [r"\n", r"\t", r"\\n", "\n", ", "])
@pytest.mark.parametrize(
    ("kind", "value"), [("email", "jeanne@example.com"), ("phone", "06 39 98 01 02"), ("nir", "2 69 05 49 588 157 80")]
)
def test_behind_a_line_break_that_is_written_as_an_escape(kind: Kind, value: str, separator: str) -> None:
    text = f"a:{separator}{value}{separator}b"
    assert [text[found.start : found.end] for found in find(kind, text)] == [value]


def test_masked_shows_the_ends_only() -> None:
    assert masked("FR1420041010050500013M02606") == "FR…06"
    assert masked("jeanne@example.com") == "j…@example.com"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.text(alphabet="0123456789 .-()+@aFR14M\u00a0\n", max_size=80))
def test_any_text_gives_spans_inside_it_in_order(kind: Kind, text: str) -> None:
    spans = [(found.start, found.end) for found in find(kind, text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
