"""Better words change no key of a finding: no baseline lets anything through again, no alert on a forge is reopened."""

from promptstead.words.former import FORMER
from promptstead.words.identity import former_text, identity
from promptstead.words.sentence import OWN_WORDS, Sentence, own_words, say
from promptstead.words.tables import is_known, template
from promptstead.words.template import names
from tests.words.former_words import first, now


def test_every_sentence_of_a_finding_is_written_down_as_it_was_first() -> None:
    missing = now().keys() - first().keys()
    assert not missing, f"run python -m tests.words.former_words, which adds {sorted(missing)}"


def test_a_sentence_keeps_its_code_its_arguments_and_its_first_english() -> None:
    """Otherwise put the template as it was into ``words/former.py``; codes and arguments are for good."""
    before, current = first(), now()
    assert {code: current.get(code) for code in before} == before


def test_former_words_take_the_arguments_that_there_are() -> None:
    for code, former in FORMER.items():
        assert is_known(code), code
        assert former != template(code, "en"), f"{code} says what it said: take it out"
        assert names(former) <= names(template(code, "en")), code


def test_the_former_text_is_that_of_the_former_words() -> None:
    inner = Sentence("it is much too deep", "files.too-deep", {"most": 64})
    assert former_text(say("files.in-file", file="a.yml", why=inner)) == "`a.yml`: nested more than 64 levels deep"
    assert former_text(own_words("a judge's words")) == "a judge's words"
    assert former_text("plain") == "plain"


def test_what_a_sentence_says_is_known_without_its_words() -> None:
    said = say("files.in-file", file="a.yml", why=own_words("because"))
    worded_better = Sentence("File a.yml: because", said.code, said.arguments)
    assert (
        identity(worded_better) == identity(said) == ["files.in-file", {"file": "a.yml", "why": [OWN_WORDS, "because"]}]
    )
    assert identity(say("files.in-file", file="b.yml", why=own_words("because"))) != identity(said)
    assert identity(say("files.in-file", file="a.yml", why=own_words("therefore"))) != identity(said)
    assert identity("plain") == [OWN_WORDS, "plain"]


def test_a_line_is_a_place_and_does_not_say_what_is_wrong() -> None:
    assert identity(say("files.key-twice", key="`a`", line=3)) == identity(say("files.key-twice", key="`a`", line=30))
    assert identity(say("files.key-twice", key="`a`", line=3)) != identity(say("files.key-twice", key="`b`", line=3))
