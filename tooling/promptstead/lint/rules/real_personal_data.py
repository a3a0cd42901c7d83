"""Personal data of a person stands in the prompt: a bank or card number, a social security number, an address.

**Why it matters.** Whatever is in a prompt file is copied to every clone, sent to a provider with every call, and
cannot be erased when the person asks for it (GDPR art. 5(1)(c) and 17).

**Example.** A few-shot example pasted from a real letter, with the customer's IBAN and e-mail address.

**How to fix.** Replace it by values that are reserved for examples: `@example.com` (RFC 2606), +33 6 39 98 00 01
(Arcep), +44 7700 900123 (Ofcom), +1 202 555 0123, FR14 2004 1010 0505 0001 3M02 606 (SWIFT's registry), 4111 1111 1111
1111. What differs from call to call is an input.

| found | where | level |
| --- | --- | --- |
| NIR, payment card | messages, partials, examples, values of inputs | error |
| IBAN, e-mail address that is surely a person's | the same | warning |
| any other e-mail address, telephone number, SIRET | the same | note: it may be that of an organisation |
| NIR, payment card, IBAN, e-mail address, telephone | cases, counterexamples, notes | note: it may be made up |

A number counts only if its checksum holds; a card number in one piece only near a word such as *card* or *Visa*, since
one identifier in ten passes for one. An address is surely a person's when it has two names, belongs to a provider of
mailboxes (`gmail.com`, `orange.fr`), or its name stands beside it as names do. Values that are reserved or published as
examples, made-up addresses (`bob@gmail.com`, `jane@acme.com`), addresses of a function (`contact@`, `support@`) and
freephone numbers are not reported.

**How often it is right.** On 641 public prompts that were looked at while it was built: 4 of 4 findings (3 of 3
warnings), and all of the 4 addresses of persons that stand in them. On 671 others, looked at once at the end: 1
finding, a note about the mailbox of a product, which is wrong; such addresses have been notes since then. In 1,684
texts of prompts, agents and skills that were read once after (838 and 846): 1 finding in each half, both wrong (bytes
of a program taken for a telephone number, a note; `alice@b.com`, a warning: domains of one letter, which nobody has,
are left alone since). So few findings cannot show 85 %, nor 95 % at error level, where there was none. No card or IBAN
is reported anywhere, and none of these prompts has cases. Of made-up persons' data (15 forms of address and number, in
23 places each: messages, partials, examples and cases, in every kind of file, plain and behind escapes), all is found.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from promptstead.documents.readings import Reading, readings
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import strings
from promptstead.lint.values import values
from promptstead.model import KeyPath, Level, Problem, Span
from promptstead.words.sentence import Sentence, say, word

if TYPE_CHECKING:
    from promptstead.detectors.personal_data import Kind

_LEVELS: "dict[Kind, Level]" = {
    "iban": "warning",
    "card": "error",
    "nir": "error",
    "siret": "note",
    "email": "warning",
    "phone": "note",
}
_IN_CASES: "dict[Kind, Level]" = {"iban": "note", "card": "note", "nir": "note", "email": "note", "phone": "note"}
_MOST = 100
"""Findings of one kind in one text."""


def check(context: Context) -> Iterator[Problem]:
    """Look through what is sent and what stands for values of inputs; through cases for account numbers only."""
    for wording in context.wordings():
        for start, end, message, level in _found(wording.text, _LEVELS):
            yield _problem(message, *wording.place(start, end), level)
    for at, text in _values(context):
        for start, end, message, level in _found(text, _LEVELS):
            yield _problem(message, context.document.locate(at, start, end), "", level)
    for path, reading in _cases(context):
        for start, end, message, level in _found(reading.text, _IN_CASES):
            yield _problem(message, reading.place(start, end), path, level)


def _problem(message: Sentence, span: Span, path: str, level: Level) -> Problem:
    return Problem("SEC302", message, span, say("rules.SEC302-hint"), path=path, level=level)


def _values(context: Context) -> Iterator[tuple[KeyPath, str]]:
    if context.prompt.dialect != "promptstead":
        return
    data = context.prompt.data
    yield from strings(data.get("examples", []), ("examples",))
    for name, spec in data.get("inputs", {}).items():
        for key in ("example", "default", "description"):
            yield from strings((spec or {}).get(key), ("inputs", name, key))


def _cases(context: Context) -> Iterator[tuple[str, Reading]]:
    """Yield the cases, the counterexamples and the notes as their values say them, with the file that they are in."""
    prompt = context.prompt
    files = [case.file for case in prompt.cases]
    files += [*(each.file for each in prompt.counterexamples), *(note.file for note in prompt.notes)]
    for path in dict.fromkeys(files):
        document = context.loaded.documents.get(path, context.document)
        if document is not context.document:
            yield from ((path, reading) for reading in values(context, document))
    keys = ("testData",) if prompt.dialect == "github-models" else ("cases", "counterexamples")
    for key in keys:
        if key in prompt.data:
            yield from (("", reading) for reading in readings(context.document, context.document.span((key,))))


@cache
def _candidate() -> re.Pattern[str]:
    return re.compile(r"[@0-9](?:(?<=@)\w|(?:[ .()\u00a0\u202f-]{0,2}[0-9]){8})")


def _found(text: str, levels: "dict[Kind, Level]") -> Iterator[tuple[int, int, Sentence, Level]]:
    """Yield the place of somebody's personal data, the message and the level; load the detection for a candidate."""
    if _candidate().search(text) is None:
        return
    from promptstead.detectors.personal_data import NAMES, find, masked
    from promptstead.detectors.reserved import is_nobodys, is_surely_a_persons

    taken: list[tuple[int, int]] = []
    for kind, usual in levels.items():
        for _, start, end, _ in islice(find(kind, text, named=True), _MOST):
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue  # the digits of an IBAN may look like a telephone number
            taken.append((start, end))
            value, level = text[start:end], usual
            if not is_nobodys(kind, value):
                around = text[max(0, start - 60) : start] + text[end : end + 60]
                if kind == "email" and not is_surely_a_persons(value, around):
                    level = "note"
                yield start, end, say("rules.SEC302", what=word(NAMES[kind]), masked=masked(value)), level


RULE = Rule("SEC302", "real-personal-data", "real personal data", everywhere("warning"), check)
