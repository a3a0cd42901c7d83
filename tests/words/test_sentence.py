"""A sentence is text for whoever reads English, and keeps what it says for everybody else."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.words.sentence import OWN_WORDS, Sentence, own_words, say, say_in, word
from promptstead.words.sentence_json import read_sentence, sentence_json
from promptstead.words.tables import label
from promptstead.words.template import fill

REMOVED = say("verdicts.cases-removed", cases=["a", "b", "c", "d", "e", "f", "g"])


def test_it_is_the_english_text() -> None:
    assert REMOVED == "cases removed: `a`, `b`, `c`, `d`, `e` and 2 more"
    assert REMOVED.to("en") == str(REMOVED)


def test_it_is_said_in_french() -> None:
    assert REMOVED.to("fr") == "cas retirés : `a`, `b`, `c`, `d`, `e` et 2 de plus"
    assert say_in("fr", "verdicts.cases-removed", cases=["a"]) == "cas retirés : `a`"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    said = {"n": 12345, "p": 0.0314}
    assert fill("{n} {n:d} {p:.2g}", said, "en") == "12,345 12345 0.031"
    assert fill("{n} {n:d} {p:.2g}", said, "fr") == "12\u202f345 12345 0,031"


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [(0, "0 cases", "0 cas jugé"), (1, "1 case", "1 cas jugé"), (2, "2 cases", "2 cas jugés")],
)
def test_a_count_takes_the_form_of_the_language(count: int, english: str, french: str) -> None:
    assert fill("{n} {n#case|cases}", {"n": count}, "en") == english
    assert fill("{n} cas {n#jugé|jugés}", {"n": count}, "fr") == french


@pytest.mark.parametrize(
    ("form", "english", "french"),
    [
        ("list", "a, b, c", "a, b, c"),
        ("or", "a, b or c", "a, b ou c"),
        ("and", "a, b and c", "a, b et c"),
        ("names2", "`a`, `b` and 1 more", "`a`, `b` et 1 de plus"),
        ("list2…", "a, b, …", "a, b, …"),
    ],
)
def test_a_list_is_written_as_the_template_asks(form: str, english: str, french: str) -> None:
    said = {"all": ["a", "b", "c"]}
    assert fill(f"{{all:{form}}}", said, "en") == english
    assert fill(f"{{all:{form}}}", said, "fr") == french
    assert fill(f"{{all:{form}}}", {"all": ["a"]}, "en").strip("`") == "a"


def test_a_list_holds_sentences() -> None:
    assert fill("{all:and}", {"all": [word("regression"), word("pass")]}, "fr") == "régression et réussi"


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    outer = Sentence("x", "verdicts.hard-missing", {"check": REMOVED})
    assert "cas retirés" in outer.to("fr")
    assert fill("{all}", {"all": [REMOVED, REMOVED]}, "fr").count(" ; ") == 1


def test_braces_are_written_twice() -> None:
    assert fill("{{{{ {name} }}}}", {"name": "letter"}, "en") == "{{ letter }}"


def test_it_travels_between_processes_and_through_json() -> None:
    again = pickle.loads(pickle.dumps(REMOVED))
    assert (again, again.code, again.arguments) == (REMOVED, REMOVED.code, REMOVED.arguments)
    read = read_sentence(json.loads(json.dumps(sentence_json(REMOVED))))
    assert (read, read.to("fr")) == (REMOVED, REMOVED.to("fr"))


def test_words_of_others_stay_as_they_are() -> None:
    said = own_words("the judge says so")
    assert (said.code, said.to("fr")) == (OWN_WORDS, "the judge says so")
    assert read_sentence("as older files have it").to("fr") == "as older files have it"
    assert own_words(REMOVED) is REMOVED


def test_it_is_cut_with_what_it_says() -> None:
    cut = say("verdicts.hard-missing", check="x" * 2_000).within(500)
    assert len(cut) == 500
    assert len(str(cut.arguments["check"])) == 500
    assert cut.to("fr").startswith("l’évaluateur strict")
    assert REMOVED.within(500) is REMOVED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.sampled_from(
        ["verdicts.cases-removed", "verdicts.hard-fails", "verdicts.too-few-comparable", "x", "..", "os.path", ""]
    ),
    JSON,
)
def test_a_report_of_a_stranger_gives_a_sentence_that_can_be_said(code: str, arguments: object) -> None:
    named = (
        arguments
        if isinstance(arguments, dict)
        else {"cases": arguments, "check": arguments, "compared": arguments, "judged": arguments}
    )
    read = read_sentence({"code": code, "arguments": named, "text": "the text"})
    assert read == "the text"
    assert isinstance(read.to("fr"), str)


def test_a_word_without_a_label_stays_as_it_is() -> None:
    assert label("fr", "regression") == "régression"
    assert label("fr", "whatever") == "whatever"


def test_a_fixed_word_is_a_sentence_within_another() -> None:
    assert (word("regression"), word("regression").to("fr")) == ("regression", "régression")
    assert read_sentence(sentence_json(word("regression"))).to("fr") == "régression"


def test_what_is_nested_too_deeply_is_text() -> None:
    inside: object = "x"
    lists: object = "x"
    for _ in range(300):
        inside = {"code": "verdicts.of-prompt", "arguments": {"prompt": "p", "text": inside}, "text": "t"}
        lists = [lists]
    read = read_sentence(inside)
    assert (read, read.code) == ("t", "verdicts.of-prompt")
    assert len(read.to("fr")) < 200
    flat = read_sentence({"code": "verdicts.clauses", "arguments": {"clauses": lists}, "text": "t"})
    assert (flat.code, flat.to("fr")) == (OWN_WORDS, "t")


def test_a_fixed_word_within_a_sentence_is_said_in_its_language() -> None:
    said = say("verdicts.undecided", prompt="p", verdict=word("inconclusive"))
    assert said.to("fr") == "`p` : non concluant, ce que la politique de la base n’accepte pas"
    parts = say("changes.parts", parts=[word("inputs"), say("changes.cases", n=2)])
    assert (str(parts), parts.to("fr")) == ("inputs, 2 cases", "entrées, 2 cas")
