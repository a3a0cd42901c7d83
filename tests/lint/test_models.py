"""The tables of facts, and what they say of a model."""

import re

import pytest

from promptstead.config.settings import ModelAlias
from promptstead.lint.facts import MAX_AGE, TABLES, days_between, load_facts
from promptstead.lint.models import is_dated, model_facts
from promptstead.model import ModelChoice

ISO = re.compile(r"20\d\d-\d\d-\d\d")
FACTS = {"names", "shutdown", "replacement", "window", "strict", "rejects", "effort", "rejects_with_effort"}


def named(name: str, provider: str = "") -> ModelChoice:
    return ModelChoice(name, {}, provider, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_when_and_where_it_was_checked(name: str) -> None:
    table = load_facts(name)
    assert ISO.fullmatch(table["date"])
    assert table["title"]
    for source in table["sources"]:
        assert source["url"].startswith("https://")
        assert source["of"]
        assert source["seen"] <= table["date"]


def test_families_are_complete_and_name_a_model_once() -> None:
    for provider, families in load_facts("models")["providers"].items():
        names = [name for family in families for name in family["names"]]
        assert len(set(names)) == len(names), provider
        for family in families:
            assert family.keys() <= FACTS
            assert ISO.fullmatch(family.get("shutdown", "2026-01-01"))
            assert not family.get("replacement") or family["shutdown"]


def test_no_model_that_is_recommended_is_itself_about_to_end() -> None:
    for families in load_facts("models")["providers"].values():
        for replacement in {family["replacement"] for family in families if "replacement" in family}:
            facts = model_facts(named(replacement))
            assert facts is None or not facts.shutdown, replacement


def test_who_serves_a_model_decides() -> None:
    plain, prefixed = model_facts(named("gpt-4o")), model_facts(named("openai/gpt-4o"))
    assert plain == prefixed == model_facts(named("gpt-4o", "OpenAI"))
    assert plain is not None
    assert (plain.shutdown, plain.moving, plain.strict) == ("2027-01-14", True, True)
    assert model_facts(named("gpt-4o", "azure")) is None
    assert model_facts(named("azure/gpt-4o")) is None
    assert model_facts(named("openai/gpt-4o", "openai")) == plain
    assert model_facts(named("anthropic/gpt-4o")) is None
    alias = ModelAlias("openai", "gpt-5.4-mini-2026-03-17")
    dated = model_facts(ModelChoice("fast", {}, alias.provider, alias.snapshot))
    assert dated is not None
    assert not dated.moving


@pytest.mark.parametrize("name", ["gpt-4-0613", "gpt-4o-2024-08-06", "claude-haiku-4-5-20251001", "mistral-large-2411"])
def test_dated_names(name: str) -> None:
    assert is_dated(name)


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-5.4-mini", "claude-opus-4-8", "llama-3.1-405b", "x-123"])
def test_undated_names(name: str) -> None:
    assert not is_dated(name)


def test_days() -> None:
    assert days_between("2026-11-22", "2027-01-14") == 53
    assert days_between("2026-11-22", "2026-11-21") == -1
    assert MAX_AGE == 180
