"""Values inside JSON, chosen by a JSONPath query (RFC 9535)."""

from collections.abc import Callable
from typing import Any

from promptstead.evaluators.shared.results import Unscored
from promptstead.evaluators.shared.strict_json import follow
from promptstead.model import Json
from promptstead.prompts.declared.json_path import compiled, keys
from promptstead.words.sentence import say

MAX_STEPS = 200_000
"""What one query may visit in one answer: members, items and comparisons."""

Select = Callable[[Json], list[Json]]
"""Returns the values that a query selects, in the order of the document.

Raises :class:`Unscored` where the query visits more than it may.
"""


def selector(path: str) -> Select:
    """Prepare a query. The functions ``match()`` and ``search()`` are left out: their patterns have no bound on time.

    :raises PromptsteadError: the path is malformed.
    """
    plain = keys(path)
    return _query(path) if plain is None else _plain(plain)


def _plain(way: list[str | int]) -> Select:
    """Return the selection of the one value that names and indices lead to."""

    def select(value: Json) -> list[Json]:
        try:
            return [follow(value, way)]
        except LookupError:
            return []

    return select


def _query(path: str) -> Select:
    query = compiled(path)

    def select(value: Json) -> list[Json]:
        budget = [MAX_STEPS]
        found = []
        for node in query.finditer(_counted(value, budget)):
            _charge(budget, 1)
            found.append(_uncounted(node.value))
        return found

    return select


def _charge(budget: list[int], steps: int) -> None:
    budget[0] -= steps
    if budget[0] < 0:
        raise Unscored(say("evaluators.path-visits-too-much", most=MAX_STEPS))


class _List(list[Any]):
    """A list that counts what a query visits: a short query can visit a small answer 2⁶⁴ times."""

    __slots__ = ("budget",)
    __hash__ = None

    budget: list[int]

    def __getitem__(self, key: Any) -> Any:
        _charge(self.budget, 1 if isinstance(key, int) else len(self))
        return super().__getitem__(key)

    def __iter__(self) -> Any:
        _charge(self.budget, len(self))
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        _charge(self.budget, len(self))
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


class _Map(dict[str, Any]):
    """A map that counts, as :class:`_List` does."""

    __slots__ = ("budget",)
    __hash__ = None

    budget: list[int]

    def __getitem__(self, key: Any) -> Any:
        _charge(self.budget, 1)
        return super().__getitem__(key)

    def items(self) -> Any:
        _charge(self.budget, len(self))
        return super().items()

    def __eq__(self, other: object) -> bool:
        _charge(self.budget, len(self))
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def _counted(value: Json, budget: list[int]) -> Json:
    if isinstance(value, list):
        items = _List([_counted(item, budget) for item in value])
        items.budget = budget
        return items
    if isinstance(value, dict):
        members = _Map({key: _counted(item, budget) for key, item in value.items()})
        members.budget = budget
        return members
    return value


def _uncounted(value: Json) -> Json:
    if isinstance(value, list):
        return [_uncounted(item) for item in list.__iter__(value)]
    return {key: _uncounted(item) for key, item in dict.items(value)} if isinstance(value, dict) else value
