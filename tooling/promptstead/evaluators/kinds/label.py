"""``label``: which of given labels the answer gives."""

import re
from collections.abc import Callable, Mapping

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.hits import taken
from promptstead.evaluators.shared.json_query import selector
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, Unscored, quoted
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.evaluators.shared.target import not_json
from promptstead.model import Json
from promptstead.words.sentence import say

NO_LABEL = "(no label)"
"""The value of an answer that gives none of the labels: wrong, and not unscored."""

MAX_SEARCHED = 100_000

_START, _END = r"(?<![^\W_])(?<![^\W_]_)", r"(?!_?[^\W_])"
"""The edges of a word: an underscore at one is emphasis (``_yes_``), between two characters part of it."""
_AROUND = " \t\r\n\"'“”„«»‘’*_`.,;:!()[]"


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Take the label that the answer gives; the result is one of ``labels``, or ``(no label)``.

    What is read is the answer, the value at ``path`` (JSONPath; the first that it selects), or what follows the last
    ``after`` up to the end of its line. ``find: whole`` (the default) asks that it is a label, quotes, emphasis,
    punctuation and white space around it aside; ``first`` and ``last`` take the first or last label that stands in it
    as whole words (of two at one place the longer), a number the one at that place (2 is the second, -2 the last but
    one), ``only`` wants the same one throughout. Case is folded unless
    ``ignore_case: false``. To search more than 100,000 characters is unscored.

    With ``expected``, the label that is right, reports count accuracy, macro-F1 and the confusion matrix over the
    cases. The label passes or fails no case by itself.

    :raises PromptsteadError: the path is malformed, or labels cannot be told apart.
    """
    labels: list[str] = options["labels"]
    fold: Callable[[str], str] = str.casefold if options.get("ignore_case", True) else str
    find: str | float = options.get("find", "whole")
    after: str = options.get("after", "")
    select = selector(options["path"]) if "path" in options else None
    texts(options.get("expected", ""))  # a template that is wrong is found now
    known = {fold(label.strip(_AROUND)): label for label in labels}
    if len(known) < len(labels) or "" in known:
        raise PromptsteadError(say("evaluators.equal-labels"), hint=say("evaluators.case-is-folded"))
    longest_first = sorted(map(fold, labels), key=len, reverse=True)
    pattern = re.compile(rf"{_START}(?:{'|'.join(map(re.escape, longest_first))}){_END}")
    spelled = {fold(label): label for label in labels}

    def judge(answer: Answer) -> Result:
        text = answer.text
        if select is not None:
            try:
                values = select(answer.json())
            except NotJson as error:
                return not_json(text, error, NO_LABEL)
            text = values[0] if values and isinstance(values[0], str) else ""
        if after:
            _, mark, rest = text.rpartition(after)
            text = rest.strip().partition("\n")[0] if mark else ""
        if find == "whole":
            found = known.get(fold(text.strip(_AROUND)))
            return _given(found, text)
        if len(text) > MAX_SEARCHED:
            raise Unscored(say("evaluators.too-long-for-labels", most=MAX_SEARCHED))
        all_found = [spelled[match[0]] for match in pattern.finditer(fold(text))]
        if find == "only":
            different = list(map(quoted, dict.fromkeys(all_found)))
            if len(different) > 1:
                return Result(NO_LABEL, say("evaluators.several-labels", labels=different))
            return _given(all_found[0] if all_found else None, text)
        label, seen = taken(all_found, find)
        if label is None and seen:
            return Result(NO_LABEL, say("evaluators.fewer-labels", place=int(find), n=seen))
        return _given(label, text)

    return judge


def _given(label: str | None, text: str) -> Result:
    if label is None:
        return Result(NO_LABEL, say("evaluators.no-label", text=quoted(text)))
    return Result(label, say("evaluators.label-is", label=quoted(label)))
