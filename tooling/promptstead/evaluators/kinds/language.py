"""``language``: the natural language that the answer is written in."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from unicodedata import category

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.extras import library
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.model import Json
from promptstead.words.sentence import say

MAX_READ = 20_000
MIN_LETTERS = 20

_LEFT_OUT = re.compile(r"^ {0,3}(```|~~~)[\s\S]*?(?:^ {0,3}\1|\Z)|https?://\S+|`[^`\n]*`", re.MULTILINE)


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Tell the answer's language and ask that it is one of ``is``; without ``is`` the language is a label.

    Languages are ISO 639-1 codes (``fr``); of ``fr-CA`` only ``fr`` counts. The detector is py3langid, whose model of
    over 90 languages is in its package: a statistical guess that is good for a sentence or two and poor for a few
    words, so that fewer than 20 letters are unscored. Code (fenced and between back-ticks) and addresses are left out,
    and the first 20,000 characters that remain decide. A code that the detector does not know leaves the answer
    unscored, since no answer could pass.
    """
    read = texts(options["is"]) if "is" in options else None

    def judge(answer: Answer) -> Result:
        wanted = None if read is None else [code.partition("-")[0].lower() for code in read(answer.case)]
        prose = _LEFT_OUT.sub(" ", answer.text[: 5 * MAX_READ])[:MAX_READ]
        if sum(map(_is_letter, prose)) < MIN_LETTERS:
            raise Unscored(say("evaluators.too-few-letters", least=MIN_LETTERS))
        detector = _detector()
        if wanted is not None and not wanted:
            raise Unscored(say("evaluators.no-language"))
        unknown = next((code for code in wanted or () if code not in detector.labels), None)
        if unknown is not None:
            raise Unscored(say("evaluators.unknown-language", language=quoted(unknown)))
        code, confidence = detector.classify(prose)
        said = say("evaluators.language-is", language=code, confidence=float(confidence))
        if wanted is None:
            return Result(code, said)
        if code in wanted:
            return Result(True, said)
        return Result(False, say("evaluators.other-language", wanted=list(dict.fromkeys(wanted)), said=said))

    return judge


def _is_letter(character: str) -> bool:
    """Tell whether a character is a letter, or one of the marks that are vowels in the scripts of India."""
    return character.isalpha() or category(character).startswith("M")


@cache
def _detector() -> Any:
    langid = library("py3langid.langid")
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
