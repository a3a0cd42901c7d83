"""A page of one file: the template with style, script and data put in, and a policy that lets nothing else run.

Everything from prompts and models goes in as JSON; the script shows it as text and never as markup.
"""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from math import isfinite
from os.path import abspath, dirname, join
from string import Template

from promptstead.escapes import escaped
from promptstead.model import Json
from promptstead.words.tables import table, template
from promptstead.words.template import LANGUAGES, Language

MAX_DATA = 16 * 1024 * 1024
"""Bytes of a page's data; with the rest a page stays below 20 MB."""

_MARKUP = re.compile("[<>&]")
_QUOTED = re.compile("`([^`]*)`")


def page(kind: str, data: dict[str, Json], language: Language) -> str:
    """Return the page of a ``run`` or a ``review``.

    It holds the words of every language, as the reader may change it.
    The policy in its head names the digests of its one style and its one script, and forbids every request.
    """
    style = asset("page.css")
    script = "".join(asset(name) for name in ("page.js", f"{kind}.js"))
    return Template(asset("page.html")).substitute(
        language=language,
        policy=(
            f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        style=style,
        script=script,
        noscript=_QUOTED.sub(r"<code>\1</code>", template("pages.needs-script", language)),
        data=encode({**data, "kind": kind, "lang": language, **words()}),
    )


def words() -> dict[str, Json]:
    """Return what pages say around their data, and the fixed words of reports, in every language."""
    return {
        "words": {language: dict(table("pages", language)) for language in LANGUAGES},
        "labels": {language: dict(table("labels", language)) for language in LANGUAGES},
    }


def encode(value: Json) -> str:
    """Return *value* as JSON that may stand in a ``script`` element: nothing in it ends the element or a line.

    Nor is anything in it a command to the log of a CI job.
    A number that JSON has no way to write (an interval without an end) is null.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return escaped(_MARKUP.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


@cache
def asset(name: str) -> str:
    """Return one of the static parts beside this module."""
    with open(join(dirname(abspath(__file__)), name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


class Room:
    """What is left of a page's size."""

    def __init__(self, size: int = MAX_DATA) -> None:
        self._left = size

    def take(self, value: Json) -> bool:
        """Tell whether *value* still fits, and keep its room."""
        size = len(encode(value).encode()) + 1
        if size > self._left:
            return False
        self._left -= size
        return True


MAX_TEXT = 100_000
"""Characters of one text that a page shows."""


def cut(text: str) -> str:
    """Return *text*, cut where it is very long, with the number of characters that are missing."""
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}\n… (+{len(text) - MAX_TEXT})"


def shown(value: Json) -> str:
    """Return a value as a page shows it: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=dict)
    return cut(text)
