"""JSON objects whose keys are all different: of two of one name, readers in other languages may take either."""

import json
from collections.abc import Sequence
from typing import Any


class DuplicateKey(ValueError):
    """An object has a key twice: *key*, as JSON, cut to 60 characters."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key} occurs twice")
        self.key = key


def unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object that *pairs* make; for ``json``'s ``object_pairs_hook``.

    :raises DuplicateKey: a key is there twice.
    """
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise DuplicateKey(json.dumps(key[:60]))
        seen.add(key)
    raise AssertionError("unreachable: a key occurs twice")
