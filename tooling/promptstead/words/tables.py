"""The tables of words: area and key -> template, in each language."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from promptstead.words.template import Language

AREAS = (
    *("answers", "changes", "counts", "evaluators", "files", "labels", "listings", "pages", "reports", "rules", "runs"),
    "verdicts",
)
"""The modules of the tables, which each language has."""


@cache
def table(area: str, language: Language) -> Mapping[str, str]:
    """Return key -> template of one area."""
    words: Mapping[str, str] = import_module(f"promptstead.words.{language}.{area}").WORDS
    return words


@cache
def template(code: str, language: Language) -> str:
    """Return the template of a sentence.

    :param code: ``area.key``.
    :raises LookupError: there is no such sentence.
    """
    area, _, key = code.partition(".")
    return table(area, language)[key]


def is_known(code: str) -> bool:
    """Tell whether the tables have the sentence *code*, which may come from anybody."""
    area, _, key = code.partition(".")
    return area in AREAS and key in table(area, "en")


def label(language: Language, word: str) -> str:
    """Return what *language* calls one of the fixed words of a report: a verdict, an outcome, a level, a kind.

    One that is in no table stays as it is.
    """
    return table("labels", language).get(word, word)
