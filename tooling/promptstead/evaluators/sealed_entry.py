"""What is kept outside the repository: a file in it names an entry by digest, a store has its text.

What is stored is JSON with a random salt, and the digest is that of these bytes. So nobody can change an entry unseen,
and nobody can find out a short one by trying which text has the digest.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from promptstead.format_version import refuse_too_new
from promptstead.model import Json, Stored


class ChangedEntry(Exception):
    """What is stored is not what the digest names."""


def sealed_text(version: str, entry: Mapping[str, Json], salt: str) -> str:
    """Return what is stored of an entry.

    :param version: what the stored document says that it is.
    :param salt: random, of 128 bits or more; what is stored without one can be guessed from its digest.
    """
    document = {"format": version, "salt": salt, **entry}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def opened_entry(digest: str, stored: Stored | None, version: str) -> dict[str, Any] | None:
    """Return the stored document that *digest* names; None where it is not at hand.

    :raises PromptsteadError: a newer promptstead wrote it.
    :raises ChangedEntry: what is stored is something else.
    """
    raw = stored(digest) if stored else None
    if raw is None:
        return None
    if "sha256:" + hashlib.sha256(raw).hexdigest() != digest:
        raise ChangedEntry
    try:
        document: Json = json.loads(raw)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise ChangedEntry from None
    if not isinstance(document, dict):
        raise ChangedEntry
    refuse_too_new(document, (version,), digest)
    if document.get("format") != version:
        raise ChangedEntry
    return document
