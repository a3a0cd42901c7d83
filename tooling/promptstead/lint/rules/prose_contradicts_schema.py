"""The text lists fields or labels, and the output schema has others.

**Why it matters.** The model is told two things. With strict outputs the schema wins, so that a label which only the
text knows can never be answered; without, the answer is one that the application cannot read. Lists of this kind
drift apart with every edit of one side.

**Example.** The text says ``- `urgent`: money is being lost`` and the schema has `urgency: {enum: [high, normal,
low]}`.

**How to fix.** Use the same names on both sides: correct the text, or the schema (which changes the contract).

This rule is a heuristic: it compares lists (items that start with a name, names in quotes or backticks one after the
other, keys of JSON in the text) of which at least half, and at least two, are names that the schema has. A field or
label that the text leaves out is reported only when the text lists the others.

On the 21 valid prompts in real repositories that it was measured on (2 of them with an output schema), 191 earlier
versions of them and the 8 prompts of this project, it reported nothing; the 1,312 prompts that other rules are
measured on have no schema. How often it is right is therefore unknown. Of 48 fields and labels of this project's
prompts that were renamed in the schema alone, it found 41.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from promptstead.did_you_mean import nearest
from promptstead.lint.answers import Choice, choices, schema_span, subschemas
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.wording import Wording
from promptstead.model import KeyPath, Problem
from promptstead.words.sentence import say

MOST_LISTS = 500
"""Most lists of one message that are looked at."""
_ROLES = ("system", "developer", "user")


class _Named(NamedTuple):
    """A name that the text gives, at ``text[start:end]``."""

    name: str
    start: int
    end: int


class _Group(NamedTuple):
    """Names that belong together in the schema: the fields of one object, or the labels of one choice."""

    what: str
    at: KeyPath
    names: tuple[str, ...]


def check(context: Context) -> Iterator[Problem]:
    """Match each list in the text with the object or the choice that it is about, and report what only one side has."""
    schema = context.prompt.output_schema
    if schema is None:
        return
    labels = choices(context)
    objects = [
        _Group(inner.field, inner.at, tuple(inner.properties))
        for inner in subschemas(context)
        if isinstance(inner.schema.get("properties"), dict)
    ]
    known = {name for group in objects for name in group.names} | {label for one in labels for label in one.labels}
    wordings = [wording for wording in context.wordings() if wording.role in _ROLES]
    everything = "\n".join(wording.lower for wording in wordings)
    groups = [*objects, *map(_labels, labels)]
    listed: dict[_Group, None] = {}
    for wording in wordings:
        for names in islice(_lists(wording), MOST_LISTS):
            group = _about(groups, names)
            if group is None:
                continue
            listed[group] = None
            for one in names:
                if one.name not in known and one.name not in context.prompt.inputs:
                    yield _only_in_text(wording, one, group, group in objects)
    for group in listed:
        for name in group.names:
            if not _stands(name.lower(), everything):
                place = (*group.at, "properties", name) if group in objects else group.at
                span = schema_span(context, place, key=group in objects)
                message = say(
                    "rules.OUT402-field-unsaid" if group in objects else "rules.OUT402-label-unsaid", name=name
                )
                yield Problem("OUT402", message, span, say("rules.OUT402-unsaid-hint"))


def _stands(name: str, text: str) -> bool:
    """Tell whether *name* stands in *text* as a word of its own, both in lower case."""
    start = text.find(name)
    while start >= 0:
        around = text[max(0, start - 1) : start] + text[start + len(name) : start + len(name) + 1]
        if not any(character.isalnum() or character in "_-" for character in around):
            return True
        start = text.find(name, start + 1)
    return False


def _labels(choice: Choice) -> _Group:
    return _Group(choice.field, (*choice.at, "enum"), choice.labels)


def _only_in_text(wording: Wording, one: _Named, group: _Group, is_object: bool) -> Problem:
    span, path = wording.place(one.start, one.end)
    near = nearest(one.name, group.names)
    hint = (
        say("rules.did-you-mean", near=near) if near else say("rules.OUT402-known-hint", known=list(group.names[:12]))
    )
    if group.what:
        message = say(
            "rules.OUT402-field-of" if is_object else "rules.OUT402-label-of", name=one.name, field=group.what
        )
    else:
        message = say("rules.OUT402-field" if is_object else "rules.OUT402-label", name=one.name)
    return Problem("OUT402", message, span, hint, path=path)


def _about(groups: list[_Group], names: list[_Named]) -> _Group | None:
    """Return the group that most of *names* belong to; None where that is fewer than two, or than half."""
    distinct = {one.name for one in names}
    if len(distinct) < 2:
        return None
    best = max(groups, key=lambda group: len(distinct.intersection(group.names)), default=None)
    shared = len(distinct.intersection(best.names)) if best else 0
    return best if shared > 1 and 2 * shared >= len(distinct) else None


def _lists(wording: Wording) -> Iterator[list[_Named]]:
    text = wording.text
    yield from _items(text)
    yield from _runs(text)
    if '":' in text:
        yield [_Named(match[1], match.start(1), match.end(1)) for match in _patterns()["key"].finditer(text)]


def _items(text: str) -> Iterator[list[_Named]]:
    """Yield the names that the items of each list start with: one indentation and style, deeper lines between."""
    open_lists: list[tuple[int, str, list[_Named]]] = []
    position = 0
    for line in text.split("\n"):
        start = position
        position += len(line) + 1
        indent = len(line) - len(line.lstrip(" \t"))
        if not line.strip():
            continue
        match = _patterns()["item"].match(line)
        style = match["marker"].strip()[:1] + match["quote"] if match else None
        while open_lists and (indent, style) != open_lists[-1][:2] and indent <= open_lists[-1][0]:
            if style is None and not open_lists[-1][1] and indent == open_lists[-1][0]:
                break  # a line that goes on below a name without a list marker
            yield open_lists.pop()[2]
        if match:
            one = _Named(match["name"], start + match.start("name"), start + match.end("name"))
            if open_lists and open_lists[-1][:2] == (indent, style):
                open_lists[-1][2].append(one)
            else:
                open_lists.append((indent, style or "", [one]))
    for _, _, names in open_lists:
        yield names


def _runs(text: str) -> Iterator[list[_Named]]:
    """Yield names in backticks or quotes that follow one another: ``a``, ``b`` or ``c``."""
    run: list[_Named] = []
    last = 0
    for match in _patterns()["quoted"].finditer(text):
        if run and not _patterns()["between"].fullmatch(text, last, match.start()):
            yield run
            run = []
        run.append(_Named(match["name"], match.start("name"), match.end("name")))
        last = match.end()
    yield run


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    name = r"(?P<name>[^\W\d][\w-]*)"
    return {
        "key": re.compile(r'"([^\W\d][\w-]*)"\s*:'),
        "item": re.compile(
            rf"[ \t]*(?P<marker>(?:[-*•]|\d+[.)])[ \t]+|)(?P<quote>`|\*\*`?|\"|){name}"
            r"(?:`?\*\*|`|\"|)[ \t\u00a0\u202f]*(?:(?::|[–—])(?:\s|$)|$)"
        ),
        "quoted": re.compile(rf"[`\"«“][ \u00a0\u202f]?{name}[ \u00a0\u202f]?[`\"»”]"),
        "between": re.compile(r"(?:\s*[,;/|]\s*|\s+)(?:(?:or|and|ou|et)\s+)?"),
    }


RULE = Rule(
    "OUT402",
    "prose-contradicts-schema",
    "prose contradicts the schema: a field or a label that only one of them has",
    everywhere("warning"),
    check,
    heuristic=True,
)
