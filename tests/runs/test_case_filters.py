"""Filters: shards part the cases, a sample is stable, and nothing is made up."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case
from promptstead.runs.case_filters import Selection, failed_cases, in_shard, parse_shard, select
from promptstead.runs.writer import Row
from promptstead.words.sentence import own_words

TAGS = ("fr", "en", "attack", "long")
IDS = st.text("abcdefghij0123456789._-", min_size=1, max_size=12).map(lambda text: "c" + text)
CASES = st.lists(
    st.builds(lambda name, tags: Case(name, {}, tags=tuple(sorted(tags))), IDS, st.sets(st.sampled_from(TAGS))),
    max_size=40,
    unique_by=lambda case: case.id,
)
SELECTIONS = st.builds(
    Selection,
    tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
    without=st.lists(st.sampled_from(TAGS), max_size=1).map(tuple),
    ids=st.lists(st.sampled_from(("c*", "*a*", "c[0-5]*")), max_size=2).map(tuple),
    sample=st.none() | st.integers(1, 20),
    seed=st.integers(0, 5),
    shard=st.sampled_from([(1, 1), (1, 2), (2, 2), (3, 5)]),
)


@given(CASES, SELECTIONS)
def test_a_filter_invents_nothing_and_keeps_the_order(cases: list[Case], selection: Selection) -> None:
    taken = list(selection.cases("p", iter(cases)))
    remaining = iter(cases)
    assert all(any(case is other for other in remaining) for case in taken)
    assert all(selection.takes("p", case) for case in taken)


@given(CASES, SELECTIONS, st.integers(1, 7))
def test_shards_part_what_is_selected(cases: list[Case], selection: Selection, count: int) -> None:
    whole = list(selection._replace(shard=(1, 1)).cases("p", cases))
    shards = [list(selection._replace(shard=(number, count)).cases("p", cases)) for number in range(1, count + 1)]
    found = [case.id for shard in shards for case in shard]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(case.id for case in whole)


@given(CASES, st.integers(1, 30), st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_sample_has_its_size_and_depends_on_no_order(
    cases: list[Case], size: int, seed: int, shuffling: random.Random
) -> None:
    selection = Selection(sample=size, seed=seed)
    taken = list(selection.cases("p", cases))
    assert len(taken) == min(size, len(cases))
    shuffled = shuffling.sample(cases, len(cases))
    assert {case.id for case in selection.cases("p", shuffled)} == {case.id for case in taken}
    larger = {case.id for case in selection._replace(sample=size + 1).cases("p", cases)}
    assert {case.id for case in taken} <= larger


@given(CASES, IDS, st.integers(1, 10))
def test_a_new_case_takes_the_place_of_one_at_most(cases: list[Case], name: str, size: int) -> None:
    if name in {case.id for case in cases}:
        return
    selection = Selection(sample=size)
    before = {case.id for case in selection.cases("p", cases)}
    after = {case.id for case in selection.cases("p", [Case(name, {}), *cases])}
    assert len(before - after) <= 1
    assert after - before <= {name}


def test_shards_are_about_as_large_as_each_other() -> None:
    sizes = [sum(in_shard("p", f"case-{index}", (number, 4)) for index in range(4000)) for number in range(1, 5)]
    assert sum(sizes) == 4000
    assert min(sizes) > 850


def test_another_seed_draws_other_cases_and_the_same_seed_the_same() -> None:
    cases = [Case(f"c{index}", {}) for index in range(1000)]
    draws = [{case.id for case in Selection(sample=50, seed=seed).cases("p", cases)} for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_tags_and_globs() -> None:
    cases = [Case("fr-1", {}, tags=("fr",)), Case("fr-2", {}, tags=("fr", "slow")), Case("en-1", {}, tags=("en",))]

    def ids(selection: Selection) -> list[str]:
        return [case.id for case in selection.cases("p", cases)]

    assert ids(select(tags=["fr", "en"])) == ["fr-1", "fr-2", "en-1"]
    assert ids(select(tags=["!slow"])) == ["fr-1", "en-1"]
    assert ids(select(tags=["fr", "!slow"])) == ["fr-1"]
    assert ids(select(ids=["*-1"])) == ["fr-1", "en-1"]
    assert ids(select(failed=frozenset({("p", "fr-2"), ("other", "en-1")}))) == ["fr-2"]
    entry = select(tags=["fr", "!slow"], sample=3, seed=7, shard="2/4")
    assert entry.as_json() == {"tag": ["fr", "!slow"], "sample": 3, "seed": 7}
    assert entry.shard == (2, 4)


def test_failed_are_those_not_known_to_have_passed() -> None:
    def row(name: str, value: bool | float | None) -> Row:
        results = ({"check": Result(value, own_words("why"))},)
        return Row("p", CaseResult(Case(name, {}), "m", "evaluated", samples=results))

    rows = [row("passed", True), row("failed", False), row("unscored", None), row("score", 0.3)]
    rows.append(Row("p", CaseResult(Case("missing", {}), "m", "not evaluated", own_words("no answer"))))
    rows.append(row("passed-by-one-model", True))
    rows.append(row("passed-by-one-model", False))
    expected = {"failed", "unscored", "missing", "passed-by-one-model"}
    assert failed_cases(rows) == {("p", name) for name in expected}


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1/0", "1", "a/b", "1/1001", "-1/4", "1/4/2", "²/4"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(PromptsteadError, match="is not a shard"):
        parse_shard(text)


def test_what_no_option_can_mean() -> None:
    with pytest.raises(PromptsteadError, match="no name"):
        select(tags=["!"])
    with pytest.raises(PromptsteadError, match="1 to"):
        select(sample=0)
