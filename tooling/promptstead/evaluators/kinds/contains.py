"""``contains``: the answer holds given texts."""

from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, Unscored, first_quoted, quoted
from promptstead.model import Json
from promptstead.words.sentence import Sentence, say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Look for ``value``, for one of ``any`` and for each of ``all``; where several are given, all of them must hold.

    Texts are compared code point by code point, with ``ignore_case`` by Unicode case folding. ``at: start`` and ``at:
    end`` ask that the answer begins or ends with the text, white space included. An item of ``any`` or ``all`` that is
    one expression and gives a list (``"{{ expected.words }}"``) stands for the items of that list. An empty text, which
    every answer contains, and an empty list leave the answer unscored.
    """
    groups = [
        (rule, texts(options[key])) for key, rule in (("value", all), ("any", any), ("all", all)) if key in options
    ]
    ignore_case = options.get("ignore_case", False)
    at = options.get("at", "anywhere")

    def holds(text: str, wanted: str) -> bool:
        if ignore_case:
            wanted = wanted.casefold()
        if at == "start":
            return text.startswith(wanted)
        return text.endswith(wanted) if at == "end" else wanted in text

    def judge(answer: Answer) -> Result:
        text = answer.text.casefold() if ignore_case else answer.text
        found: list[str] = []
        for rule, read in groups:
            wanted = read(answer.case)
            if not wanted or "" in wanted:
                raise Unscored(say("evaluators.no-text-to-find"))
            present = [item for item in wanted if holds(text, item)]
            if rule is all and len(present) < len(wanted):
                missing = next(item for item in wanted if item not in present)
                return Result(False, _expected(at, quoted(missing)))
            if not present:
                return Result(False, _expected_one(at, first_quoted(wanted)))
            found += present
        return Result(True, _found(at, first_quoted(found)))

    return judge


def _expected(at: str, text: str) -> Sentence:
    if at == "anywhere":
        return say("evaluators.expected-text", text=text)
    return say("evaluators.expected-text-at-start" if at == "start" else "evaluators.expected-text-at-end", text=text)


def _expected_one(at: str, texts: list[str]) -> Sentence:
    if at == "anywhere":
        return say("evaluators.expected-one", texts=texts)
    return say("evaluators.expected-one-at-start" if at == "start" else "evaluators.expected-one-at-end", texts=texts)


def _found(at: str, texts: list[str]) -> Sentence:
    if at == "anywhere":
        return say("evaluators.found", texts=texts)
    return say("evaluators.found-at-start" if at == "start" else "evaluators.found-at-end", texts=texts)
