"""Tokens of answers for people: how many in and out, and what part of them was cached or thought."""

from promptstead.model import Usage
from promptstead.report.numbers import number
from promptstead.runs.tally import Used
from promptstead.words.sentence import say_in
from promptstead.words.template import Language


def tokens_in_and_out(used: Usage | Used, language: Language) -> str:
    """Return both as in ``4,221 in (1,536 cached), 469 out (64 reasoning)``; parts that are 0 or unknown are left out.

    What is not known is said to be unknown.
    """
    cached = say_in(language, "listings.cached", n=used.cached) if used.cached else ""
    written = say_in(language, "listings.cache-written", n=used.cache_written) if used.cache_written else ""
    thought = say_in(language, "listings.reasoning", n=used.reasoning) if used.reasoning else ""
    return say_in(
        language,
        "listings.used",
        sent=_known(used.input, language),
        of_sent=_of_which(cached, written),
        got=_known(used.output, language),
        of_got=_of_which(thought),
    )


def has_parts(used: Usage | Used) -> bool:
    """Tell whether any part of the tokens is known to be there."""
    return bool(used.cached or used.cache_written or used.reasoning)


def _known(count: int | None, language: Language) -> str:
    return say_in(language, "listings.unknown") if count is None else number(count, language, ",")


def _of_which(*parts: str) -> str:
    """Return what stands behind a number: the parts of it that are there."""
    there = ", ".join(filter(None, parts))
    return f" ({there})" if there else ""
