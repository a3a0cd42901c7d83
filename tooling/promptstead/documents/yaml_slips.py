"""The slips of the pen behind what a YAML parser complains about, often lines later: where one is, and what to do."""

import re

from promptstead.documents.source_lines import line_of, line_text, quoted
from promptstead.model import Problem, Span
from promptstead.words.sentence import Sentence, say

_KEY = re.compile(r"(?P<indent>[ ]*(?:-[ ]+)?)(?P<key>[^\s:#\-\"'\[{][^:]*?):(?=\s|\Z)(?P<value>.*)")
_NO_SPACE = re.compile(r"[ ]*(?:-[ ]+)?(?P<key>[A-Za-z_][\w-]*):(?=\S)")
_NO_SPACE_AFTER_DASH = re.compile(r"[ ]*-(?P<key>[A-Za-z_][\w-]*):(?=\s|\Z)")
_ITEM = re.compile(r"[ ]*-[ ]+(?P<key>[A-Za-z_][\w-]*):(?=\s|\Z)")
_FAR = 200
"""Most lines above that are looked at."""


def slip_of(text: str, lines: list[int], at: int, opened: int, complaint: str) -> Problem | None:
    """Return the problem of a common slip that explains libyaml's *complaint*; None where none is recognised.

    :param at: where the parser stopped.
    :param opened: where the collection begins that it was reading.
    """
    if complaint == "could not find expected ':'":
        return _no_space(text, lines, at)
    if complaint in ("did not find expected ',' or ']'", "did not find expected ',' or '}'"):
        return _in_flow(text, lines, at, opened, "]" if "]" in complaint else "}")
    if complaint == "mapping values are not allowed in this context":
        return _key_in_text(text, lines, at)
    if complaint == "did not find expected '-' indicator":
        return _under_item(text, lines, at)
    if complaint == "did not find expected key" and text[at : at + 1] in ("]", "}"):
        return _problem(say("files.behind-value", source=quoted(text[at])), Span(at, at + 1), say("files.remove-it"))
    return None


def misplaced_item(text: str, lines: list[int], block: int, ending: int) -> Problem | None:
    """Return the problem of a list item behind a block of text which does not line up with the item before it.

    :param block: where the block starts.
    :param ending: where the line starts that ends it.
    """
    line = line_text(text, ending)
    item = _ITEM.match(line)
    if item is None:
        return None
    above = _line_above(text, lines, line_of(lines, block) + 1, _ITEM)
    if above is None:
        return None
    number, other = above
    if other["key"] != item["key"]:
        return None
    message = say("files.item-elsewhere", item=quoted(line), line=number)
    width = _indent(line)
    hint = say("files.indent-as-line", spaces=_indent(other.string), line=number)
    return _problem(message, Span(ending + width, ending + len(line)), hint)


def _no_space(text: str, lines: list[int], at: int) -> Problem | None:
    start = lines[line_of(lines, at) - 1]
    found = _NO_SPACE.match(line_text(text, start))
    if found is None:
        return None
    colon = Span(start + found.end() - 1, start + found.end())
    return _problem(say("files.no-space-after-colon", key=found["key"]), colon, say("files.space-after-colon"))


def _in_flow(text: str, lines: list[int], at: int, opened: int, closing: str) -> Problem | None:
    """Explain a list or mapping in brackets: a quote or a bracket that is not closed on its line, or no comma."""
    line = line_of(lines, opened)
    first = text[opened : lines[line - 1] + len(line_text(text, lines[line - 1]))]
    if (quote := _open_quote(first)) >= 0:
        place = Span(opened + quote, opened + quote + 1)
        return _problem(say("files.quote-not-closed", line=line), place, say("files.close-before", closing=closing))
    is_list = closing == "]"
    if line_of(lines, at) > line and closing not in first:
        message = say("files.list-not-closed" if is_list else "files.mapping-not-closed", line=line)
        return _problem(
            message, Span(opened, opened + 1), say("files.close-list" if is_list else "files.close-mapping")
        )
    before = text[opened:at].rstrip()
    word = re.search(r"[^\s,\[{]+\Z", before)
    if text[at : at + 1] == ":" and word:  # the key was read as a part of the value before it
        at = opened + word.start()
    return _problem(say("files.no-comma"), Span(at, at + 1), say("files.put-comma"))


def _open_quote(line: str) -> int:
    """Return where the quote starts that is still open at the end of a line of flow; -1 where none is."""
    opened, quote = -1, ""
    for index, character in enumerate(line):
        if quote:
            if character == quote and (quote == "'" or line[index - 1] != "\\"):
                quote = ""
        elif character in "\"'" and (index == 0 or line[index - 1] in " [{,:"):
            opened, quote = index, character
    return opened if quote else -1


def _key_in_text(text: str, lines: list[int], at: int) -> Problem | None:
    """Explain the first colon of a line that belongs to the text above: wrong indentation, or no ``|``."""
    number = line_of(lines, at)
    start = lines[number - 1]
    line = line_text(text, start)
    if not line[: at - start].strip() or ": " in line[: at - start]:
        return None
    before = line_text(text, lines[number - 2]) if number > 1 else ""
    if dash := _NO_SPACE_AFTER_DASH.match(before):
        place = lines[number - 2] + before.index("-")
        return _problem(
            say("files.no-space-after-dash"), Span(place, place + 1), say("files.space-after-dash", key=dash["key"])
        )
    above = _line_above(text, lines, number, _KEY)
    if above is None:
        return None
    there, key = above
    if there < number - 1:  # lines of text lie between
        message = say("files.colon-in-text", key=key["key"])
        return _problem(message, Span(at, at + 1), say("files.start-block", key=key["key"], line=there))
    own = _KEY.match(line)
    if own is None:
        return None
    width, other = len(own["indent"]), len(key["indent"])
    earlier = _KEY.match(line_text(text, lines[there - 2])) if there > 1 else None
    if earlier and len(earlier["indent"]) == width and "-" not in key["indent"]:  # the line between is the odd one
        message = say("files.shallower-than", key=key["key"], other=own["key"], line=number)
        place = lines[there - 1] + other
        hint = say("files.line-up-with", other=own["key"], spaces=width)
        return _problem(message, Span(place, place + len(key["key"])), hint)
    message = say("files.deeper-than", key=own["key"], other=key["key"], line=there)
    hint = say("files.line-up-with", other=key["key"], spaces=other) if other else say("files.remove-indentation")
    return _problem(message, Span(start + width, start + width + len(own["key"])), hint)


def _under_item(text: str, lines: list[int], at: int) -> Problem | None:
    """Explain a key that stands under the dash of its item, not under the item's first key."""
    number = line_of(lines, at)
    start = lines[number - 1]
    line = line_text(text, start)
    own = _KEY.match(line)
    above = _line_above(text, lines, number, _ITEM)
    if own is None or "-" in own["indent"] or above is None:
        return None
    there, item = above
    width = len(own["indent"])
    if not _indent(item.string) <= width < item.start("key"):
        return None
    message = say("files.under-dash", key=own["key"], other=item["key"], line=there)
    hint = say("files.indent-to", key=own["key"], spaces=item.start("key"), other=item["key"])
    return _problem(message, Span(start + width, start + width + len(own["key"])), hint)


def _line_above(
    text: str, lines: list[int], number: int, pattern: "re.Pattern[str]"
) -> "tuple[int, re.Match[str]] | None":
    """Return the nearest line above that has the form, with its number."""
    for other in range(number - 1, max(number - _FAR, 0), -1):
        found = pattern.match(line_text(text, lines[other - 1]))
        if found:
            return other, found
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _problem(message: Sentence, span: Span, hint: Sentence) -> Problem:
    return Problem("SCH001", message, span, hint)
