"""``xml``: the answer is XML, or holds some."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, Unscored, first_quoted, quoted
from promptstead.evaluators.shared.strict_json import MAX_DEPTH
from promptstead.model import Json
from promptstead.words.sentence import Sentence, own_words, say

MAX_WORK = 20_000_000
"""Bytes read over all attempts to find XML inside an answer."""

_FIRST, _NEXT = 1_024, 65_536
_START = re.compile(rb"<[A-Za-z_:\x80-\xff]")


class _NotXml(Exception):
    """The text is no XML: why, and how many bytes were read to see it."""

    def __init__(self, reason: Sentence, read: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.read = read


class _Done(Exception):
    """The root element has ended."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Read the answer as one well-formed XML document (XML 1.0), white space around it aside.

    ``elements`` are paths of names from the root that must occur, such as ``analysis/color``; names are compared as
    written, prefix included. ``anywhere`` reads every element that stands in the text, whatever is around it, instead;
    there must be one, and each path must occur in any of them. A document type declaration (and so every entity of its
    own) and more than 64 levels are refused. Where so much only begins like XML that 20 MB would be read, the answer is
    unscored.
    """
    anywhere = options.get("anywhere", False)
    read = texts(options.get("elements", []))

    def judge(answer: Answer) -> Result:
        wanted = read(answer.case)
        if "" in wanted:
            raise Unscored(say("evaluators.empty-path"))
        try:
            data = answer.text.strip().encode()
            seen = _Seen(wanted)
            if anywhere:
                if not _inside(data, seen):
                    return Result(False, say("evaluators.no-xml", answer=quoted(answer.text)))
            else:
                _parse(data, 0, seen, whole=True)
        except UnicodeEncodeError:
            return Result(False, say("evaluators.surrogate"))
        except _NotXml as error:
            return Result(False, say("evaluators.expected-xml", got=quoted(answer.text), error=error.reason))
        missing = [path for path in wanted if path not in seen.found]
        if missing:
            return Result(False, say("evaluators.no-elements", elements=first_quoted(missing)))
        return Result(True, say("evaluators.holds-xml" if anywhere else "evaluators.is-xml"))

    return judge


class _Seen:
    """Which of the wanted paths have occurred; ``tree`` maps names to what may follow them."""

    def __init__(self, wanted: list[str]) -> None:
        self.found: set[str] = set()
        self.tree: dict[str, Any] = {}
        for path in wanted:
            node = self.tree
            for name in path.strip("/").split("/"):
                node = node.setdefault(name, {})
            node[""] = path


def _inside(data: bytes, seen: _Seen) -> bool:
    place, work, any_found = 0, 0, False
    while match := _START.search(data, place):
        try:
            place = _parse(data, match.start(), seen, whole=False)
            any_found, work = True, work + place - match.start() + _FIRST
        except _NotXml as error:
            place, work = match.end(), work + error.read + _FIRST
        if work > MAX_WORK:
            raise Unscored(say("evaluators.too-much-like-xml"))
    return any_found


def _parse(data: bytes, start: int, seen: _Seen, whole: bool) -> int:
    """Read an element that begins at *start* and return where it ends; with *whole* nothing else may stand there."""
    parser = expat.ParserCreate("utf-8")
    nodes: list[dict[str, Any]] = [seen.tree]
    read = 0

    def open_element(name: str, attributes: object) -> None:
        if len(nodes) > MAX_DEPTH:
            raise _NotXml(say("evaluators.too-deep", levels=MAX_DEPTH), read)
        node = nodes[-1].get(name, {})
        nodes.append(node)
        if "" in node:
            met.append(node[""])

    def close_element(name: str) -> None:
        nodes.pop()
        if len(nodes) == 1 and not whole:
            raise _Done(parser.CurrentByteIndex)

    def refuse(*_: object) -> None:
        raise _NotXml(say("evaluators.no-doctype"), read)

    met: list[str] = []
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.StartDoctypeDeclHandler = refuse
    view = memoryview(data)[start:]
    try:
        while read < len(view):
            size = _FIRST if not read else _NEXT
            piece = view[read : read + size]
            read += len(piece)
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _Done as done:
        seen.found.update(met)
        closing = data.find(b">", start + int(done.args[0]))
        return closing + 1 if closing >= 0 else len(data)
    except expat.ExpatError as error:
        said = own_words(expat.ErrorString(error.code) or "")
        raise _NotXml(say("evaluators.at", error=said, line=error.lineno, column=error.offset + 1), read) from None
    seen.found.update(met)
    return len(data)
