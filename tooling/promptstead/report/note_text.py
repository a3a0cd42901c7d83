"""A person's note on an answer, in words: who says it, when, and what."""

from collections.abc import Sequence

from promptstead.report.review_document import NoteDocument
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language


def note_head(note: NoteDocument, language: Language) -> str:
    """Return ``Marie Durand, 2026-03-02, bad, wrong-deadline``: who, when, and what kind of note it is."""
    return ", ".join(filter(None, (note["by"], note["date"], verdict_word(note["verdict"], language), *note["tags"])))


def verdict_word(verdict: str, language: Language) -> str:
    """Return whether the answer is good or bad, in words; nothing for a verdict that is none of ours."""
    return label(language, verdict) if verdict in ("good", "bad") else ""


def note_line(note: NoteDocument, language: Language) -> str:
    """Return the whole note; of one that is kept outside the repository, that it is."""
    if note["outside"]:
        return say_in(language, "reports.note-outside")
    return say_in(language, "reports.labelled", name=note_head(note, language), text=note["text"])


def cases_of(notes: Sequence[NoteDocument]) -> list[str]:
    """Return the cases whose answers the notes are about, each once."""
    return list(dict.fromkeys(note["case"] for note in notes))
