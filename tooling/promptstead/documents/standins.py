r"""Characters that YAML 1.2 and editors take for what they are, and libyaml does not.

libyaml breaks lines at NEL, LS and PS (U+0085, U+2028, U+2029), refuses U+FEFF inside a text, and refuses the surrogate
escapes that JSON writers make of emoji (``"\ud83d\ude00"``). It reads a text of the same length in which stand-ins take
their place, so that every offset stays right; the values get the characters back.
"""

import re
from bisect import bisect_left

from promptstead.model import Fix, Problem, Span
from promptstead.words.sentence import Sentence, say

_MARKS = re.compile("[\x85\u2028\u2029\ufeff]")
_ESCAPES = {"\x85": r"\N", "\u2028": r"\L", "\u2029": r"\P", "\ufeff": r"\uFEFF"}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_STAND_IN = "\ufffd"


class StandIns:
    """The text as libyaml may read it (*shadow*), the way back, and what the user is told about it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shadow = text
        self._marks: list[int] = []
        self._escapes: list[int] = []
        self._quoted: list[Span] = []
        """The double-quoted scalars that hold any of them."""
        if not text.isascii():
            self._marks = [match.start() for match in _MARKS.finditer(text)]
            if self._marks:
                self.shadow = _MARKS.sub(_STAND_IN, text)
        if "\\ud" in text or "\\uD" in text:
            self._escapes = [match.start() for match in _SURROGATE.finditer(text)]
            self.shadow = _SURROGATE.sub(lambda match: "\\ue" + match[0][3:], self.shadow)
        self._places = sorted({*self._marks, *(at + 2 for at in self._escapes)})

    def restore(self, value: str, span: Span) -> str:
        """Return the true value of the scalar at *span*, which libyaml read from the shadow as *value*."""
        if not self._places or not self._holds(self._places, span):
            return value
        from promptstead.documents.decode import decode, double_quoted

        if self.text.startswith('"', span.start):
            self._quoted.append(span)
            return double_quoted(self.text, span).text
        decoded = decode(self.shadow, span, value)
        if decoded is None:
            return value
        return "".join(
            self.text[offset] if self.text[offset : offset + 1] != self.shadow[offset : offset + 1] else character
            for character, offset in zip(value, decoded.offsets, strict=False)
        )

    def problems(self) -> list[Problem]:
        """Return one problem for each kind of character, at its first place, with one fix for all places."""
        return [*self._mark_problems(), *self._surrogate_problems()]

    def _mark_problems(self) -> list[Problem]:
        problems = []
        for character, escape in _ESCAPES.items():
            places = [at for at in self._marks if self.text[at] == character]
            if not places:
                continue
            escapable = all(self._in_quotes(at) for at in places)
            edits = tuple((Span(at, at + 1), escape) for at in places)
            point, again = f"{ord(character):04X}", _times(places)
            message = (
                say("files.byte-order-mark", again=again)
                if character == "\ufeff"
                else say("files.line-separator", point=point, name=_name(character), again=again)
            )
            hint = say("files.remove-or-escape", escape=escape)
            fix = Fix(say("files.write", what=escape), edits, safe=True) if escapable else None
            problems.append(Problem("SCH003", message, Span(places[0], places[0] + 1), hint, fix))
        return problems

    def _surrogate_problems(self) -> list[Problem]:
        pairs: list[tuple[Span, str]] = []
        lone: list[int] = []
        if not self._quoted:
            return []
        from promptstead.documents.decode import double_quoted

        for scalar in self._quoted:
            decoded = double_quoted(self.text, scalar)
            for index, width in decoded.widths.items():
                start = decoded.offsets[index]
                if not _SURROGATE.match(self.text, start):
                    continue
                if _PAIR.match(self.text, start) and width > len(r"\ud83d"):
                    character = decoded.text[index]
                    written = character if character.isprintable() else f"\\U{ord(character):08X}"
                    pairs.append((Span(start, start + width), written))
                else:
                    lone.append(start)
        problems = []
        if pairs:
            span, written = pairs[0]
            source = self.text[span.start : span.end]
            message = say("files.surrogate-pair", source=source, again=_times(pairs))
            fix = Fix(say("files.write-character"), tuple(pairs), safe=True)
            escape = f"\\U{ord(double_quoted(self.text, Span(span.start - 1, span.end + 1)).text):08X}"
            hint = say("files.write-itself-or", written=written, escape=escape)
            problems.append(Problem("SCH003", message, span, hint, fix))
        if lone:
            source = self.text[lone[0] : lone[0] + 6]
            message = say("files.half-a-character", source=source, again=_times(lone))
            hint = say("files.write-whole-character")
            problems.append(Problem("SCH001", message, Span(lone[0], lone[0] + 6), hint))
        return problems

    def _holds(self, places: list[int], span: Span) -> bool:
        index = bisect_left(places, span.start)
        return index < len(places) and places[index] < span.end

    def _in_quotes(self, at: int) -> bool:
        index = bisect_left(self._quoted, at, key=lambda span: span.start)
        return index > 0 and at < self._quoted[index - 1].end


def _name(separator: str) -> Sentence:
    if separator == "\x85":
        return say("files.next-line")
    return say("files.line-separator-name" if separator == "\u2028" else "files.paragraph-separator-name")


def _times(places: list[int] | list[tuple[Span, str]]) -> str:
    return say("files.times", times=len(places)) if len(places) > 1 else ""
