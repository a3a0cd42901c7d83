"""What many entries of a page share, held once: long texts, and sentences in every language."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from promptstead.model import Json
from promptstead.report.html.page import Room, cut
from promptstead.words.sentence import own_words
from promptstead.words.sentence_json import SentenceDocument, read_sentence
from promptstead.words.template import LANGUAGES

Shared = TypeVar("Shared", bound=Hashable)


class Interned(Generic[Shared]):
    """Values that entries refer to by number. Those of an entry that does not fit are forgotten with it."""

    def __init__(self) -> None:
        self.kept: list[Shared] = []
        self._index: dict[Shared, int] = {}
        self._new: list[Shared] = []

    def intern(self, value: Shared) -> int:
        """Return the number of *value*."""
        if value not in self._index:
            self._index[value] = len(self.kept) + len(self._new)
            self._new.append(value)
        return self._index[value]

    def new(self) -> list[Shared]:
        """Return those that came since the last :meth:`keep`."""
        return self._new

    def keep(self) -> None:
        """Keep those that came since."""
        self.kept += self._new
        self._new = []

    def forget(self) -> None:
        """Forget those that came since the last :meth:`keep`."""
        for value in self._new:
            del self._index[value]
        self._new = []


class Texts(Interned[str]):
    """Texts that many entries share, such as a system message."""


class Sentences(Interned[tuple[str, ...]]):
    """Sentences, each in every language, in the order of :data:`LANGUAGES`."""

    def say(self, sentence: str) -> int:
        """Return the number of a sentence, or of a text that another wrote."""
        return self.intern(tuple(cut(own_words(sentence).to(language)) for language in LANGUAGES))

    def read(self, document: SentenceDocument) -> int:
        """Return the number of a sentence of a report."""
        return self.say(read_sentence(document))

    def by_language(self) -> dict[str, Json]:
        """Return language -> the sentences by number."""
        return {language: [texts[place] for texts in self.kept] for place, language in enumerate(LANGUAGES)}

    def fits(self, room: Room, entry: Json) -> bool:
        """Tell whether *entry* still fits with the sentences that it brings; where not, they are forgotten."""
        fits = room.take([entry, self.new()])
        if fits:
            self.keep()
        else:
            self.forget()
        return fits

    def fitting(self, room: Room, documents: Iterable[SentenceDocument]) -> Iterator[int]:
        """Yield the numbers of those sentences of a report that fit."""
        for document in documents:
            number = self.read(document)
            if self.fits(room, number):
                yield number
