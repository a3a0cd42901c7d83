"""A merge that was not finished: one problem, which says all about the file."""

from promptstead.conflict_markers import unresolved
from promptstead.model import Problem, Span
from promptstead.words.sentence import say


def unfinished_merge(text: str) -> Problem | None:
    """Return the problem of a file with conflicts in it, at the first of them; None where there is none."""
    found = unresolved(text)
    if not found:
        return None
    first, last = (text.count("\n", 0, at) + 1 for at in found[0])
    message = say("files.merge-conflict", first_line=first, last_line=last)
    if len(found) > 1:
        message = say("files.merge-conflicts", count=len(found), first_line=first, last_line=last)
    start = found[0][0]
    end = text.find("\n", start)
    return Problem("SCH001", message, Span(start, end), say("files.resolve-conflict"))


def is_unfinished_merge(problem: Problem) -> bool:
    """Tell whether a problem is that of an unfinished merge, beside which nothing else need be said."""
    return problem.message.code in ("files.merge-conflict", "files.merge-conflicts")
