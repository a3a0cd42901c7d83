"""Bytes of a YAML file -> :class:`Document`. Whatever the bytes are, the answer is a document, with its problems."""

import re
from functools import lru_cache

from promptstead.documents.document import Document, line_starts
from promptstead.documents.yaml_builder import SECOND_TIME, Builder
from promptstead.model import Problem, Span

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
    said = (each for each in document.problems if each.code not in ("SCH002", "SCH003") or SECOND_TIME in each.message)
    return next(said, None)


@lru_cache(16)
def _read_small(raw: bytes, path: str) -> Document:
    """Return a document that may have been read a moment ago, from the other of two revisions: nothing changes it."""
    return _read(raw, path)


def _read(raw: bytes, path: str) -> Document:
    if len(raw) > MAX_BYTES:
        message = f"the file has {len(raw):,} bytes; {MAX_BYTES:,} are allowed"
        return _refused(path, "", message, "move cases to a dataset, answers to outputs.jsonl")
    if encoding := _wide_encoding(raw[:4]):
        return _refused(path, "", f"the file is {encoding}, not UTF-8", "save it as UTF-8")
    try:
        text = raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        return _not_utf8(raw, path, error.start)
    if match := _CONTROL.search(text):
        return _control_character(path, text, match)
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
    hint = "save the file as UTF-8"
    if byte >= _FIRST_PRINTABLE_LATIN:
        hint += f"; in Latin-1 this byte is `{chr(byte)}`"
    text = raw.decode("utf-8", "replace").removeprefix(_BOM)
    return _refused(path, text, f"byte {at:,} (0x{byte:02X}) is not UTF-8", hint, Span(offset, offset + 1))


def _control_character(path: str, text: str, match: re.Match[str]) -> Document:
    count = len(_CONTROL.findall(text))
    name = "a NUL character" if match[0] == "\0" else f"the control character U+{ord(match[0]):04X}"
    more = f" ({count} such characters in the file)" if count > 1 else ""
    hint = "remove it, or write it as an escape in double quotes; a prompt file is text"
    return _refused(path, text, f"{name} stands in the text{more}", hint, Span(match.start(), match.end()))


def _refused(path: str, text: str, message: str, hint: str, span: Span | None = None) -> Document:
    problem = Problem("SCH001", message, span or Span(0, 0), hint)
    return Document(path, text, None, {}, {}, (problem,), line_starts(text))
