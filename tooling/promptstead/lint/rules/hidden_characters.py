r"""The file holds characters that people do not see: bidirectional controls, zero-width characters, tag characters.

**Why it matters.** A reviewer reads one text and the model another. Bidirectional controls reorder what is shown
(CVE-2021-42574, "Trojan Source"); tag characters spell out whole instructions without a trace on the screen ("ASCII
smuggling").

**Example.** A U+202E before a word; a sentence in U+E0000–U+E007F.

**How to fix.** Delete them (a fix to look at: text that they kept apart comes together). In recorded answers, which are
kept as received, they are a note. Emoji joined with U+200D, flags of tag characters, and joiners inside Arabic, Persian
and Indic words are left alone, and so are escapes (`"\u202e"`) in `cases` and `testData`: an attack has to be written
down to be tested.

**How often it is right.** On 641 public prompts, 4 of 4 findings; on 671 others that were looked at once, at the end,
7 of 7. Emoji sequences of which a YAML writer escaped a part are read as the sequences that they are.
"""

import re
import unicodedata
from collections.abc import Iterator

from promptstead.documents.document import Document
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.values import values
from promptstead.model import Fix, Level, Problem, Span
from promptstead.words.sentence import say

_HIDDEN = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{2,6}\U000e007f")
_JOINERS = "\u200c\u200d"
_SIGNS = {"So", "Sk", "Mn", "Me"}
"""Categories of what an emoji sequence joins: a symbol, a skin tone, a variation selector, a keycap."""
_ARROWS = "\u2194\u2195"  # a head that shakes and one that nods; the first is a mathematical sign to Unicode
_TEST_DATA = ("cases", "counterexamples", "notes", "testData")


def check(context: Context) -> Iterator[Problem]:
    """Look through every file read for the prompt, escapes resolved: what joins two characters is seen between them."""
    for path, document in context.loaded.documents.items():
        recorded = document is context.loaded.outputs  # evidence, kept as it was received
        for reading in values(context, document):
            for start, end in () if reading.text.isascii() else _runs(reading.text):
                span = reading.place(start, end)
                escaped = span.end - span.start != end - start
                if escaped and (recorded or _is_test_data(document, span)):
                    continue
                fix = None if recorded or escaped else Fix(say("rules.INJ205-fix"), ((span, ""),), safe=False)
                yield _problem(reading.text[start:end], span, path, fix, "note" if recorded else None)


def _is_test_data(document: Document, span: Span) -> bool:
    """Tell whether *span* is in the cases of a YAML file, or in a file of rows."""
    if not document.values:
        return True
    cases = (document.values.get((key,)) for key in _TEST_DATA)
    return any(place is not None and place.start <= span.start < place.end for place in cases)


def _problem(characters: str, span: Span, path: str, fix: Fix | None, level: Level | None) -> Problem:
    character = f"U+{ord(characters[0]):04X}"
    name = unicodedata.name(characters[0], "no name").lower()
    more = len(characters) - 1
    message = (
        say("rules.INJ205-more", character=character, name=name, more=more)
        if more
        else say("rules.INJ205", character=character, name=name)
    )
    return Problem("INJ205", message, span, say("rules.INJ205-hint"), fix, path, level)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    for match in _HIDDEN.finditer(text):
        start, end = match.span()
        flag = _FLAG.match(text, start - 1) if start else None
        if flag and flag.end() >= end:
            continue
        if text[start:end] in _JOINERS and _joins(text, start, end):
            continue
        yield start, end


def _joins(text: str, start: int, end: int) -> bool:
    """Tell whether a joiner does its work between two characters: in an emoji sequence or a script that needs it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if not before or not after:
        return False
    if text[start] == "\u200d" and _is_emoji(after):
        return _is_emoji(before) or unicodedata.category(before) in _SIGNS
    return (
        ord(before) >= 0x0590
        and ord(after) >= 0x0590
        and before.isalpha() | (unicodedata.category(before)[0] == "M")
        and after.isalpha()
    )


def _is_emoji(character: str) -> bool:
    # this Python may not know the newest ones, which have a block for themselves
    new = "\U0001f000" <= character <= "\U0001faff" and unicodedata.category(character) == "Cn"
    return new or character in _ARROWS or unicodedata.category(character) == "So"


RULE = Rule(
    "INJ205",
    "hidden-characters",
    "bidirectional, zero-width or tag characters",
    everywhere("error"),
    check,
    fix="review",
)
