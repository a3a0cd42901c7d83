"""Evaluator ``regex`` with holes: a text of the case, taken literally, inside a pattern."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.evaluators.kinds import pattern as kind
from promptstead.evaluators.registry import prepare
from promptstead.evaluators.shared.answer import Answer
from promptstead.model import Case, EvaluatorSpec
from tests.evaluators.judged import judge

SPECIAL = "a.b*c+d?(e)[f]{2}|^$\\d-/#&&~ \n\té😀\u2028"


@pytest.mark.parametrize(
    ("answer", "options", "expected", "value"),
    [
        ("Answer: 3.5", {"pattern": "Answer: {{ expected }}$"}, "3.5", True),
        ("Answer: 3x5", {"pattern": "Answer: {{ expected }}$"}, "3.5", False),
        ("Answer: 3.5", {"pattern": "Answer: {{ expected }}$"}, 3.5, True),
        ("is it true", {"pattern": "{{ expected.ok }}$"}, {"ok": True}, True),
        ("Dear Ada,", {"pattern": "^Dear {{ inputs.name }},$"}, None, True),
        ("DEAR ADA", {"pattern": "^dear {{ inputs.name | lower }}$", "ignore_case": True}, None, True),
        ("b, then a", {"pattern": "{{ inputs.tags[1] }}.*{{ inputs.tags[0] }}"}, None, True),
        ("a\nb", {"pattern": "{{ expected }}.b", "dot_all": True}, "a", True),
        ("axb", {"pattern": "{{ expected }}b", "dot_all": True}, "a.", False),
        ("x\na+b\ny", {"pattern": "^{{ expected }}$", "multiline": True}, "a+b", True),
        ("a+b\ny", {"pattern": "{{ expected }}", "full": True}, "a+b", False),
        ("c|d", {"pattern": "{{ expected }}", "full": True}, "c|d", True),
        ("ababab", {"pattern": "{{ expected }}{3}", "full": True}, "ab", True),
        ("abb", {"pattern": "{{ expected }}+", "full": True}, "ab", False),
        ("-", {"pattern": "[{{ expected }}]", "full": True}, "a-z", True),
        ("m", {"pattern": "[{{ expected }}]", "full": True}, "a-z", False),
        ("^", {"pattern": "[{{ expected }}]", "full": True}, "^x", True),
        ("]", {"pattern": r"[\-{{ expected }}]", "full": True}, "]&&", True),
        ("q", {"pattern": "[^{{ expected }}]", "full": True}, "pqr", False),
        (r"\d", {"pattern": r"\\{{ expected }}", "full": True}, "d", True),
        ("{{", {"pattern": r"\{{2}", "full": True}, None, True),
        ("{{ expected }}", {"pattern": r"\{\{ expected \}\}", "full": True}, None, True),
        ("{", {"pattern": "[{{]", "full": True}, None, True),
        ('{"id": "A.1"}', {"path": "$.id", "pattern": "^{{ expected.id }}$"}, {"id": "A.1"}, True),
        ("none of it", {"pattern": "{{ expected }}", "negate": True}, "A.1", True),
        ("a" * 20_001, {"pattern": "{{ expected }}", "full": True}, "(?=a)", False),
    ],
)
def test_a_value_of_the_case_is_taken_literally(
    answer: str, options: dict[str, Any], expected: Any, value: bool
) -> None:
    assert judge("regex", answer, options, expected).value is value


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(lambda text: SPECIAL + text))
def test_every_text_matches_itself_and_no_character_of_it_is_special(text: str) -> None:
    case = Case("c", {}, text, True)
    whole, one = (
        prepare(EvaluatorSpec("check", "regex", {"pattern": pattern, "full": True}, "x.prompt.yml", ()))
        for pattern in ("{{ expected }}", "[{{ expected }}]")
    )
    assert whole(Answer(text, case)).value is True
    assert all(whole(Answer(text[:place] + text[place + 1 :], case)).value is False for place in range(len(text)))
    assert all(one(Answer(character, case)).value is True for character in text)
    assert all(one(Answer(other, case)).value is (other in text) for other in "abcxyz019'\"<>")


@pytest.mark.parametrize(
    ("pattern", "expected", "reason"),
    [
        ("{{ expected.id }}", {}, "the case gives no `expected.id`"),
        ("{{ expected }}", None, "the case gives no `expected`"),
        ("a{{ inputs.nme }}", None, "the case gives no `inputs.nme`"),
        ("a?{{ expected }}", "", "there is no text to look for"),
        ("{{ expected }}{{ expected }}", "x" * 1001, "a pattern takes in no more than 2,000 characters of a case"),
        ("(?:{{ expected }}{1000}){9}", "x" * 2000, "is too large"),
    ],
)
def test_what_a_case_cannot_fill_is_unscored(pattern: str, expected: Any, reason: str) -> None:
    result = judge("regex", "aaa", {"pattern": pattern}, expected)
    assert result.value is None
    assert reason in result.reason


def test_a_missing_value_is_said_as_equals_says_it() -> None:
    for template in ("{{ expected.id }}", "{{ inputs.nme }}", "{{ expected }}"):
        own = judge("regex", "a", {"pattern": template}, {} if "id" in template else None)
        assert own == judge("equals", "a", {"value": template}, {} if "id" in template else None)


def test_a_reason_quotes_the_pattern_with_the_value_as_it_is() -> None:
    result = judge("regex", "Answer: 4", {"pattern": "Answer: {{ expected }}$"}, "3.5")
    assert result.reason == "nothing matches `Answer: 3.5$` in `Answer: 4`"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("({{ expected }}", "the pattern `({{ expected }}` is malformed"),
        ("a{{{ expected }}}", "malformed"),
        (r"[\x4{{ expected }}]", "malformed"),
        ("a{{2}}", "the pattern `a{{2}}` is malformed"),
        ("[a-{{ expected }}]", "`{{ expected }}` cannot be an end of a range"),
        ("[{{ expected }}-z]", "cannot be an end of a range"),
        ("{{ expcted }}", "an evaluator cannot use `expcted`"),
        ("{{ expected | uper }}", "uper"),
        ("[{{ expected | uper }}]", "uper"),
        ("{{ expected }}(?:a{1000}){1000}", "too large"),
    ],
)
def test_a_slip_around_or_in_a_hole_is_refused_before_any_case(pattern: str, message: str) -> None:
    with pytest.raises(PromptsteadError, match=re.escape(message)):
        prepare(EvaluatorSpec("check", "regex", {"pattern": pattern}, "x.prompt.yml", ()))


def test_thousands_of_values_leave_few_engines_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    compiled = kind.compiled

    def counted(pattern: str, extended: str, shown: str) -> object:
        made.append(pattern)
        return compiled(pattern, extended, shown)

    monkeypatch.setattr(kind, "compiled", counted)
    check = prepare(EvaluatorSpec("check", "regex", {"pattern": "^{{ expected }}$"}, "x.prompt.yml", ()))
    assert len(made) == 1, "what is around the hole"
    for number in range(3000):
        case = Case(str(number), {}, f"v{number}", True)
        assert all(check(Answer(f"v{number}", case)).value for _ in range(3))
    assert len(made) == 3001, "one for each value, however many answers a case has"
    check(Answer("v0", Case("0", {}, "v0", True)))
    assert len(made) == 3002, "the first is long forgotten"
