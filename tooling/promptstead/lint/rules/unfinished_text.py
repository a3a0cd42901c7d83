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

This rule is off by default: `select` or `levels` of the settings has to name it. It is a heuristic that looks at
messages, partials, the title, descriptions and governance, in English and French. Text in quotation marks, in
backquotes or in a code block, the label of a link, a tag, a slot such as `[name]` that the answer is to have or that
stands in a template or an example, and sentences that are about TODO comments are left alone.

Precision and recall on prompts nobody here wrote: where it was read once, 2 of 13 were right (8 of the false ones in
one guide to prompts). It was corrected after; of 7 findings in 1,457 prompts that had not been read, 1 was right and 6
were quoted templates or examples.

| prompts | findings read | right | found of what is there |
| --- | --- | --- | --- |
| 641, built on | 3 | 3 | 3 of 4 |
| 671, read once | 13 | 2 | 2 of 2 |
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import in_code, in_quotes, mentions, strings
from promptstead.model import Problem, Span
from promptstead.prompts.gaps import is_gap
from promptstead.words.sentence import say

_WORDS = (
    "todo", "fixme", "tbd", "tbc", "xxx", "lorem ip", "[ins", "<ins", "[your", "<your", "[votre", "<votre", "compléter",
    "completer", "your_", "changeme", "change_me", "replace_me", "placeholder", "à faire", "à définir", "à remplir",
    "fill in",
)  # fmt: skip
_ABOUT = (
    r"(?i)\b(?:no|not|never|without|any|find|flag|leave|leaves|left|remove|avoid|comments?|markers?|mark(?:ed)?|with|as|tag(?:ged)?"
    r"|aucun|sans|pas|jamais)\b"
)
"""Words before a marker that make it the subject of the sentence."""
_MOST = 200
"""Markers of one text that are looked at."""
_QUOTES = "\"'`«“‘"
_NEAR = 600
"""Characters around a slot in which the other slots and the lead of a template are looked for."""
_MANY = 4
_SPEAKERS = ("user", "system", "assistant", "human", "prompt")
_FORM = re.compile(r"(?i)\b(?:examples?|templates?|formats?|samples?|structure|output|response|exemples?|modèles?)\b")
_SLOT = re.compile(r"\[[A-Za-z][^\]\n]{2,80}\](?![(:])")
_COMMENT = re.compile(r"(?<!:)//|/\*")


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
        r"|(?P<fill>[\[<](?i:insert|insérer|insérez|inserer|your|votre|vos|à compléter|à remplir|placeholder)"
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
        if text[start - 1 : start] in tuple(_QUOTES) or in_quotes(text, start) or _in_code(text, start):
            continue
        if match.lastgroup in ("fill", "slot") and not _to_fill(text, match):
            continue
        if re.search(_ABOUT, before) and match.lastgroup in ("note", "slot", "name", "lorem"):
            continue
        yield start, end


def _to_fill(text: str, match: re.Match[str]) -> bool:
    """Tell a slot for the author from the label of a link, a tag, and a slot that the answer is to have.

    Only the author is told what to put there; a template for the answer is called one, or has many slots.
    """
    inner = match[0][1:-1].rstrip("\\")
    if text[match.end() : match.end() + 1] in ("(", ":") or text[match.start() - 1 : match.start()] in ("!", "]"):
        return False
    words = inner.lower().replace("_", " ").split()
    if match[0][0] == "<" and ("=" in inner or not words[1:2] or not words[1][0].isalpha()):
        return False
    yours = match.lastgroup == "fill" and words[0] in ("your", "votre", "vos")
    if yours and words[-1] not in ("here", "ici") and not inner.isupper():
        return False
    return not _in_template(text, match.start())


def _in_template(text: str, place: int) -> bool:
    """Tell whether the paragraph at *place*, or what leads to it, is the form of an answer."""
    start = max(0, place - _NEAR)
    before = text[start:place].rpartition("\n")[0].split("\n")
    leads = [line for line in before if line.strip().endswith(":") or line.lstrip()[:1] in ("#", "*")][-1:]
    leads += [line for line in before if line.strip()][-1:]
    if any(line.strip(" *#:`").lower() in _SPEAKERS for line in before):
        return True  # a conversation that the text quotes
    return any(map(_FORM.search, leads)) or len(_SLOT.findall(text, start, place + _NEAR)) > _MANY


def _in_code(text: str, place: int) -> bool:
    """Tell whether *place* is in code, or behind a comment mark of code."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return bool(_COMMENT.search(line)) or in_code(text, place)


RULE = Rule(
    "TPL105",
    "unfinished-text",
    "TODO, lorem ipsum or an unfilled placeholder left in the text",
    everywhere("warning"),
    check,
    heuristic=True,
)
