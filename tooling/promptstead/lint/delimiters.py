"""Where untrusted text lands in a message, and what stands around it. Three rules share this."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from promptstead.lint.rule import Context
from promptstead.lint.texts import has_other_braces, is_code_braces
from promptstead.model import Fix, Part, Span
from promptstead.template.analysis import Output, Text
from promptstead.words.sentence import say

Delimiter = Literal["fenced", "closable", "open", "none"]

_FENCED: tuple[Delimiter, str] = ("fenced", "")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][\w.:-]*)(?:\s[^<>]*)?(?P<empty>/?)>")
_RULER = re.compile(
    r"^[ \t]*(?:(?P<code>```+|~~~+)[^`\n]*|(?P<line>\"\"\"|'''|---+|===+|###+|\*\*\*+)[ \t]*)$", re.MULTILINE
)
_PAIRED = {"```", "~~~", '"""', "'''"}
_SAFE_FORMATS = {"date", "date-time"}
_SHORT = 64
_MOST_VALUES = 12
"""Most values of one system message without test data; more are the slots of a form that the answer fills."""
_NAMING = re.compile(r"(?i)\b(?:replace[ds]?|substitute|placeholders?|written|such as|syntax)\b[^.]{0,80}$")


class Landing(NamedTuple):
    """A place in a message where text of untrusted *inputs* comes out."""

    role: str
    part: Part
    output: Output
    inputs: tuple[str, ...]
    delimiter: Delimiter
    mark: str
    """The delimiter found, such as ``<complaint>``; empty for none."""


def landings(context: Context) -> Iterator[Landing]:
    """Yield every place where an untrusted input that can carry a sentence comes out, with the delimiter around it."""
    untrusted = {
        name for name, spec in context.prompt.inputs.items() if spec.trust == "untrusted" and carries_text(spec.schema)
    }
    if not untrusted:
        return
    for role, part in context.parts():
        if part.type != "text":
            continue
        pieces = context.flow(part)
        bare = [piece for piece in pieces if isinstance(piece, Output) and piece.roots & untrusted]
        if context.prompt.dialect == "github-models" and bare and role in ("system", "developer"):
            bare = _values(context, part.template, bare)
        around = iter(_around(pieces, [piece for piece in bare if not piece.fenced]))
        for piece in bare:
            delimiter, mark = _FENCED if piece.fenced else next(around)
            yield Landing(role, part, piece, tuple(sorted(piece.roots & untrusted)), delimiter, mark)


def _values(context: Context, text: str, bare: list[Output]) -> list[Output]:
    """Return those of *bare* that callers give: any braces are a placeholder there, also where a text is about braces.

    Test data says which are. Without, those of other languages and code, and a form with many slots, are none.
    """
    given = {name for case in context.prompt.cases for name in case.inputs}
    if given:
        return [piece for piece in bare if piece.roots & given]
    names = {name for piece in bare for name in piece.roots}
    if len(names) > _MOST_VALUES or has_other_braces(text):
        return []
    return [piece for piece in bare if not (_written(text, piece) or _about(text, piece))]


def _written(text: str, piece: Output) -> bool:
    start, end = piece.start - 2, piece.end + 2
    alone = not text[text.rfind("\n", 0, start) + 1 : start].strip() and text[end : end + 1] in ("", "\n")
    return is_code_braces(text, start, end) and not (alone and text[start - 1 : start] != "$")


def _about(text: str, piece: Output) -> bool:
    line = text[text.rfind("\n", 0, piece.start) + 1 : piece.start - 2]
    return _NAMING.search(line) is not None


def fence_fix(context: Context, landing: Landing) -> Fix | None:
    """Return the fix that puts ``fence`` behind the value; none where quotes cannot be written or no tag be named."""
    name = landing.inputs[0].lower()
    output = landing.output
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name) or output.roots != {landing.inputs[0]}:
        return None
    span, path = context.place(landing.part, output.start, output.end, output.source)
    scalar = context.document.span(landing.part.at)
    quote = "'" if not path and context.document.text.startswith('"', scalar.start) else '"'
    insertion = Span(span.end, span.end)
    return Fix(say("rules.fence-fix"), ((insertion, f" | fence({quote}{name}{quote})"),), safe=False)


def carries_text(schema: Mapping[str, Any]) -> bool:
    """Tell whether a value that *schema* allows can hold an instruction: no number, date, choice or short code."""
    if "enum" in schema or "const" in schema:
        return False
    types = schema.get("type")
    kinds = set([types] if isinstance(types, str) else types or ["string"])
    if "object" in kinds:
        values = [
            *schema.get("properties", {}).values(),
            schema.get("additionalProperties", not schema.get("properties")),
        ]
        if any(carries_text(value) if isinstance(value, dict) else bool(value) for value in values):
            return True
    if "array" in kinds and carries_text(schema.get("items", {})):
        return True
    if "string" not in kinds or schema.get("format") in _SAFE_FORMATS:
        return False
    pattern = schema.get("pattern", "")
    whole = pattern.startswith(("^", r"\A")) and pattern.endswith(("$", r"\Z"))
    return not (whole and schema.get("maxLength", _SHORT + 1) <= _SHORT)


def _around(pieces: Sequence[Text | Output], outputs: Sequence[Output]) -> Iterator[tuple[Delimiter, str]]:
    """Yield for each of *outputs*, in their order, the innermost delimiter open before it, and whether it closes.

    One pass, whatever the size of the text.
    """
    text, places = _joined(pieces)
    tags, rulers = _Tags(text), _Rulers(text)
    for output in outputs:
        place = places[id(output)]
        tag, ruler = tags.innermost(place), rulers.innermost(place)
        if tag is not None and (ruler is None or tag[0] > ruler[0]):
            closable = tags.closed_later(place)
            yield ("closable", f"<{closable}>") if closable else ("open", f"<{tag[1]}>")
        elif ruler is not None and rulers.last[ruler[1]] > place:
            yield "closable", ruler[1]
        elif ruler is not None and ruler[1] in _PAIRED:
            yield "open", ruler[1]
        else:
            yield "none", ""


class _Tags:
    """The tags of a text, read up to a place that only moves forward."""

    def __init__(self, text: str) -> None:
        self._waiting = list(_TAG.finditer(text))[::-1]
        self._last_close = {match["name"]: match.start() for match in self._waiting[::-1] if match["close"]}
        self._open: list[tuple[int, str]] = []
        self._closable: list[tuple[int, str]] = []
        """Those of *_open* whose closing tag may still come: (index in *_open*, name)."""
        self._indices: dict[str, list[int]] = {}

    def innermost(self, place: int) -> tuple[int, str] | None:
        """Return where the innermost tag open at *place* starts, and its name."""
        while self._waiting and self._waiting[-1].end() <= place:
            match = self._waiting.pop()
            if match["close"]:
                self._close(match["name"])
            elif not match["empty"]:
                self._indices.setdefault(match["name"], []).append(len(self._open))
                self._closable.append((len(self._open), match["name"]))
                self._open.append((match.start(), match["name"]))
        return self._open[-1] if self._open else None

    def _close(self, name: str) -> None:
        if not self._indices.get(name):
            return
        index = self._indices[name][-1]
        while len(self._open) > index:
            self._indices[self._open.pop()[1]].pop()
        while self._closable and self._closable[-1][0] >= index:
            self._closable.pop()

    def closed_later(self, place: int) -> str:
        """Return the innermost open tag that is closed after *place*; empty where none is."""
        while self._closable and self._last_close.get(self._closable[-1][1], -1) < place:
            self._closable.pop()  # nor will it be closed after any later place
        return self._closable[-1][1] if self._closable else ""


class _Rulers:
    """The rulers and code fences of a text, read like the tags; every second one of a kind closes."""

    def __init__(self, text: str) -> None:
        self._waiting = [
            (match.end(), match.start(), (match["code"] or match["line"])[:3]) for match in _RULER.finditer(text)
        ][::-1]
        self.last = {mark: start for _, start, mark in self._waiting[::-1]}
        """Mark (the first three characters, which two rulers of a pair share) -> where the last one starts."""
        self._open: dict[str, int] = {}

    def innermost(self, place: int) -> tuple[int, str] | None:
        """Return where the innermost ruler open at *place* starts, and its mark."""
        while self._waiting and self._waiting[-1][0] <= place:
            _, start, mark = self._waiting.pop()
            if self._open.pop(mark, None) is None:
                self._open[mark] = start
        return max(((start, mark) for mark, start in self._open.items()), default=None)


def _joined(pieces: Sequence[Text | Output]) -> tuple[str, dict[int, int]]:
    """Return the whole text with a stand-in for each value, and where each stands, by the identity of its piece."""
    parts: list[str] = []
    places: dict[int, int] = {}
    length = 0
    for piece in pieces:
        if isinstance(piece, Output):
            places[id(piece)] = length
        parts.append(piece.text if isinstance(piece, Text) else "\ufffc")
        length += len(parts[-1])
    return "".join(parts), places
