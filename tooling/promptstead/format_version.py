"""The version of a document: whether this promptstead may read it, and what is said of one that it may not.

Every document says what it is, such as ``promptstead/run/v2``: by ``format``, or by ``schema`` where people write the
file. By ``needs`` it may name the oldest promptstead that reads it right. The runtime uses this, so it imports little.
"""

from promptstead import __version__
from promptstead.errors import PromptsteadError

TYPE_CHECKING = False  # what type checkers take for true; importing typing would cost an application 4 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

UPGRADE = "upgrade promptstead"


def too_new(document: "Mapping[str, Any]", known: "Sequence[str]") -> "tuple[str, str] | None":
    """Return the version of a document that is too new, and what it needs; None where it may be read.

    None, too, for what is of another kind than *known*: whoever reads it says that.

    :param known: the versions that are read, the newest first, such as ``promptstead/run/v2``.
    """
    found = document.get("format", document.get("schema"))
    if not isinstance(found, str):
        return None
    needs = document.get("needs", "")
    unmet = "" if needs == "" or is_met(needs) else _shown(needs)
    if found in known:
        return (found, unmet) if unmet else None
    kind, _, newest = known[0].rpartition("/v")
    stem, _, number = found.rpartition("/v")
    is_newer = stem == kind and _is_number(number) and int(number) > int(newest)
    return (found, unmet) if is_newer else None


def too_new_text(found: "tuple[str, str]", known: "Sequence[str]") -> str:
    """Return what is said of what :func:`too_new` found."""
    version, needs = found
    if needs:
        return f"this is `{version}`, which needs promptstead {needs} or later; this is promptstead {__version__}"
    return f"this is `{version}`; promptstead {__version__} reads up to `{known[0]}`"


def refuse_too_new(document: "Mapping[str, Any]", known: "Sequence[str]", location: str) -> None:
    """Refuse what :func:`too_new` finds.

    :param location: what the error calls the document.
    :raises PromptsteadError: this promptstead is too old for it.
    """
    if found := too_new(document, known):
        raise PromptsteadError(too_new_text(found, known), hint=UPGRADE, location=location)


def is_met(needs: "Any") -> bool:
    """Tell whether this version is at least *needs*; what is not a version is not met."""
    is_text = isinstance(needs, (str, int, float)) and not isinstance(needs, bool)  # YAML reads 0.3 as a number
    wanted = str(needs).split(".") if is_text else [""]
    return all(map(_is_number, wanted)) and _numbers(__version__.split(".")) >= _numbers(wanted)


def _numbers(parts: "list[str]") -> "list[int]":
    """Return a version to compare; a pre-release counts as what it comes before: ``0.3.0rc1`` reads what 0.3.0 does."""
    digits = (part[: len(part) - len(part.lstrip("0123456789"))] for part in parts)
    numbers = [int(each or "0") for each in digits]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _shown(needs: "Any") -> str:
    """Return what a stranger's document says that it needs, as far as a line may repeat it; never nothing."""
    text = str(needs)[:20] if isinstance(needs, (str, int, float)) else ""
    return "".join(each for each in text if each.isascii() and (each.isalnum() or each in ".+-")) or "?"
