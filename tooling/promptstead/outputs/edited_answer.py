"""A reference answer with the edit of a counterexample: one small mistake put into an answer that is right."""

import json

from promptstead.evaluators.shared.results import quoted
from promptstead.evaluators.shared.strict_json import NotJson, follow, parse, unfenced
from promptstead.model import Counterexample, Json, KeyPath
from promptstead.prompts.declared.json_path import keys
from promptstead.runtime.values import equal
from promptstead.words.sentence import NOTHING_SAID, Sentence, say


class NoEdit(Exception):
    """The edit cannot be made, and why; *at* is where in the counterexample that stands, *is_key* says as a key."""

    def __init__(self, reason: Sentence, at: KeyPath, hint: Sentence = NOTHING_SAID, *, is_key: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.at, self.hint, self.is_key = reason, at, hint, is_key


def edited(answer: str, counterexample: Counterexample) -> str:
    """Return *answer* with the edit of *counterexample*.

    Texts are replaced one after the other, each where it stands alone. Values are set and removed in the JSON that the
    answer is, alone or inside a code fence, which is then written with two spaces a level.

    :raises NoEdit: there is nothing to edit at a place, or the edit changes nothing.
    """
    if counterexample.replace:
        return _replaced(answer, counterexample.replace)
    inside = unfenced(answer)
    name = "set" if counterexample.set else "remove"
    try:
        before, value = parse(inside), parse(inside)
    except NotJson as error:
        raise NoEdit(say("answers.edit-not-json", why=error.reason), (name,), _other_form(), is_key=True) from None
    for place, new in counterexample.set.items():
        _set(value, place, new)
    for index, place in enumerate(counterexample.remove):
        _remove(value, place, index)
    if equal(before, value):
        raise NoEdit(say("answers.edit-changes-nothing"), (name,), is_key=True)
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    except (ValueError, RecursionError):
        raise NoEdit(say("answers.edit-no-json-value"), (name,), is_key=True) from None
    start = answer.index(inside)
    return answer[:start] + text + answer[start + len(inside) :]


def _replaced(answer: str, replacements: tuple[tuple[str, str], ...]) -> str:
    text = answer
    for index, (find, put) in enumerate(replacements):
        count = text.count(find)
        if count != 1:
            message = (
                say("answers.edit-found-often", text=quoted(find), n=count)
                if count
                else say("answers.edit-not-found", text=quoted(find))
            )
            raise NoEdit(message, ("replace", index, "find"), say("answers.edit-quote-once"))
        text = text.replace(find, put)
    if text == answer:
        raise NoEdit(say("answers.edit-changes-nothing"), ("replace",), is_key=True)
    return text


def _set(value: Json, place: str, new: Json) -> None:
    *way, last = keys(place) or [place]
    try:
        parent = follow(value, way)
        if isinstance(last, int) and isinstance(parent, list) and last == len(parent):
            parent.append(new)
            return
        if isinstance(last, int):
            follow(parent, (last,))
        elif not isinstance(parent, dict):
            raise LookupError(last)
        parent[last] = new
    except LookupError:
        raise NoEdit(say("answers.edit-no-room", place=place), ("set", place), is_key=True) from None


def _remove(value: Json, place: str, index: int) -> None:
    *way, last = keys(place) or [place]
    try:
        parent = follow(value, way)
        follow(parent, (last,))
        del parent[last]
    except LookupError:
        raise NoEdit(say("answers.edit-no-place", place=place), ("remove", index)) from None


def _other_form() -> Sentence:
    return say("answers.edit-other-form")
