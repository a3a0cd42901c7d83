"""Very many ids in little memory: about 20 bytes each."""

from array import array
from bisect import bisect_right

_FREE = 0
_FIRST_SIZE = 1 << 10
_LAST_PLACE = 0xFFFFFFFF


class IdTable:
    """Id -> a number below 2³².

    Not the ids are kept but Python's hashes of them, 64 bits with a key that is new in every process: nobody can
    prepare two ids that meet. Of ten million ids two meet by chance once in 370,000 times.
    """

    __slots__ = ("_count", "_hashes", "_numbers")

    def __init__(self) -> None:
        self._hashes = array("Q", [_FREE]) * _FIRST_SIZE
        self._numbers = array("I", [0]) * _FIRST_SIZE
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, identifier: str) -> int | None:
        """Return the number of an id, or None."""
        slot = self._slot(_hash(identifier))
        return self._numbers[slot] if self._hashes[slot] != _FREE else None

    def put(self, identifier: str, number: int) -> None:
        """Give an id its number, in place of the one it had."""
        wanted = _hash(identifier)
        slot = self._slot(wanted)
        self._numbers[slot] = number
        if self._hashes[slot] == _FREE:
            self._hashes[slot] = wanted
            self._count += 1
            if self._count * 5 > len(self._hashes) * 3:
                self._grow()

    def _slot(self, wanted: int) -> int:
        """Return where a hash is, or would be: the first place from its own on that holds it, or nothing."""
        hashes = self._hashes
        mask = len(hashes) - 1
        slot = wanted & mask
        while hashes[slot] not in (_FREE, wanted):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = self._hashes, self._numbers
        self._hashes = array("Q", [_FREE]) * (2 * len(old[0]))
        self._numbers = array("I", [0]) * len(self._hashes)
        for wanted, number in zip(*old, strict=True):
            if wanted != _FREE:
                slot = self._slot(wanted)
                self._hashes[slot] = wanted
                self._numbers[slot] = number


class SeenIds:
    """Which case ids there were, and in which line of which file; a chance meeting is taken for a repetition."""

    def __init__(self) -> None:
        self._places = IdTable()
        self._files: list[str] = []
        self._starts: list[int] = []
        """Where the lines of each file start, counted through all of them."""
        self._end = 0

    def enter(self, path: str) -> None:
        """Begin with the lines of the file *path*."""
        self._files.append(path)
        self._starts.append(self._end)

    def first(self, identifier: str, line: int) -> tuple[str, int] | None:
        """Take note of an id in a line of the file entered last; return the file and line of its first use, if any."""
        place = min(self._starts[-1] + line, _LAST_PLACE)
        self._end = max(self._end, place)
        found = self._places.get(identifier)
        if found is None:
            self._places.put(identifier, place)
            return None
        # A file's first line is 1: its start belongs to the file before it.
        index = bisect_right(self._starts, found - 1) - 1
        return self._files[index], found - self._starts[index]


def _hash(identifier: str) -> int:
    return hash(identifier) & 0xFFFFFFFFFFFFFFFF or 1
