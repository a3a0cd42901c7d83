"""The hints with which the rule on contradictions spares itself its patterns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.lint.rules import contradiction
from promptstead.lint.texts import mentions

HINTS = contradiction._WORDS
PATTERNS = contradiction._patterns()


def test_every_pattern_has_its_hints() -> None:
    assert HINTS.keys() | {"condition", "language"} == PATTERNS.keys()


@pytest.mark.parametrize("name", sorted(HINTS))
@given(data=st.data())
def test_what_a_pattern_matches_holds_one_of_its_hints(name: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(PATTERNS[name]))
    match = PATTERNS[name].search(text)
    assert match is not None
    assert mentions(match[0], HINTS[name])
