"""The values that a text states, in the order in which they are looked for."""

from collections.abc import Iterator, Sequence

from promptstead.detectors.written.dates import dates, times
from promptstead.detectors.written.numbers import numbers, telephones
from promptstead.detectors.written.value import MOST_VALUES, Language, TooManyValues, Value


def values(text: str, language: Language) -> Iterator[Value]:
    """Yield the values of a text in plain spelling: times, then dates, then telephone numbers, then all others.

    :raises TooManyValues: there are more than 50,000.
    """
    count = 0
    for find in (times, dates, telephones):
        found = find(text, language)
        count += len(found)
        yield from found
        text = blanked(text, [(value.start, value.end) for value in found])
    for value in numbers(text, language):
        count += 1
        if count > MOST_VALUES:
            raise TooManyValues
        yield value


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return *text* with a character that belongs to nothing in the place of each of *spans*, which are in order."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        if end > max(start, done):
            start = max(start, done)
            pieces += text[done:start], "\x1f" * (end - start)
            done = end
    return "".join([*pieces, text[done:]])
