from hypothesis import given
from hypothesis import strategies as st

from promptstead.documents.edits import Edit, edited, in_order
from promptstead.model import Span


@given(st.text("ab\n", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.text("xyz", max_size=3)), max_size=7))
def test_edits_are_made_as_from_the_end_one_by_one(text: str, cuts: list[tuple[int, str]]) -> None:
    places = sorted(min(at, len(text)) for at, _ in cuts)
    edits = [
        (Span(*pair), new) for pair, (_, new) in zip(zip(places[::2], places[1::2], strict=False), cuts, strict=False)
    ]
    expected = text
    for span, new in reversed(edits):
        expected = expected[: span.start] + new + expected[span.end :]
    assert edited(text, edits) == expected
    assert edited(text, reversed(in_order(edits))) == expected or len({span for span, _ in edits}) < len(edits)


def test_what_is_put_in_at_one_place_stays_in_its_order() -> None:
    edits: list[Edit] = [(Span(1, 1), "x"), (Span(1, 2), "z"), (Span(1, 1), "y")]
    assert edited("abc", edits) == "axyzc"
