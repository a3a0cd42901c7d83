"""Something unfinished was left in the text: a TODO, lorem ipsum, a placeholder that nobody filled.

**Why it matters.** The model reads it. `TODO: refund rules` is an instruction without content, and `[insert company]`
comes back in the answer to a customer.

**Example.**

```yaml
content: |
  You answer for [INSERT COMPANY].
  TODO: tone of voice
```

**How to fix.** Write what is meant, declare an input for what changes from call to call, or delete it.

This rule is a heuristic. It looks at messages, partials, the title, descriptions and governance, in English and
French. Text in quotation marks, in backquotes or in a code block, a slot such as `[name]` that the answer is to have,
and sentences that are about TODO comments are left alone. On the 200 valid versions of real prompts that it was
measured on (most of them of 18 prompts in one repository), it reported nothing; how often it is right is therefore
unknown.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import mentions, strings
from promptstead.model import Problem, Span
from promptstead.prompts.gaps import is_gap
from promptstead.words.sentence import say

_WORDS = (
    "todo", "fixme", "tbd", "tbc", "xxx", "lorem ip", "[ins", "<ins", "[your", "<your", "[votre", "<votre", "compléter",
    "completer", "your_", "changeme", "change_me", "replace_me", "placeholder", "à faire", "à définir", "à remplir",
    "fill in",
)  # fmt: skip
_ABOUT = (
    r"(?i)\b(?:no|not|never|without|any|find|flag|leave|leaves|left|remove|avoid|comments?|markers?"
    r"|aucun|sans|pas|jamais)\b"
)
"""Words before a marker that make it the subject of the sentence."""
_MOST = 200
"""Markers of one text that are looked at."""
_QUOTES = "\"'`«“‘"


def check(context: Context) -> Iterator[Problem]:
    """Report each marker of unfinished text in what is sent and in what describes the prompt."""
    for wording in context.wordings():
        for start, end in _unfinished(wording.text, wording.lower):
            yield _problem(wording.text[start:end], *wording.place(start, end))
    data = context.prompt.data
    described = {name: {"description": spec.description} for name, spec in context.prompt.inputs.items()}
    described = described if context.prompt.dialect == "promptstead" else {}
    keys = ("title", "name", "description", "governance")
    texts = list(strings({key: data[key] for key in keys if key in data} | {"inputs": described}))
    if not mentions("\n".join(text for _, text in texts).lower(), _WORDS):
        return
    for at, text in texts:
        if at[0] == "governance" and is_gap(text):
            continue  # GOV955 reports it
        for start, end in _unfinished(text, text.lower()):
            yield _problem(text[start:end], context.document.locate(at, start, end), "")


def _problem(found: str, span: Span, path: str) -> Problem:
    shown = found if len(found) <= 40 else f"{found[:39]}…"
    return Problem("TPL105", say("rules.TPL105", found=shown), span, say("rules.TPL105-hint"), path=path)


@cache
def _marker() -> re.Pattern[str]:
    word = r"(?:TODO|FIXME|TBD|TBC|XXX|À FAIRE|À COMPLÉTER|A COMPLETER|À DÉFINIR|À REMPLIR)"
    return re.compile(
        rf"(?P<line>^[ \t]*(?:[-*+•] |\d+[.)] )?(?:\*\*)?{word}(?:\*\*)?[ \t]*[.…]*(?=[ \t]*$))"
        rf"|(?P<note>\b{word}(?:\([\w.@-]*\))? ?:)"
        rf"|(?P<slot>[\[<]{word}\b[^\]>\n]{{0,80}}[\]>])"
        r"|(?P<fill>[\[<](?i:insert|insérer|insérez|inserer|your|votre|vos|à compléter|à remplir|fill in|placeholder)"
        r"(?:[ _-][^\]>\n]{0,60})?[\]>])"
        r"|(?P<name>\b(?:YOUR_[A-Z_]{3,40}|CHANGEME|CHANGE_ME|REPLACE_ME)\b)"
        r"|(?P<lorem>\b[Ll]orem ipsum\b)",
        re.MULTILINE,
    )


def _unfinished(text: str, lower: str) -> Iterator[tuple[int, int]]:
    if not mentions(lower, _WORDS):
        return
    for match in islice(_marker().finditer(text), _MOST):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip(" \t-*+•"))
        before = text[text.rfind("\n", 0, start) + 1 : start]
        if text[start - 1 : start] in tuple(_QUOTES) or _in_code(text, start):
            continue
        if match.lastgroup == "fill" and not _to_fill(match[0]):
            continue
        if re.search(_ABOUT, before) and match.lastgroup in ("note", "slot", "name", "lorem"):
            continue
        yield start, end


def _to_fill(slot: str) -> bool:
    """Tell a slot for the author from one that the answer is to have: only the author is told what to put there."""
    words = slot[1:-1].lower().replace("_", " ").split()
    return words[0] not in ("your", "votre", "vos") or words[-1] in ("here", "ici") or slot[1:-1].isupper()


def _in_code(text: str, place: int) -> bool:
    """Tell whether *place* is in a fenced code block, in backquotes or behind a comment mark of code."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return text.count("```", 0, place) % 2 == 1 or line.count("`") % 2 == 1 or "//" in line or "/*" in line


RULE = Rule(
    "TPL105",
    "unfinished-text",
    "TODO, lorem ipsum or an unfilled placeholder left in the text",
    everywhere("warning"),
    check,
    heuristic=True,
)
