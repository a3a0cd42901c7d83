"""What changed in a prompt, as lines of text for people."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from promptstead.diff.evidence import SetChange
from promptstead.diff.messages import MessageChange
from promptstead.diff.prompts import NotesChange, PromptChange
from promptstead.diff.rendered import Rendered
from promptstead.diff.values import ValueChange
from promptstead.diff.words import Piece
from promptstead.errors import one_line
from promptstead.model import Json, KeyPath
from promptstead.report.excerpt import excerpt
from promptstead.report.some_names import some_names
from promptstead.words.sentence import Sentence, say, say_in, word
from promptstead.words.tables import label
from promptstead.words.template import Language

Paint = Callable[[str, str], str]
"""Text and style (``red``, ``green``, …) -> text as shown."""

MAX_VALUE = 120
MAX_NAMES = 10
"""Most names in a list."""
MAX_LINES = 40
"""Most lines shown of one message's diff."""


def summary(change: PromptChange) -> Sentence:
    """Return in a few words which parts changed: ``system message, model, 2 cases``."""
    if change.kind in ("added", "removed"):
        return say("changes.prompt-added" if change.kind == "added" else "changes.prompt-removed")
    parts = [say("changes.renamed-from", old=change.old_id)] if change.kind == "renamed" else []
    if change.contract.old != change.contract.new:
        parts.append(say("changes.contract-number", old=change.contract.old, new=change.contract.new))
    parts += [
        say("changes.message-of", role=word(role)) for role in dict.fromkeys(each.role for each in change.messages)
    ]
    parts += [word(name) for name, changes in value_parts(change) if changes]
    if count := _count(change.evidence.cases):
        parts.append(say("changes.cases", n=count))
    if count := _count(change.evidence.counterexamples):
        parts.append(say("changes.counterexamples", n=count))
    if change.evidence.evaluators:
        parts.append(word("evaluators"))
    if change.evidence.gate:
        parts.append(word("gate"))
    if count := len(change.notes.added) + len(change.notes.removed):
        parts.append(say("changes.notes", n=count))
    return say("changes.parts", parts=parts) if parts else say("changes.nothing-seen")


def _count(change: SetChange) -> int:
    return len(change.added) + len(change.removed) + len(change.changed)


def as_lines(change: PromptChange, language: Language = "en", paint: Paint = lambda text, style: text) -> Iterator[str]:
    """Yield the change of one prompt: a headline, then every part that differs. Nothing for an unchanged prompt."""
    if change.kind == "unchanged":
        return
    former = f" ({say_in(language, 'listings.former', name=one_line(change.old_id))})" if change.old_id else ""
    yield paint(f"{one_line(change.id)}  {label(language, change.kind)}", "bold") + former
    contract = change.contract
    if contract.consequence != "none" or contract.old != contract.new:
        consequence = label(language, contract.consequence)
        if contract.declared:
            said = say_in(
                language, "listings.contract-declared", old=contract.old, new=contract.new, consequence=consequence
            )
        elif contract.old != contract.new:
            said = say_in(
                language, "listings.contract-number", old=contract.old, new=contract.new, consequence=consequence
            )
        else:
            said = say_in(language, "listings.contract", consequence=consequence)
        yield f"  {said}"
        yield from (f"    {one_line(reason.text.to(language))}" for reason in change.contract.reasons)
    for message in change.messages:
        yield f"  {_headline(message, language)}"
        yield from _indented(inline(message.pieces, paint), language)
    for name, changes in value_parts(change):
        if changes:
            yield f"  {say_in(language, 'listings.part', name=label(language, name))}"
            for value in changes:
                yield from _value_lines(value, language, paint)
    yield from _cases(change.evidence.cases, language)
    yield from _counterexamples(change.evidence.counterexamples, language)
    yield from _evaluators(change.evidence.evaluators, language)
    for value in change.evidence.gate:
        text = say_in(language, "listings.gate", key=path_text(value.path), values=values_text(value, language))
        yield f"  {one_line(text)}"
    yield from _notes(change.notes, language)
    for weaker in change.evidence.weakened:
        yield f"  {one_line(say_in(language, 'listings.weakened', text=weaker.to(language)))}"


def rendered_lines(
    rendered: Rendered | None,
    language: Language = "en",
    *,
    whole: bool,
    paint: Paint = lambda text, style: text,
) -> Iterator[str]:
    """Yield what became of the rendered messages: the counts, and with *whole* one case for all that change alike."""
    if rendered is None or not (rendered.changes or rendered.broken or rendered.same):
        return
    yield f"  {_rendered_counts(rendered, language)}"
    for case, why in rendered.broken[:MAX_NAMES]:
        reason = why.to(language)
        yield f"    {one_line(say_in(language, 'listings.case-reason', case=case, reason=reason))}"
    for way in rendered.changes if whole else ():
        more = len(way.cases) - 1
        alike = f" {say_in(language, 'listings.more-alike', n=more)}" if more else ""
        yield f"    {one_line(way.cases[0])}{alike}"
        for message in way.messages:
            yield f"      {_headline(message, language)}"
            yield from _indented(inline(message.pieces, paint), language, "        ")


def _rendered_counts(rendered: Rendered, language: Language) -> str:
    changed, ways = sum(len(way.cases) for way in rendered.changes), len(rendered.changes)
    if ways > 1:
        said = say_in(language, "listings.rendered-ways", changed=changed, ways=ways, same=rendered.same)
    else:
        said = say_in(language, "listings.rendered", changed=changed, same=rendered.same)
    left_out = rendered.left_out
    return f"{said}, {say_in(language, 'listings.not-looked-at', n=left_out)}" if left_out else said


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


def values_text(change: ValueChange, language: Language = "en") -> str:
    """Return ``old → new``, cut where values are long."""
    if change.kind == "added":
        return say_in(language, "listings.value-added", value=_value(change.new))
    if change.kind == "removed":
        return say_in(language, "listings.value-removed", value=_value(change.old))
    return f"{_value(change.old)} → {_value(change.new)}"


def value_parts(change: PromptChange) -> list[tuple[str, tuple[ValueChange, ...]]]:
    """Return the parts of a prompt that are values, with their names and what changed in each."""
    return [
        ("partials", change.partials),
        ("attachments", change.attachments),
        ("inputs", change.inputs),
        ("output", change.output),
        ("tools", change.tools),
        ("model", change.model),
        ("examples", change.examples),
        ("governance", change.governance),
        ("description", change.other),
    ]


def _headline(message: MessageChange, language: Language) -> str:
    role, kind = label(language, message.role), label(language, message.kind)
    if message.kind != "changed":
        return say_in(language, "listings.message-came-or-went", role=role, kind=kind)
    if message.old_role == message.role:
        return say_in(language, "listings.message", role=role)
    return say_in(language, "listings.message-of-another-role", role=role, former=label(language, message.old_role))


def _value_lines(change: ValueChange, language: Language, paint: Paint) -> Iterator[str]:
    name = path_text(change.path)
    if change.pieces:
        yield f"    {say_in(language, 'listings.part', name=name)}"
        yield from _indented(inline(change.pieces, paint), language, "      ")
    else:
        values = one_line(values_text(change, language))
        yield f"    {say_in(language, 'listings.value', name=name, values=values)}"


def _cases(change: SetChange, language: Language) -> Iterator[str]:
    if change.added:
        yield f"  {say_in(language, 'listings.cases-added', names=_names(change.added, language))}"
    if change.removed:
        yield f"  {say_in(language, 'listings.cases-removed', names=_names(change.removed, language))}"
    if change.changed:
        yield f"  {say_in(language, 'listings.cases-changed', names=_names(change.changed, language))}"


def _counterexamples(change: SetChange, language: Language) -> Iterator[str]:
    if change.added:
        yield f"  {say_in(language, 'listings.counterexamples-added', names=_names(change.added, language))}"
    if change.removed:
        yield f"  {say_in(language, 'listings.counterexamples-removed', names=_names(change.removed, language))}"
    if change.changed:
        yield f"  {say_in(language, 'listings.counterexamples-changed', names=_names(change.changed, language))}"


def _evaluators(change: SetChange, language: Language) -> Iterator[str]:
    if change.added:
        yield f"  {say_in(language, 'listings.evaluators-added', names=_names(change.added, language))}"
    if change.removed:
        yield f"  {say_in(language, 'listings.evaluators-removed', names=_names(change.removed, language))}"
    if change.changed:
        yield f"  {say_in(language, 'listings.evaluators-changed', names=_names(change.changed, language))}"


def _notes(change: NotesChange, language: Language) -> Iterator[str]:
    if change.added:
        names = _names([note.case for note in change.added], language)
        yield f"  {say_in(language, 'listings.notes-added', names=names)}"
    if change.removed:
        names = _names([note.case for note in change.removed], language)
        yield f"  {say_in(language, 'listings.notes-removed', names=names)}"


def _names(names: Sequence[str], language: Language) -> str:
    return one_line(some_names(language, names, MAX_NAMES))


def _indented(text: str, language: Language, margin: str = "    ") -> Iterator[str]:
    lines = text.strip("\n").split("\n")
    yield from (margin + line for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"{margin}{say_in(language, 'listings.more-lines', n=len(lines) - MAX_LINES)}"


def _value(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
