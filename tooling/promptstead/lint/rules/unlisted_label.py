"""The cases expect a label that the prompt never lists.

**Why it matters.** The model cannot answer what it was never told. The cases with that label fail for ever, and look
like mistakes of the model. It happens to careful people: the prompt of a published benchmark listed 71 of its 77
labels.

**Example.** The text says `Answer with one of: card, loan, transfer` and a case expects `mortgage`.

**How to fix.** List the label in the text, or correct the case.

This rule is a heuristic: it speaks only when the prompt names at least three of the labels that the cases expect, and
at least half of them; upper case, `_`, `-` and punctuation do not matter. A label that stands in the text only as part
of a longer one (`card` in `card_payment`) is not listed. Fields whose labels the output schema lists are left to
EXA501.

On the 1,312 prompts nobody here wrote that other rules are measured on it could not be tried, since none has cases; on
21 valid prompts in real repositories, of which 2 have some, it reported nothing. How often it is right is unknown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from promptstead.lint.answers import choices
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Case, Json, KeyPath, Problem
from promptstead.prompts.loaded import case_span
from promptstead.words.sentence import say

FEWEST = 3
"""Labels that the prompt has to name before its list counts as one."""
MOST = 500
"""Labels from which on they are no choice that a prompt could list."""
LONGEST = 200
"""Characters of a label."""
_WORD = re.compile(r"[^\W_]+")


def check(context: Context) -> Iterator[Problem]:
    """Report each expected label that the text does not name, where it names most of the others."""
    prompt = context.prompt
    if not prompt.cases:
        return
    constrained = {choice.field for choice in choices(context)}
    text = ""
    for field, expected in _expected(context).items():
        labels: dict[str, tuple[Case, KeyPath, str]] = {}
        for case, key, label in expected:
            labels.setdefault(_spaced(label), (case, key, label))
        labels.pop("", None)
        if field in constrained or not FEWEST < len(labels) <= MOST:
            continue
        text = text or "\n".join(wording.text for wording in context.wordings()).casefold()
        listed = _listed(text, labels)
        if len(listed) < max(FEWEST, len(labels) / 2):
            continue
        for label, (case, key, written) in labels.items():
            if label in listed:
                continue
            message = say("rules.EXA505", case=case.id, label=written, named=len(listed), labels=len(labels))
            span = case_span(context.loaded.documents, case, *key)
            yield Problem("EXA505", message, span, say("rules.EXA505-hint"), path=case.file)


def _expected(context: Context) -> dict[str, list[tuple[Case, KeyPath, str]]]:
    """Return field -> the cases that expect a line of text there, the key and that text; empty: the whole answer."""
    found: dict[str, list[tuple[Case, KeyPath, str]]] = {}
    for case in context.prompt.cases:
        values: Mapping[str, Json] = case.expected if isinstance(case.expected, dict) else {"": case.expected}
        for field, value in values.items():
            if isinstance(value, str) and 0 < len(value) <= LONGEST and "\n" not in value.strip():
                found.setdefault(field, []).append((case, ("expected", field) if field else ("expected",), value))
    return found


def _listed(text: str, labels: Iterable[str]) -> set[str]:
    """Return those of *labels* that stand in *text* (without upper case), each place counted for the longest."""
    words = " ".join(_WORD.findall(text))
    there = sorted((label for label in labels if label in words), key=len, reverse=True)
    if not there:
        return set()
    names = "|".join(r"[\W_]+".join(map(re.escape, label.split())) for label in there)
    return {_spaced(match[1]) for match in re.finditer(rf"(?<![\w-])({names})(?!\w|-\w)", text)}


def _spaced(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


RULE = Rule(
    "EXA505",
    "unlisted-label",
    "expected label that the prompt never lists",
    everywhere("warning"),
    check,
    heuristic=True,
)
