"""An instruction leaves an amount open, or stands in the prompt twice.

**Why it matters.** "A few examples" is two today and nine with the next model; no evaluator can check it. An
instruction that stands twice is changed in one place only, sooner or later, and then contradicts itself.

**Example.** `Give several examples.`; `Answer in English.` in the system message and again in the user message.

**How to fix.** Write a number or a range: `two or three examples`, `at most 60 words`. Keep one of two equal
sentences, or put what several prompts share in a partial, included once.

This rule is a heuristic, and a note. An amount is vague when a word of asking (give, list, write, in, with …) is
followed by a few, several, some, various (quelques, plusieurs) and something that is counted, such as examples,
sentences or ideas. Equal are instructions of five words or more (sentences and list items that start with a verb of
asking, or say must or should), without values, outside code blocks and branches of a test; a prompt gets one such
finding, with their number.

On the 21 valid prompts in real repositories that it was measured on, 191 earlier versions of them and the 8 of this
project, it reported nothing; on 232 prompts in nine published Python packages 11 findings, of which 10 were right.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.wording import VALUE, Sentence, Wording, sentences
from promptstead.model import Problem
from promptstead.words.sentence import say

_ROLES = ("system", "developer", "user")
_VAGUE_WORDS = ("a few ", "couple of ", "several ", "some ", "various ", "number of ", "quelques ", "plusieurs ")
_ITEM = "-*•#> 0123456789)" + VALUE
_FEWEST_WORDS = 5
_SHORT = 25


def check(context: Context) -> Iterator[Problem]:
    """Report vague amounts, then sentences that come again."""
    wordings = [wording for wording in context.wordings() if wording.role in _ROLES]
    for wording in wordings:
        if any(word in wording.lower for word in _VAGUE_WORDS):
            yield from _vague(wording)
    if _may_repeat(wordings):
        yield from _repeated(wordings)


def _vague(wording: Wording) -> Iterator[Problem]:
    for match in _amount().finditer(wording.lower):
        span, path = wording.place(match.start("amount"), match.end())
        amount = " ".join(wording.text[match.start("amount") : match.end()].split())
        yield Problem(
            "CLA972", say("rules.CLA972-vague", amount=amount), span, say("rules.CLA972-vague-hint"), path=path
        )


def _may_repeat(wordings: list[Wording]) -> bool:
    """Tell whether anything between two full stops or list items stands twice: cheap, and true too often."""
    lines: list[str] = []
    for wording in wordings:
        lines.append(". ")
        for line in map(str.strip, wording.lower.split("\n")):
            if not line or line[0] in _ITEM:
                lines.append(". ")
            lines.append(line.lstrip(_ITEM))
    flat = " ".join(lines).replace("!", ".").replace("?", ".").replace(";", ".")
    pieces = [piece for piece in flat.split(". ") if len(piece) > _SHORT]
    return len({piece.strip(" .") for piece in pieces}) < len(pieces)


def _repeated(wordings: list[Wording]) -> Iterator[Problem]:
    first: dict[str, Sentence] = {}
    again: dict[str, Sentence] = {}
    for wording in wordings:
        for sentence in sentences(wording):
            key = " ".join(re.findall(r"\w+", sentence.lower))
            if key.count(" ") < _FEWEST_WORDS - 1 or len(key) < _SHORT or VALUE in sentence.text:
                continue
            if not _instruction().match(sentence.lower) or not wording.always(sentence.start):
                continue
            if first.setdefault(key, sentence) is not sentence:
                again.setdefault(key, sentence)
    if again:
        sentence = next(iter(again.values()))
        span, path = sentence.wording.place(sentence.start, sentence.end)
        more = len(again) - 1
        message = say("rules.CLA972-twice-more", more=more) if more else say("rules.CLA972-twice")
        yield Problem("CLA972", message, span, say("rules.CLA972-twice-hint"), path=path)


@cache
def _instruction() -> re.Pattern[str]:
    verbs = (
        "do|don['’]t|never|always|only|please|use|return|output|answer|respond|reply|write|include|exclude|limit|"
        "generate|"
        "ensure|make|keep|provide|give|avoid|follow|list|note|focus|remember|treat|ignore|cite|explain|consider|add|"
        "pay|"
        "apply|produce|format|start|end|be|check|consult|identify|describe|review|set|skip|instead|respect|"
        r"ne|n['’]\w+ez|\w+ez|réponds|rends|écris|utilise|donne|garde|évite|toujours|jamais"
    )
    return re.compile(rf"(?:{verbs})\b|[^\"“«:]*\b(?:must|should|shall|may not|doit|doivent|devez|faut)\b")


@cache
def _amount() -> re.Pattern[str]:
    asking = (
        r"give|list|write|provide|include|add|suggest|propose|use|offer|generate|produce|return|ask|in|with|"
        r"donnez?|listez?|écri(?:s|vez)|proposez?|indiquez?|ajoutez?|utilisez?|posez?|citez?|en|avec"
    )
    counted = (
        r"words|sentences|lines|paragraphs|bullets|bullet points|points|items|examples|suggestions|options|ideas|"
        r"questions|alternatives|steps|keywords|tags|mots(?:[- ]clés)?|phrases|lignes|paragraphes|puces|exemples|idées|"
        r"pistes|étapes|propositions"
    )
    return re.compile(
        rf"\b(?:{asking})\s(?:(?:me|us|only|just|about|up to)\s)?"
        r"(?P<amount>(?:a few|a couple of|several|some|various|a number of|quelques|plusieurs)\s"
        rf"(?:[\w-]+\s)?(?:{counted}))\b"
    )


RULE = Rule(
    "CLA972",
    "vague-or-repeated",
    "vague quantifier or duplicated instruction",
    everywhere("note"),
    check,
    heuristic=True,
)
