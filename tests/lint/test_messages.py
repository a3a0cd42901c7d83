"""What the rules say, in English and French, stands in ``messages.txt`` for whoever reviews a change of wording."""

from collections.abc import Iterable

import pytest

from promptstead.detectors.personal_data import NAMES
from promptstead.detectors.secret_formats import FORMATS
from promptstead.lint.rule_table import TABLE
from promptstead.lint.rules import undeclared_risk, untested_part
from promptstead.words.sentence import Sentence
from promptstead.words.tables import table
from tests.lint import messages


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Sentence]:
    return messages.said(tmp_path_factory.mktemp("cases"))


def test_what_the_rules_say_is_what_was_reviewed(said: list[Sentence]) -> None:
    """After a change that is meant: ``python -m tests.lint.messages``, and look at the difference."""
    assert messages.shown(said) == messages.FILE.read_text(encoding="utf-8")


def test_every_sentence_of_a_rule_is_said_about_a_case(said: list[Sentence]) -> None:
    covered = {code for each in said for code in messages.codes(each)}
    assert {f"rules.{key}" for key in table("rules", "en")} - covered == set()


def test_a_key_begins_with_the_code_of_its_rule() -> None:
    shared = {"did-you-mean", "write", "fence-fix", "more-findings", "too-many-findings", "too-many-findings-hint"}
    assert {key for key in table("rules", "en") if key not in shared and key.partition("-")[0] not in TABLE} == set()


@pytest.mark.parametrize(
    "words",
    [[each.name for each in FORMATS], NAMES.values(), undeclared_risk._AREAS, untested_part._LANGUAGES],
    ids=["secrets", "personal data", "areas of high risk", "languages"],
)
def test_what_is_found_has_a_name_in_both_languages(words: Iterable[str]) -> None:
    assert [each for each in words if each not in table("labels", "fr")] == []
