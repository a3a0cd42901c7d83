"""How many different cases a run has, where several models answer each of them."""

from array import array

MASK = 2**64 - 1


class Distinct:
    """Counts the different ids that come.

    :param together: the same ones come one after the other, as the rows of a replay do, so that none is held; a live
        run has them as answers come, and 8 bytes are held of each.
    """

    def __init__(self, *, together: bool) -> None:
        self._hashes = None if together else array("Q")
        self._last: str | None = None
        self._changes = 0

    def add(self, name: str) -> None:
        """Take one id."""
        if name == self._last:
            return
        self._last = name
        self._changes += 1
        if self._hashes is not None:
            self._hashes.append(hash(name) & MASK)

    def count(self) -> int:
        """Return how many different ones came."""
        return self._changes if self._hashes is None else len(set(self._hashes))
