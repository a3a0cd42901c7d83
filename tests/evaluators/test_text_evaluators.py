"""Evaluators of text and similarity: what passes, what fails, what is a score or a label, what stays unscored."""

import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.evaluators.kinds import language
from promptstead.evaluators.kinds.readability import syllables
from promptstead.evaluators.shared.results import Result
from promptstead.words.sentence import say
from tests.evaluators.judged import judge

CAT = "The cat sat on the mat."
FRENCH = "Bonjour, votre carte a été débitée deux fois et nous vous remboursons demain."
ENGLISH = "Hello, your card has been charged twice and we will pay you back tomorrow."
MARKDOWN = """\
# Title

A *first* **second** and ***third*** point, 2 * 3 * 4, _fourth_ snake_case_name.

* one
- two
  • three
- - -
1. first
2) second
Write to [name] at [address](x), [a link](https://e.example) and [ ] or [x].
<<a title>>

```text
# no heading
- no bullet *none* [none]
```
## NASA and I SHOUT
"""


TABLE: list[tuple[str, str, dict[str, Any], Any, bool | float | str | None]] = [
    ("casing", "ALL CAPS, 123!", {"case": "upper"}, None, True),
    ("casing", "All caps", {"case": "upper"}, None, False),
    ("casing", "ÉTÉ", {"case": "upper"}, None, True),
    ("casing", "tout bas", {"case": "lower"}, None, True),
    ("casing", "AbCd", {"case": "upper", "min": 0.5, "max": 0.5}, None, True),
    ("casing", "ab", {"case": "upper", "max": 0.1}, None, True),
    ("casing", "ǅ", {"case": "upper", "max": 0}, None, True),
    ("casing", "123 عربي", {"case": "lower"}, None, False),
    ("casing", "", {"case": "lower"}, None, False),
    ("count", "card, cards and Card", {"text": "card"}, None, 2.0),
    ("count", "card, cards and Card", {"text": "card", "ignore_case": True, "min": 3}, None, True),
    ("count", "card, cards and Card", {"text": "card", "whole_words": True, "max": 1}, None, True),
    ("count", "card_ card2 écard card", {"text": "card", "whole_words": True, "min": 1, "max": 1}, None, True),
    ("count", "cafe\u0301 cafe", {"text": "cafe", "whole_words": True}, None, 1.0),
    ("count", "no no", {"text": "no no no", "min": 1}, None, False),
    ("count", "a b a", {"text": ["a", "b"], "min": 3, "max": 3}, None, True),
    ("count", "a a", {"text": ["a", "{{ expected }}"], "max": 2}, "a", True),
    ("count", "x y", {"text": "{{ expected }}", "min": 2}, ["x", "y"], True),
    ("count", "x", {"text": "{{ expected }}"}, "", None),
    ("count", "x", {"text": "{{ expected }}"}, "x" * 1001, None),
    ("count", "aaaa", {"text": "aa"}, None, 2.0),
    ("count", "Section 1\n section 2\nno Section", {"text": "Section", "at": "line-start"}, None, 1.0),
    ("count", "Sections\nSection", {"text": "Section", "at": "line-start", "whole_words": True}, None, 1.0),
    ("count", "e\u0301 \u00e9", {"text": "\u00e9"}, None, 1.0),
    ("count", '{"s": "a a"}', {"path": "$.s", "text": "a"}, None, 2.0),
    ("count", '{"s": ["a a", "a a a a"]}', {"path": "$.s[*]", "text": "a"}, None, 3.0),
    ("count", MARKDOWN, {"element": "bullets"}, None, 3.0),
    ("count", MARKDOWN, {"element": "numbered"}, None, 2.0),
    ("count", MARKDOWN, {"element": "headings"}, None, 2.0),
    ("count", MARKDOWN, {"element": "highlights"}, None, 4.0),
    ("count", MARKDOWN, {"element": "placeholders"}, None, 1.0),
    ("count", "[user1]: Hello [user2]: hi\n[1]: https://a.example\n[2]: </b>", {"element": "placeholders"}, None, 2.0),
    ("count", MARKDOWN, {"element": "titles"}, None, 1.0),
    ("count", MARKDOWN, {"element": "links"}, None, 2.0),
    ("count", MARKDOWN, {"element": "code-blocks"}, None, 1.0),
    ("count", MARKDOWN, {"element": "capital-words"}, None, 2.0),
    ("count", "```\n- a\n", {"element": "bullets", "max": 0}, None, True),
    ("language", FRENCH, {"is": "fr"}, None, True),
    ("language", FRENCH, {"is": ["en", "{{ inputs.language }}-CA"]}, None, True),
    ("language", ENGLISH, {"is": "fr"}, None, False),
    ("language", FRENCH, {}, None, "fr"),
    ("language", "مرحبا بكم في البنك، كيف يمكنني مساعدتك اليوم؟", {"is": "ar"}, None, True),
    ("language", f"{FRENCH}\n```\n{ENGLISH * 5}\n```\nhttps://the.example/with/many/english/words", {}, None, "fr"),
    ("language", "ok", {"is": "en"}, None, None),
    ("language", "आपका कार्ड कल बदल देंगे जी", {"is": "hi"}, None, True),
    ("language", "", {"is": "en"}, None, None),
    ("language", ENGLISH, {"is": "xx"}, None, None),
    ("length", "a b c", {"unit": "words"}, None, 3.0),
    ("length", "a *** *** b\n\nc", {"unit": "paragraphs", "separator": "***", "min": 2, "max": 2}, None, True),
    ("length", "yes\n***\n yes", {"unit": "paragraphs", "separator": "***", "distinct": True, "min": 2}, None, False),
    ("length", "abab", {"distinct": True, "max": 2}, None, True),
    ("readability", "The cat sat on the mat. It was a sunny day.", {"formula": "flesch", "min": 90}, None, True),
    ("readability", "", {"formula": "lix"}, None, None),
    ("readability", "… ! ?", {"formula": "lix"}, None, None),
    ("readability", "Voici une phrase claire.", {"formula": "kandel-moles", "min": 60}, None, True),
    ("similarity", "kitten", {"to": "sitting", "metric": "distance", "max": 3}, None, True),
    ("similarity", "kitten", {"to": "sitting", "metric": "distance", "max": 2}, None, False),
    ("similarity", "abcd", {"to": "abce"}, None, 0.75),
    ("similarity", "ABCD", {"to": "abce", "ignore_case": True, "min": 0.7}, None, True),
    ("similarity", "", {"to": "{{ expected }}"}, "", 1.0),
    ("similarity", "x", {"to": "{{ expected.answer }}"}, {}, None),
    ("similarity", CAT, {"to": "{{ expected }}"}, ["dog", CAT], 1.0),
    ("similarity", CAT, {"to": CAT, "metric": "bleu", "min": 0.999}, None, True),
    ("similarity", CAT, {"to": ["no", CAT], "metric": "chrf", "min": 0.999}, None, True),
    ("similarity", "the dog", {"to": "the cat", "metric": "rouge-1"}, None, 0.5),
    ("similarity", "the dog", {"to": "the cat", "metric": "rouge-2"}, None, 0.0),
    ("similarity", "Été à Paris", {"to": "été à Rome", "metric": "rouge-l", "min": 0.66}, None, True),
    ("similarity", "the the", {"to": "the cat", "metric": "gleu"}, None, 1 / 3),
    ("similarity", "", {"to": CAT, "metric": "bleu"}, None, 0.0),
    ("similarity", "", {"to": CAT, "metric": "gleu"}, None, 0.0),
    ("similarity", "", {"to": "", "metric": "rouge-l"}, None, 0.0),
    ("similarity", "x" * 100_001, {"to": CAT}, None, None),
    ("similarity", "x", {"to": ["y" * 60_000, "z" * 60_000]}, None, None),
    ("contains", "1\n\nTwo.", {"part": {"separator": "\n\n", "number": 2}, "value": "Two", "at": "start"}, None, True),
    ("contains", "One.\n\nTwo", {"part": {"separator": "\n\n", "number": -1}, "value": "One"}, None, False),
    ("contains", "One.\n\nTwo", {"part": {"separator": "\n\n", "number": 3}, "value": "One"}, None, False),
    ("contains", "x1 *** x2", {"part": {"separator": "***"}, "value": "x"}, None, True),
    ("contains", "x1 *** y2", {"part": {"separator": "***"}, "value": "x"}, None, False),
    ("contains", '{"s": "a|b"}', {"path": "$.s", "part": {"separator": "|", "number": 1}, "value": "b"}, None, False),
    ("json-path", '{"a": 0.3}', {"path": "$.a", "equals": 0.1, "tolerance": 0.2}, None, True),
    ("json-path", '{"a": 0.31}', {"path": "$.a", "equals": 0.1, "tolerance": 0.2}, None, False),
    ("json-path", '{"a": "0.3"}', {"path": "$.a", "equals": 0.3, "tolerance": 0.2}, None, False),
    ("json-path", '{"a": true}', {"path": "$.a", "equals": 1, "tolerance": 1}, None, False),
]


def skip_without_metrics() -> None:
    """Skip where the extra ``metrics`` is not installed; CI installs it."""
    for module in ("py3langid", "rapidfuzz.distance", "sacrebleu"):
        pytest.importorskip(module, reason="the extra `metrics` is not installed")


@pytest.mark.parametrize(("kind", "answer", "options", "expected", "value"), TABLE)
def test_value(kind: str, answer: str, options: dict[str, Any], expected: Any, value: object) -> None:
    if kind in ("language", "similarity"):
        skip_without_metrics()
    result = judge(kind, answer, options, expected)
    assert result.value == value, result.reason
    assert type(result.value) is type(value) or not isinstance(value, (bool, float, str, type(None)))
    assert 0 < len(result.reason) <= 500
    assert result.reason.isprintable()


@pytest.mark.parametrize(("kind", "options"), [*((kind, options) for kind, _, options, *_ in TABLE), ("number", {})])
def test_min_above_max_is_refused(kind: str, options: dict[str, Any]) -> None:
    if kind in ("casing", "count", "json-path", "length", "number", "readability", "similarity"):
        with pytest.raises(PromptsteadError, match="is above `max`"):
            judge(kind, "x", {**options, "min": 1, "max": 0})


SENTENCES = st.lists(st.sampled_from(["the", "a", "cat", "dog", "sat", "on", "Red"]), max_size=12).map(" ".join)


@given(SENTENCES, SENTENCES)
def test_rouge_is_what_the_reference_implementation_gives(answer: str, reference: str) -> None:
    scorer = pytest.importorskip("rouge_score.rouge_scorer")
    names = {"rouge1": "rouge-1", "rouge2": "rouge-2", "rougeL": "rouge-l"}
    scores = scorer.RougeScorer(list(names)).score(reference, answer)
    for theirs, ours in names.items():
        got = judge("similarity", answer, {"to": reference, "metric": ours}).value
        assert got == pytest.approx(scores[theirs].fmeasure)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["levenshtein", "rouge-1", "rouge-l", "gleu"]))
def test_similarity_lies_between_nothing_and_equal_and_has_no_side(one: str, other: str, metric: str) -> None:
    skip_without_metrics()
    result = judge("similarity", one, {"to": "{{ expected }}", "metric": metric}, other).value
    assert isinstance(result, float)
    assert 0 <= result <= 1
    assert result == judge("similarity", other, {"to": "{{ expected }}", "metric": metric}, one).value
    assert judge("similarity", one, {"to": "{{ expected }}"}, one).value == 1


def test_bleu_and_chrf_fall_as_words_change() -> None:
    skip_without_metrics()
    answers = [CAT, "The cat sat on the rug.", "A dog sat on the rug.", "Nothing alike here"]
    for metric in ("bleu", "chrf"):
        values = [judge("similarity", answer, {"to": CAT, "metric": metric}).value for answer in answers]
        numbers = [value for value in values if isinstance(value, float)]
        assert len(numbers) == len(values)
        assert all(nearer > farther for nearer, farther in pairwise(numbers))


def test_readability_by_hand() -> None:
    text = "The cat sat. A dog ran home quickly."  # 8 words, 2 sentences, 9 syllables, 27 letters, 1 long word
    by_hand = {
        "flesch": 206.835 - 1.015 * 4 - 84.6 * 9 / 8,
        "flesch-kincaid": 0.39 * 4 + 11.8 * 9 / 8 - 15.59,
        "ari": 4.71 * 27 / 8 + 0.5 * 4 - 21.43,
        "lix": 4 + 100 / 8,
    }
    for formula, value in by_hand.items():
        assert judge("readability", text, {"formula": formula}).value == pytest.approx(value)
    french = "Les chats dorment. Le soleil brille."  # 1+1+1, 1+2+1
    assert judge("readability", french, {"formula": "kandel-moles"}).value == pytest.approx(
        207 - 1.015 * 3 - 73.6 * 7 / 6
    )


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("the", "en", 1),
        ("table", "en", 2),
        ("home", "en", 1),
        ("walked", "en", 1),
        ("wanted", "en", 2),
        ("boxes", "en", 2),
        ("banana", "en", 3),
        ("well-known", "en", 2),
        ("maison", "fr", 2),
        ("banque", "fr", 1),
        ("parlent", "fr", 1),
        ("été", "fr", 2),
        ("le", "fr", 1),
        ("12", "fr", 1),
    ],
)
def test_syllables(word: str, language: str, count: int) -> None:
    assert syllables(word, language) == count


@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("language", {"is": "en"}, "py3langid"),
        ("similarity", {"to": "x"}, "rapidfuzz"),
        ("similarity", {"to": "x", "metric": "bleu"}, "sacrebleu"),
    ],
)
def test_a_missing_library_leaves_the_answer_unscored_and_names_the_extra(
    kind: str, options: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    language._detector.cache_clear()
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    result = judge(kind, ENGLISH, options)
    assert result == Result(None, say("evaluators.not-installed", library=name))


@pytest.mark.parametrize(
    ("answer", "strip", "holds"),
    [
        ('"Paris".', ["quotes", "punctuation"], True),
        ("« Paris »", ["quotes"], True),
        ("“Paris!”", ["quotes", "punctuation"], True),
        ("Paris.", ["punctuation"], True),
        ("Paris.", ["quotes"], False),
        ('"Paris', ["quotes"], False),
        ("Par.is", ["quotes", "punctuation"], False),
        ("Paris%", ["punctuation"], False),
        ('"' * 100_000 + "Paris" + '"' * 100_000, ["quotes"], True),
        ('"."', ["quotes", "punctuation"], False),
        ("", ["quotes", "punctuation"], False),
    ],
)
def test_what_stands_around_a_text_can_be_left_out(answer: str, strip: list[str], holds: bool) -> None:
    assert judge("equals", answer, {"value": "Paris", "strip": strip}).value is holds


def test_nothing_but_marks_is_compared_as_it_stands() -> None:
    options = {"value": "?", "strip": ["quotes", "punctuation"]}
    assert (judge("equals", "?", options).value, judge("equals", "!", options).value) == (True, False)
