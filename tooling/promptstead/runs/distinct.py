"""How many different cases a run has, where several models answer each of them and not all answers come in order."""

from array import array

MASK = 2**64 - 1


class Distinct:
    """Counts the different ids that come. One that comes again at once is not held; of the others, 8 bytes each."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def add(self, name: str) -> None:
        """Take one id."""
        value = hash(name) & MASK
        if not self._hashes or self._hashes[-1] != value:
            self._hashes.append(value)

    def count(self) -> int:
        """Return how many different ones came."""
        return len(set(self._hashes))
