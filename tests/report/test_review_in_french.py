"""A report whose readers speak French: nothing of ours is English, whatever the report says."""

import re
from typing import Any

import pytest

from promptstead.report.review_markdown import comment_text, review_markdown
from promptstead.report.review_text import review_lines
from promptstead.words.sentence import Sentence, say
from promptstead.words.sentence_json import sentence_json
from tests.report.every_sentence import english, every_sentence, flat, shown
from tests.report.parsers import not_ours
from tests.report.test_review_markdown import change, comparison, finding, message, pair, prompt, review

EVERY = every_sentence()
PLACES = 6
"""How many places of one prompt take a sentence each."""
WEAKENED = 4
"""The place that the text does not show, as it stands with what weakens the whole."""


def full_prompt(number: int, sentences: list[Sentence]) -> Any:
    """Return a prompt that says each of the sentences somewhere, and shows whatever a prompt can show."""
    said = [sentence_json(each) for each in sentences]
    says: list[list[Any]] = [said[place::PLACES] for place in range(PLACES)]
    failures = [{"evaluator": "mood", "reason": each} for each in says[0]]
    answer = pair("r001", "bad") | {"head_failures": failures}
    violations = [{"case": "", "check": "short", "reason": each} for each in says[1]]
    left_out = [{"case": f"c{place}", "why": each} for place, each in enumerate(says[2])]
    return prompt(
        number,
        change=change(
            summary=sentence_json(say("changes.cases", n=2)),
            kind="changed",
            contract={
                "consequence": "breaking",
                "reasons": [{"consequence": "breaking", "reason": each} for each in says[3]],
            },
            messages=[message(["removed", "aa"], ["added", "bb"], ["moved to", "cc"])],
            inputs=[{"kind": "added", "path": "a.b", "old": None, "new": 1, "pieces": []}],
            cases={"added": ["a"], "removed": ["b"], "changed": ["c"]},
            evaluators={"added": ["a"], "removed": ["b"], "changed": ["c"]},
            weakened=says[WEAKENED],
        ),
        comparisons=[
            comparison(
                reasons=says[5], broken=[answer], fixed=[pair("r002")], violations=violations, left_out=left_out,
                verdict="INCONCLUSIVE", better="lower",
            ),
            comparison(base_model="", head_model="", reasons=[], reference_answers=True, scale="score", better="lower"),
            comparison(
                base_model="", head_model="", reasons=[], pairs=10, verdict="INCONCLUSIVE", verdict_alone="REGRESSION",
                further_cases=1234,
            ),
        ],
        lint={"new": [finding(message="unused", sentence=said[0], hint="x", hint_sentence=said[-1])], "failing": 1,
              "fixed": 2},
        rendered={
            "changes": [{"cases": ["a", "b"], "messages": []}, {"cases": ["c"], "messages": []}],
            "same": 1,
            "broken": [{"case": "d", "why": said[0]}],
            "left_out": 0,
        },
        not_evaluated=[{"case": "e", "why": said[0]}],
        tokens={"base": None, "head": None},
    )  # fmt: skip


def full_review(sentences: list[Sentence]) -> Any:
    """Return a review that says all of the sentences, a few a prompt."""
    groups = [sentences[start : start + PLACES] for start in range(0, len(sentences), PLACES)]
    outcomes = ["not valid", "fails what must not fail", "regression", "inconclusive", "worse, within margin"]
    return review(
        *(full_prompt(number, group) for number, group in enumerate(groups)),
        prompt(999, comparisons=[], error=sentence_json(EVERY[0]), outcome="not valid"),
        head="working tree",
        head_commit=None,
        unlisted=["x9"],
        outcomes=dict.fromkeys([*outcomes, "not evaluated", "improvement", "no regression", "??"], 2),
        weakens=[sentence_json(EVERY[0])] * 12,
    )


def left_in_english(text: str) -> list[str]:
    """Return what of our English words is in a French text."""
    areas = ("verdicts", "changes", "answers", "evaluators", "files", "rules", "labels", "reports")
    return sorted(words for words in english(areas) if words in flat(text))


def test_the_samples_tell_the_languages_apart() -> None:
    assert len(EVERY) > 130
    for each in EVERY:
        wordless = not re.search("[a-z]{2}", re.sub(r"`[^`]*`", "", each))
        assert wordless or shown(each, "en") != shown(each, "fr"), each.code
    assert "judged cases can be compared" in english(["verdicts"])
    assert left_in_english(review_markdown(full_review(EVERY[:PLACES])))


@pytest.mark.parametrize("form", ["markdown", "comment", "text"])
@pytest.mark.parametrize("start", range(0, len(EVERY), 2 * PLACES))
def test_nothing_of_ours_is_english(form: str, start: int) -> None:
    document = full_review(EVERY[start : start + 2 * PLACES])
    if form == "text":
        text = "\n".join(review_lines(document, language="fr"))
    elif form == "comment":
        text = comment_text(document, 60_000, "https://ci.example/1", "fr")
    else:
        text = review_markdown(document, language="fr")
    assert left_in_english(text) == []
    assert "2 régressions" in text
    assert "2 inconnus" in text
    assert "copie de travail" in text
    if form != "text":
        assert list(not_ours(text.replace("[cette exécution](https://ci.example/1)", "x"))) == []
        assert "| modification |" in text
        assert "non concluant (régression à lui seul) : environ 1\u202f234 cas de plus trancheraient" in text
        return
    for place, sentence in enumerate(EVERY[start : start + PLACES]):
        assert place == WEAKENED or shown(sentence, "fr") in flat(text), sentence.code


def test_numbers_are_french() -> None:
    text = review_markdown(review(prompt(1), evaluated=4000), language="fr")
    assert "4\u202f000 réponses enregistrées rejouées, aucun appel de modèle" in text
    assert "90,00 → 80,00 % (-10,0 [-15,0 ; -5,0])" in text
