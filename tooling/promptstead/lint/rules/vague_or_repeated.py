"""An instruction leaves an amount open, or stands in the prompt twice.

**Why it matters.** "A few examples" is two today and nine with the next model; no evaluator can check it. An
instruction that stands twice is changed in one place only, sooner or later, and then contradicts itself.

**Example.** `Give several examples.`; `Answer in English.` in the system message and again in the user message.

**How to fix.** Write a number or a range: `two or three examples`, `at most 60 words`. Keep one of two equal
sentences, or put what several prompts share in a partial, included once.

This rule is a heuristic, and a note. An amount is vague when an instruction (give, list, write, ask …) is followed by a
few, several, some, various (quelques, plusieurs) and something that is counted, such as examples, sentences or ideas.
Equal are instructions of five words or more (they start with a verb of asking, or say must or should), without values,
outside code blocks and branches of a test: a sentence that an earlier message has, and a whole line, paragraph or list
item that the same message has. What is tied to its place is left alone: "this", "each", "the following", a step of a
numbered list, an item of a list with another lead. A prompt gets one such finding, with their number.

Precision and recall on prompts nobody here wrote: 17 of 21 were right where it was read once, of vague amounts 5 of 5.
Steps and headings were taken out after; of 17 findings in 1,974 prompts that had not been read, 15 were right.

| prompts | findings read | right | found of what is there |
| --- | --- | --- | --- |
| 641, built on | 12 | 11 | 12 of 18 |
| 671, read once | 21 | 17 | not read |
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.wording import VALUE, Sentence, Wording, blocks, sentences
from promptstead.model import Problem
from promptstead.words.sentence import say

_ROLES = ("system", "developer", "user")
_VAGUE_WORDS = ("a few ", "couple of ", "several ", "some ", "various ", "number of ", "quelques ", "plusieurs ")
_ITEM = "-*•#> 0123456789)" + VALUE
_FEWEST_WORDS = 5
_SHORT = 25
_END = (".", "!", "?", ":", ">")
_ASKED_WITHIN = 60
"""Characters before an amount in which the instruction that asks for it stands."""
_NEAR = 2000
"""Characters before a list item in which the line that introduces its list is looked for."""
_TIED = re.compile(
    r"\b(?:this|these|those|each|above|below|following|ce|cette|ces|cet|chacune?|chaque|ci-dess(?:us|ous)|suivante?s?)\b"
)
"""Words that tie a sentence to what stands around it."""


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
        start = match.start()
        if not _asking().search(wording.lower, max(0, start - _ASKED_WITHIN), start):
            continue
        span, path = wording.place(start, match.end())
        amount = " ".join(wording.text[start : match.end()].split())
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
    again = list(dict(reversed(list(_again(wordings)))).values())[::-1]
    if again:
        span, path = again[0].wording.place(again[0].start, again[0].end)
        more = len(again) - 1
        message = say("rules.CLA972-twice-more", more=more) if more else say("rules.CLA972-twice")
        yield Problem("CLA972", message, span, say("rules.CLA972-twice-hint"), path=path)


def _again(wordings: list[Wording]) -> Iterator[tuple[str, Sentence]]:
    """Yield each sentence of an earlier message, and each paragraph or list item of the same one, that comes again.

    Within a message a sentence is often about its paragraph: alone it means what the paragraph before says.
    """
    earlier: set[str] = set()
    long = [wording for wording in wordings if len(wording.text) > _SHORT]
    for wording in long:
        if len(long) > 1:
            here = [(key, each) for each in sentences(wording) if (key := _key(each))]
            yield from ((key, each) for key, each in here if key in earlier)
            earlier.update(key for key, _ in here)
        first: dict[str, Sentence] = {}
        for block in (line for paragraph in blocks(wording) for line in _whole_lines(paragraph)):
            same = first.setdefault(block.lower.strip(" .!"), block)
            if same is not block and not _is_step(block) and (key := _key(block)) and _lead(same) == _lead(block):
                yield key, block


def _whole_lines(block: Sentence) -> Iterator[Sentence]:
    """Yield a list item or a paragraph; of one in which lines are sentences of their own, those lines."""
    lines = block.text.split("\n")
    ends = [line.rstrip()[-1:] in _END for line in lines]
    if len(lines) == 1 or not any(ends[:-1]):
        yield block
        return
    start = block.start
    for index, line in enumerate(lines):
        if ends[index] and (index == 0 or ends[index - 1]):
            yield Sentence(block.wording, start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
        start += len(line) + 1


def _is_step(block: Sentence) -> bool:
    """Tell whether it is a step of a numbered list, or a comment in code: each list has its own."""
    text = block.wording.text
    marker = text[text.rfind("\n", 0, block.start) + 1 : block.start].strip()
    return marker[:1].isdigit() or block.text.startswith(("//", "/*", "#"))


def _lead(block: Sentence) -> str:
    """Return the line with a colon at its end that introduces the list in which *block* stands; empty without one."""
    lines = block.wording.text[max(0, block.start - _NEAR) : block.start].split("\n")
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    if not lines[-1].strip():
        return ""  # a paragraph
    for line in reversed(lines[:-1]):
        bare = line.strip()
        if bare and bare[-1] == ":" and (bare[0] not in _ITEM or len(line) - len(line.lstrip()) < indent):
            return bare
        if bare and bare[0] not in _ITEM and not line[:1].isspace():
            return ""
    return ""


def _key(sentence: Sentence) -> str:
    """Return the words of an instruction that means the same wherever it stands; empty for any other text."""
    lower = sentence.lower
    key = " ".join(re.findall(r"\w+", lower))
    if (
        key.count(" ") < _FEWEST_WORDS - 1
        or len(key) < _SHORT
        or VALUE in sentence.text
        or lower.rstrip("*_ ")[-1:] == ":"
    ):
        return ""
    asks = _instruction().match(lower) or any(map(_instruction().match, re.split(r"[.!?—] *", lower)))
    if not asks or _TIED.search(lower) or not sentence.wording.always(sentence.start):
        return ""
    return key


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
    counted = (
        r"words|sentences|lines|paragraphs|bullets|bullet points|points|items|examples|suggestions|options|ideas|"
        r"questions|alternatives|steps|keywords|tags|mots(?:[- ]clés)?|phrases|lignes|paragraphes|puces|exemples|idées|"
        r"pistes|étapes|propositions"
    )
    return re.compile(
        r"\b(?:a few|a couple of|several|some|various|a number of|quelques|plusieurs)\s"
        rf"(?:[\w-]+\s)?(?:{counted})\b"
    )


@cache
def _asking() -> re.Pattern[str]:
    """Match an instruction that ends where the amount begins."""
    verbs = (
        r"give|list|write|provide|include|add|suggest|propose|offer|generate|produce|return|ask|answer|reply|respond|"
        r"donnez?|listez?|écri(?:s|vez)|proposez?|indiquez?|ajoutez?|utilisez?|posez?|citez?|répond(?:s|ez)"
    )
    begin = (
        r"(?:(?:^\W*|[.!?;:,\n](?:\W|\d)*|[-*•]\s|\d[.)]\s)(?:then|next|finally|also|please|always|puis|ensuite)?,?\s*"
        r"|\b(?:you (?:must|should|will|can|may|are to|need to|have to)|please|always|then|and|or|et|puis|task is to"
        r"|vous (?:devez|pouvez))\s(?:then |also |always )?)"
    )
    return re.compile(rf"{begin}(?:{verbs})\s(?:(?:me|us|them|the user|only|just|about|up to|in|with|en|avec)\s)?$")


RULE = Rule(
    "CLA972",
    "vague-or-repeated",
    "vague quantifier or duplicated instruction",
    everywhere("note"),
    check,
    heuristic=True,
)
