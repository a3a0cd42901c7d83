"""Every sentence of the core, said of samples: what a report can hold, and what tells one language from the other."""

import re
from collections.abc import Iterable
from typing import Any

from promptstead.words.sentence import Sentence
from promptstead.words.tables import table
from promptstead.words.template import Language, fill

CORE = ("verdicts", "changes", "answers", "evaluators", "files", "rules")
"""The areas whose sentences stand in reports."""
_LIST = re.compile(r"(names|list|or|and)\d*…?")
_FIELD = re.compile(r"\{(\w+)(?:(#)[^{}]*|:([^{}]*))?\}")


def samples(template: str) -> dict[str, Any]:
    """Return arguments for a template which are words of no language."""
    found: dict[str, Any] = {}
    for name, counts, form in _FIELD.findall(template.replace("{{", "").replace("}}", "")):
        if counts or (form and not _LIST.fullmatch(form)):
            found[name] = 3
        elif form:
            found.setdefault(name, ["x1", "x2"])
        else:
            found.setdefault(name, "x0")
    return found


def every_sentence() -> list[Sentence]:
    """Return each sentence of the core, said once."""
    found = []
    for area in CORE:
        for key, template in table(area, "en").items():
            arguments = samples(template + table(area, "fr")[key])
            found.append(Sentence(fill(template, arguments, "en"), f"{area}.{key}", arguments))
    return found


def shown(sentence: Sentence, language: Language) -> str:
    """Return a sentence as a reader of any form finds it."""
    return flat(sentence.to(language))


def flat(text: str) -> str:
    """Return a text without marks of code, its white space as single spaces."""
    return " ".join(text.replace("`", "").split())


def english(areas: Iterable[str]) -> set[str]:
    """Return the stretches of the English words of *areas* that no French text has: two words or more."""
    french = flat(
        " ".join(text for area in (*CORE, "labels", "pages", "reports") for text in table(area, "fr").values())
    )
    found = set()
    for area in areas:
        for template in table(area, "en").values():
            for part in re.split(r"\{[^{}]*\}", template):
                words = flat(part).strip(" ,;:.()")
                if " " in words and re.search(r"[a-z]{3}", words) and words not in french:
                    found.add(words)
    return found
