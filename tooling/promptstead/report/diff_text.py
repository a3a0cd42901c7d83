"""What changed in a prompt, as lines of text for people."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from promptstead.diff.evidence import SetChange
from promptstead.diff.messages import MessageChange
from promptstead.diff.prompts import PromptChange
from promptstead.diff.rendered import Rendered
from promptstead.diff.values import ValueChange
from promptstead.diff.words import Piece
from promptstead.errors import one_line
from promptstead.model import Json, KeyPath
from promptstead.report.excerpt import excerpt

Paint = Callable[[str, str], str]
"""Text and style (``red``, ``green``, …) -> text as shown."""

MAX_VALUE = 120
MAX_NAMES = 10
"""Most names in a list."""
MAX_LINES = 40
"""Most lines shown of one message's diff."""


def summary(change: PromptChange) -> str:
    """Return in a few words which parts changed: ``system message, model, 2 cases``."""
    if change.kind in ("added", "removed"):
        return f"prompt {change.kind}"
    parts = [f"renamed from {change.old_id}"] if change.kind == "renamed" else []
    parts += list(dict.fromkeys(f"{message.role} message" for message in change.messages))
    for name, changes in value_parts(change):
        if changes:
            parts.append(name)
    cases = change.evidence.cases
    count = len(cases.added) + len(cases.removed) + len(cases.changed)
    if count:
        parts.append(f"{count} case{'' if count == 1 else 's'}")
    if change.evidence.evaluators:
        parts.append("evaluators")
    if change.evidence.gate:
        parts.append("gate")
    return ", ".join(parts) or "nothing that a model or a caller sees"


def as_lines(change: PromptChange, paint: Paint = lambda text, style: text) -> Iterator[str]:
    """Yield the change of one prompt: a headline, then every part that differs. Nothing for an unchanged prompt."""
    if change.kind == "unchanged":
        return
    former = f" (was {one_line(change.old_id)})" if change.old_id else ""
    yield paint(f"{one_line(change.id)}  {change.kind}", "bold") + former
    if change.contract.consequence != "none":
        yield f"  contract: {change.contract.consequence}"
        yield from (f"    {one_line(reason.text)}" for reason in change.contract.reasons)
    for message in change.messages:
        yield f"  {_headline(message)}:"
        yield from _indented(inline(message.pieces, paint))
    for name, changes in value_parts(change):
        if changes:
            yield f"  {name}:"
            for value in changes:
                yield from _value_lines(value, paint)
    yield from _set_lines("cases", change.evidence.cases)
    yield from _set_lines("evaluators", change.evidence.evaluators)
    for value in change.evidence.gate:
        yield f"  gate {path_text(value.path)}: {one_line(values_text(value))}"
    yield from (f"  weakened: {one_line(text)}" for text in change.evidence.weakened)


def rendered_lines(rendered: Rendered | None, *, whole: bool, paint: Paint = lambda text, style: text) -> Iterator[str]:
    """Yield what became of the rendered messages: the counts, and with *whole* one case for all that change alike."""
    if rendered is None or not (rendered.changes or rendered.broken or rendered.same):
        return
    changed = sum(len(way.cases) for way in rendered.changes)
    ways = f" in {len(rendered.changes)} ways" if len(rendered.changes) > 1 else ""
    left_out = f", {rendered.left_out:,} not looked at" if rendered.left_out else ""
    yield f"  rendered: {changed} changed{ways}, {rendered.same} the same{left_out}"
    yield from (f"    {one_line(f'{case}: {why}')}" for case, why in rendered.broken[:MAX_NAMES])
    for way in rendered.changes if whole else ():
        alike = f" and {len(way.cases) - 1} more alike" if len(way.cases) > 1 else ""
        yield f"    {one_line(way.cases[0])}{alike}"
        for message in way.messages:
            yield f"      {_headline(message)}:"
            yield from _indented(inline(message.pieces, paint), "        ")


def inline(pieces: Iterable[Piece], paint: Paint = lambda text, style: text) -> str:
    """Return a word diff in one text: ``[-removed-]`` and ``{+added+}``, as wdiff writes it."""
    shown = []
    for same, run in groupby(excerpt(pieces), lambda piece: piece.kind == "same"):
        changed = list(run)
        # A word brings the space before it along; one in front of all of them reads better.
        space = not same and all(piece.text.startswith(" ") for piece in changed)
        shown.append(" " if space else "")
        for piece in changed:
            text = "".join(
                character if character.isprintable() or character == "\n" else ascii(character)[1:-1]
                for character in piece.text[space:]
            )
            if piece.kind in ("removed", "moved from"):
                text = paint(f"[-{text}-]", "red")
            elif piece.kind in ("added", "moved to"):
                text = paint(f"{{+{text}+}}", "green")
            shown.append(text)
    return "".join(shown)


def path_text(path: KeyPath) -> str:
    """Return a path as people write it: ``customer.address[0]``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def values_text(change: ValueChange) -> str:
    """Return ``old → new``, cut where values are long."""
    if change.kind == "added":
        return f"added {_value(change.new)}"
    if change.kind == "removed":
        return f"removed {_value(change.old)}"
    return f"{_value(change.old)} → {_value(change.new)}"


def value_parts(change: PromptChange) -> list[tuple[str, tuple[ValueChange, ...]]]:
    """Return the parts of a prompt that are values, with their names and what changed in each."""
    return [
        ("partials", change.partials),
        ("inputs", change.inputs),
        ("output", change.output),
        ("tools", change.tools),
        ("model", change.model),
        ("examples", change.examples),
        ("governance", change.governance),
        ("description", change.other),
    ]


def _headline(message: MessageChange) -> str:
    if message.kind != "changed":
        return f"{message.role} message {message.kind}"
    return f"{message.role} message" + (f" (was {message.old_role})" if message.old_role != message.role else "")


def _value_lines(change: ValueChange, paint: Paint) -> Iterator[str]:
    name = path_text(change.path)
    if change.pieces:
        yield f"    {name}:"
        yield from _indented(inline(change.pieces, paint), "      ")
    else:
        yield f"    {name}: {one_line(values_text(change))}"


def _set_lines(name: str, change: SetChange) -> Iterator[str]:
    for kind, names in (("added", change.added), ("removed", change.removed), ("changed", change.changed)):
        if names:
            more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
            yield f"  {name} {kind}: {one_line(', '.join(names[:MAX_NAMES]))}{more}"


def _indented(text: str, margin: str = "    ") -> Iterator[str]:
    lines = text.strip("\n").split("\n")
    yield from (margin + line for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"{margin}… and {len(lines) - MAX_LINES} more lines"


def _value(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
