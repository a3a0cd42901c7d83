"""The edit of a counterexample: exactly what it says is another in the answer, or it is refused with its place."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.evaluators.shared.strict_json import follow
from promptstead.model import Counterexample, Json, KeyPath
from promptstead.outputs.edited_answer import NoEdit, edited
from promptstead.prompts.declared.json_path import keys

ANSWER = json.dumps({"kind": "card", "dates": ["2 March", "3 March"], "who": {"name": "x"}})


def counterexample(
    replace: tuple[tuple[str, str], ...] = (), set_: Mapping[str, Json] | None = None, remove: tuple[str, ...] = ()
) -> Counterexample:
    return Counterexample("c", "a", ("e",), "w", replace=replace, set=set_ or {}, remove=remove)


@pytest.mark.parametrize(
    ("edit", "value"),
    [
        (counterexample(set_={"$.kind": "loan"}), {"kind": "loan"}),
        (counterexample(set_={"$.dates[1]": "9 March"}), {"dates": ["2 March", "9 March"]}),
        (counterexample(set_={"$.dates[2]": None}), {"dates": ["2 March", "3 March", None]}),
        (counterexample(set_={"$.who['full name']": {"a": [1]}}), {"who": {"name": "x", "full name": {"a": [1]}}}),
        (counterexample(set_={"$.new": {}, "$.new.deep": True}), {"new": {"deep": True}}),
        (counterexample(remove=("$.dates[0]", "$.dates[0]")), {"dates": []}),
        (counterexample(replace=(("3 March", "9 March"), ("9 March", "9 May"))), {"dates": ["2 March", "9 May"]}),
    ],
)
def test_what_is_another(edit: Counterexample, value: dict[str, Json]) -> None:
    assert json.loads(edited(ANSWER, edit)) == json.loads(ANSWER) | value


def test_an_answer_in_a_code_fence_stays_in_it() -> None:
    after = edited(f"```json\n{ANSWER}\n```\n", counterexample(set_={"$.kind": "a"}))
    assert after.startswith("```json\n{\n  ")
    assert after.endswith("\n}\n```\n")


@pytest.mark.parametrize(
    ("answer", "edit", "reason", "at"),
    [
        (ANSWER, counterexample(set_={"$.kind": "card"}), "the edit changes nothing", ("set",)),
        (ANSWER, counterexample(set_={"$.kind.more": 1}), "nothing that could hold", ("set", "$.kind.more")),
        (ANSWER, counterexample(set_={"$.dates[3]": 1}), "nothing that could hold", ("set", "$.dates[3]")),
        (ANSWER, counterexample(set_={"$.dates.x": 1}), "nothing that could hold", ("set", "$.dates.x")),
        (ANSWER, counterexample(set_={"$.none.x": 1}), "nothing that could hold", ("set", "$.none.x")),
        (ANSWER, counterexample(set_={"$.kind": float("nan")}), "cannot be written as JSON", ("set",)),
        (ANSWER, counterexample(remove=("$.kind", "$.kind")), "has nothing at `$.kind`", ("remove", 1)),
        (ANSWER, counterexample(remove=("$.dates[2]",)), "has nothing at", ("remove", 0)),
        ("no JSON", counterexample(remove=("$.kind",)), "is not JSON: ", ("remove",)),
        (ANSWER, counterexample(replace=(("May", "x"),)), "does not hold `May`", ("replace", 0, "find")),
        (ANSWER, counterexample(replace=(("March", "x"),)), "holds `March` 2 times", ("replace", 0, "find")),
        (ANSWER, counterexample(replace=(("card", "loan"), ("loan", "card"))), "changes nothing", ("replace",)),
    ],
)  # fmt: skip
def test_what_is_no_edit(answer: str, edit: Counterexample, reason: str, at: KeyPath) -> None:
    with pytest.raises(NoEdit) as caught:
        edited(answer, edit)
    assert reason in caught.value.reason
    assert caught.value.at == at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
PLACES = st.lists(st.sampled_from([".a", ".b", "[0]", "[1]", "['c']"]), min_size=1, max_size=3).map("".join)


@given(JSON, PLACES, JSON)
def test_a_value_that_is_set_is_there_and_nothing_else_changes(value: Json, place: str, new: Json) -> None:
    """Whatever the answer: the edit is refused, or taking the value back gives what was there."""
    answer = json.dumps(value)
    try:
        after = json.loads(edited(answer, counterexample(set_={f"${place}": new})))
    except NoEdit:
        return
    *way, last = keys(f"${place}") or []
    here, before = follow(after, way), follow(value, way)
    assert json.dumps(here[last]) == json.dumps(new)
    there = last in before if isinstance(before, dict) else int(last) < len(before)
    if there:
        here[last] = before[last]
    else:
        del here[last]
    assert after == value
