"""A sentence of the product: English text that still knows what it says, so that it can be said in French."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Union, cast

from promptstead.errors import one_line
from promptstead.words.tables import label, template
from promptstead.words.template import Fill, Language, fill, filler

Argument = Union[str, int, float, Sequence[str], "Sentence", Sequence["Sentence"]]
OWN_WORDS = "own-words"
"""The code of a text that is in no table: what a judge, a function or another tool said."""


class Sentence(str):
    """An English text with its code and arguments.

    Text made of it (``f"{reason}"``) is English and knows nothing any more: a sentence within a sentence is one of its
    arguments.

    :ivar code: ``area.key``: the module and the key of the tables of words; or ``own-words``.
    :ivar arguments: name -> what is put into the template.
    """

    __slots__ = ("arguments", "code")
    code: str
    arguments: Mapping[str, Argument]

    def __new__(cls, text: str, code: str, arguments: Mapping[str, Argument]) -> "Sentence":
        """Make a sentence of a text that is there; :func:`say` makes the text."""
        made = str.__new__(cls, text)
        made.code = code
        made.arguments = arguments
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return Sentence, (str(self), self.code, dict(self.arguments))

    def to(self, language: Language) -> str:
        """Return the text in *language*."""
        if language == "en" or self.code == OWN_WORDS:
            return str(self)
        return fill(template(self.code, language), self.arguments, language)

    def within(self, limit: int) -> "Sentence":
        """Return the same on one line, the text and each text among its arguments in at most *limit* characters."""
        if len(self) <= limit and self.isprintable():
            return self
        cut = {name: _within(value, limit) for name, value in self.arguments.items()}
        return Sentence(one_line(self[: limit + 1], limit), self.code, cut)


def say(code: str, /, **arguments: Argument) -> Sentence:
    """Return the sentence *code* about its arguments.

    *code* is written out where it is said, so that a test finds every sentence and holds it against the tables.
    """
    if not arguments:
        return _alone(code)
    return made(_english(code)(arguments), code, arguments)


def made(text: str, code: str, arguments: Mapping[str, Argument]) -> Sentence:
    """Return what ``Sentence(…)`` makes, in half the time: there are four about each of very many answers."""
    sentence = str.__new__(Sentence, text)
    sentence.code = code
    sentence.arguments = arguments
    return sentence


def say_in(language: Language, code: str, /, **arguments: Argument) -> str:
    """Return the text of the sentence *code* in *language*, for a renderer, which keeps no sentence."""
    return fill(template(code, language), arguments, language)


def word(fixed: str) -> Sentence:
    """Return one of the fixed words of a report (a verdict, a role, a level) as a sentence, to be put into another."""
    return Sentence(label("en", fixed), f"labels.{fixed}", {})


def own_words(text: str) -> Sentence:
    """Return a text that others wrote as a sentence, which is the same in every language."""
    return text if isinstance(text, Sentence) else Sentence(text, OWN_WORDS, {})


NOTHING_SAID = own_words("")
"""Where there is nothing to say."""


@cache
def _english(code: str) -> Fill:
    return filler(template(code, "en"), "en")


@cache
def _alone(code: str) -> Sentence:
    """Return a sentence without arguments, of which there need be only one."""
    return Sentence(_english(code)({}), code, {})


def _within(value: Argument, limit: int) -> Argument:
    if isinstance(value, Sentence):
        return value.within(limit)
    if isinstance(value, str):
        return one_line(value[: limit + 1], limit)
    return value if isinstance(value, (int, float)) else cast(Argument, [_within(each, limit) for each in value])
