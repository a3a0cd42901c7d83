"""The files of a prompt as their values say them, read once for all rules that look for something in any text."""

from collections.abc import Iterable

from promptstead.documents.document import Document
from promptstead.documents.readings import Reading, readings
from promptstead.lint.rule import Context


def values(context: Context, document: Document) -> Iterable[Reading]:
    """Return the readings of one of the prompt's documents; those of a file that need not fit in memory are not kept.

    :raises PromptsteadError: such a file is another one now.
    """
    if not document.text:
        return readings(document)
    kept = context.shared(_kept)
    if document.path not in kept:
        kept[document.path] = list(readings(document))
    return kept[document.path]


def _kept(context: Context) -> dict[str, list[Reading]]:
    return {}
