"""Gaps: values that say that somebody still has to fill them in. A file is valid with them, and they answer nothing."""

import re
from collections.abc import Iterator

from promptstead.model import Json, KeyPath

GAP = "TODO"
"""What `new` writes, alone or before a colon and what belongs there; as a risk class it is "not decided"."""
_TEXT = re.compile(r"\s*[\[<(]?(?:TODO|FIXME|TBD|TBC|[ÀA] (?:COMPLÉTER|COMPLETER|FAIRE|DÉFINIR|REMPLIR))(?!\w)")
_NOBODY = re.compile(
    r"(?i)@?(?:your|votre)[-_ /](?:team|org|organi[sz]ation|company|name|[ée]quipe|entreprise|nom)(?:/\S*)?"
    r"|@org/(?:team|[ée]quipe)"
)
"""Owners of examples, such as ``@your-team`` and ``@org/team``."""


def is_gap(value: Json) -> bool:
    """Tell whether a value is a text that begins with a mark of something to fill in."""
    return isinstance(value, str) and _TEXT.match(value) is not None


def gaps(data: Json) -> Iterator[KeyPath]:
    """Yield the place of each gap in the owners and the governance of a prompt's data, in the order of the file.

    Keys that begin with ``x-`` are anybody's own.
    """
    for key in data:
        if key == "owners":
            for index, owner in enumerate(data[key]):
                if is_gap(owner) or _NOBODY.fullmatch(owner.strip()):
                    yield key, index
        elif key == "governance":
            yield from _within(data[key], (key,))


def _within(value: Json, at: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        for key, each in value.items():
            if not key.startswith("x-"):
                yield from _within(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _within(each, (*at, index))
    elif is_gap(value):
        yield at
