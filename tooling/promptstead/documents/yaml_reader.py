"""Bytes of a YAML file -> :class:`Document`. Whatever the bytes are, the answer is a document, with its problems."""

import re
from functools import lru_cache

from promptstead.documents.document import Document, line_starts
from promptstead.documents.merge_conflict import unfinished_merge
from promptstead.documents.yaml_builder import Builder
from promptstead.model import Problem, Span
from promptstead.words.sentence import Sentence, say

MAX_BYTES = 4 * 1024 * 1024
SMALL = 128 * 1024
"""Bytes of a file up to which it is kept for a moment."""

_BOM = "\ufeff"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_FIRST_PRINTABLE_LATIN = 0xA0


def read(raw: bytes, path: str) -> Document:
    """Return the YAML file *raw* as a document; never raises because of what is in it.

    :param path: what the file is called, kept in the document.
    """
    return _read_small(raw, path) if len(raw) <= SMALL else _read(raw, path)


def misread(document: Document) -> Problem | None:
    """Return the first thing that keeps part of the file from being data; None where all of it was read."""
    return next((each for each in document.problems if each.code not in ("SCH002", "SCH003") or _is_twice(each)), None)


def _is_twice(problem: Problem) -> bool:
    return problem.message.code == "files.key-twice"


@lru_cache(16)
def _read_small(raw: bytes, path: str) -> Document:
    """Return a document that may have been read a moment ago, from the other of two revisions: nothing changes it."""
    return _read(raw, path)


def _read(raw: bytes, path: str) -> Document:
    if len(raw) > MAX_BYTES:
        message = say("files.too-many-bytes", size=len(raw), most=MAX_BYTES)
        return _refused(path, "", message, say("files.move-cases-and-answers"))
    if encoding := _wide_encoding(raw[:4]):
        return _refused(path, "", say("files.wide", encoding=encoding), say("files.save-it-as-utf-8"))
    try:
        text = raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        return _not_utf8(raw, path, error.start)
    if match := _CONTROL.search(text):
        return _control_character(path, text, match)
    if problem := unfinished_merge(text):
        return Document(path, text, None, {}, {}, (problem,))
    lines = line_starts(text)
    built = Builder(text, lines).build()
    return Document(path, text, built.data, built.values, built.keys, tuple(built.problems), lines)


def _wide_encoding(start: bytes) -> str:
    """Return the encoding that the first four bytes betray by their mark or their zeros; empty for UTF-8."""
    zeros = tuple(byte == 0 for byte in start)
    if start in {b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"} or sum(zeros) == len(b"\0\0\0"):
        return "UTF-32"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros in {(False, True) * 2, (True, False) * 2}:
        return "UTF-16"
    return ""


def _not_utf8(raw: bytes, path: str, at: int) -> Document:
    offset = len(raw[:at].decode("utf-8").removeprefix(_BOM))
    byte = raw[at]
    latin = byte >= _FIRST_PRINTABLE_LATIN
    hint = say("files.save-as-utf-8-latin", character=chr(byte)) if latin else say("files.save-as-utf-8")
    text = raw.decode("utf-8", "replace").removeprefix(_BOM)
    message = say("files.not-utf-8", at=at, byte=f"{byte:02X}")
    return _refused(path, text, message, hint, Span(offset, offset + 1))


def _control_character(path: str, text: str, match: re.Match[str]) -> Document:
    count = len(_CONTROL.findall(text))
    more = say("files.such-characters", count=count) if count > 1 else ""
    message = (
        say("files.nul", more=more)
        if match[0] == "\0"
        else say("files.control-character", point=f"{ord(match[0]):04X}", more=more)
    )
    return _refused(path, text, message, say("files.remove-control-character"), Span(match.start(), match.end()))


def _refused(path: str, text: str, message: Sentence, hint: Sentence, span: Span | None = None) -> Document:
    problem = Problem("SCH001", message, span or Span(0, 0), hint)
    return Document(path, text, None, {}, {}, (problem,), line_starts(text))
