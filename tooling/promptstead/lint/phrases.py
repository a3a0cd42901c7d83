"""Phrases as regular expressions that line breaks do not hide from."""

import re
from functools import cache


@cache
def phrase(*alternatives: str) -> re.Pattern[str]:
    """Compile alternatives in which a space stands for any white space.

    A space before a closing bracket stands for one character of it, as a look-behind needs.
    """
    return re.compile(re.sub(r" (?=\))", r"\\s", "|".join(alternatives)).replace(" ", r"\s+"))
