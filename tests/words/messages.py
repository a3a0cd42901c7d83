"""A snapshot of what errors, hints, lines on stderr and help say: a reviewer sees every change of wording.

``python -m tests.words.messages`` writes ``messages.txt``. What a message puts in stands as ``{…}``. Sentences of the
tables are in ``words/en``, and what rules say about real cases is in ``tests/lint/messages.txt``.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.words.texts import Text, helps, literals

FILE = Path(__file__).parent / "messages.txt"


def _section(texts: Sequence[Text]) -> Iterator[str]:
    for place, group in groupby(texts, key=lambda text: text.place):
        yield f"\n{place}\n"
        for line in dict.fromkeys(text.text for text in group):
            yield f"  {line!r}\n" if "\n" in line else f"  {line}\n"


def now() -> str:
    """Return the whole file as the package says it now."""
    return "".join(["# Help\n", *_section(helps()), "\n# Errors, hints, and lines on stderr\n", *_section(literals())])


if __name__ == "__main__":
    FILE.write_text(now(), "utf-8")
