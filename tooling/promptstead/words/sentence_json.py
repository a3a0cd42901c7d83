"""Sentences in JSON: the code and the arguments for programs, the English text for everybody."""

from collections.abc import Mapping
from typing import TypedDict, cast

from promptstead.words.sentence import Argument, Sentence, own_words
from promptstead.words.tables import is_known, template
from promptstead.words.template import LANGUAGES, fill

MAX_TEXT = 2_000
"""Characters of one argument that is read back."""
MAX_LIST = 10_000
"""Items of one argument that are read back."""
MAX_DEPTH = 12
"""Sentences and lists within each other that are read back: more than any of ours, too few to fill a stack."""


_PLAIN = {str, int, float}
_TEXTS = {str}


class SentenceDocument(TypedDict):
    """A sentence in JSON; *arguments* are texts, numbers, sentences, and lists of texts or sentences."""

    code: str
    arguments: Mapping[str, object]
    text: str


def sentence_json(sentence: str) -> SentenceDocument:
    """Return a sentence, or a text of others, as JSON has it."""
    said = own_words(sentence)
    arguments = said.arguments
    for value in arguments.values():
        if type(value) not in _PLAIN and not (type(value) is list and set(map(type, value)) == _TEXTS):
            arguments = cast(Mapping[str, Argument], {name: _argument(each) for name, each in arguments.items()})
            break
    return {"code": said.code, "arguments": arguments, "text": said}


def read_sentence(value: object, depth: int = 0) -> Sentence:
    """Return the sentence that JSON has; of a text alone, which older files have, one that has no words of ours.

    What claims a code and does not fit its template is taken as text: a report may come from anybody. *depth* is how
    many sentences this one stands in.
    """
    if not isinstance(value, Mapping):
        return own_words(str(value))
    text, code, found = str(value.get("text", "")), value.get("code"), value.get("arguments")
    if not isinstance(code, str) or not isinstance(found, Mapping) or not is_known(code):
        return own_words(text)
    try:
        arguments = cast(
            Mapping[str, Argument], {str(name): _read_argument(each, depth) for name, each in found.items()}
        )
        for language in LANGUAGES:
            fill(template(code, language), arguments, language)
    except (LookupError, TypeError, ValueError, OverflowError, RecursionError):
        return own_words(text)
    return Sentence(text, code, arguments)


def _argument(value: object) -> object:
    if isinstance(value, Sentence):
        return sentence_json(value)
    return [_argument(each) for each in value] if isinstance(value, (list, tuple)) else value


def _read_argument(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise TypeError
    if isinstance(value, Mapping):
        return read_sentence(value, depth + 1)
    if isinstance(value, list):
        return [_read_argument(each, depth + 1) for each in value[:MAX_LIST]]
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, (int, float)):
        return value
    raise TypeError
