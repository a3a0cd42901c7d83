"""Values that somebody typed to have an example: words, sequences of letters and digits, repetitions."""

import re

_WORDS = re.compile(
    r"(?i)actual|real|(?<![a-z])my|super|secure|secret|private|public|client|auth|access|api|token|key|pass(?:word|wd|phrase)?"
    r"|passw0rd|p[@a]ssw?[o0]rd|p@ss|pwd|login|user(?:name)?|admin|root|test(?:ing)?|demo|sample|mock|fake|foo|bar|baz|qux"
    r"|live|prod(?:uction)?|staging|dev|here|insert|replace|string|value|random|hardcoded|hello|world|abc|xyz|asdf|qwerty|azerty"
    r"|(?<![a-z])(?:sk|pk|rk|ak|id)(?![a-z])"
)
_SHOUTED = re.compile(
    r"(?i)ex[ae]mple|change_?me|placeholder|redacted|dummy|fake|sample|insert|replace|(?<![a-z])mock|notreal|secret|foobar|deadbeef"
    r"|your|votre|xxx|\*\*|\.\.\.|…|[<>{}]|\$[({A-Z]|(.)\1{5}"
)
"""What no key that a service gave has in it."""
_IDENTIFIER = re.compile(r"(?:[a-z]+|[A-Z]+|[0-9]+)(?:[-_./:](?:[a-z]+|[A-Z]+|[0-9]+|v[0-9]+|[0-9]{1,3}[a-z]))+")
_CODE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+")
_LEAST = 6
"""Characters that must be left of a value when words and sequences are taken away."""


def is_made_up(value: str) -> bool:
    """Tell whether a key, of which there are thousands of millions, is one that a person typed.

    It says so (``your``, ``xxx``), is for the most part sequences (``1234567890abcdef``), or has hardly any different
    characters.
    """
    plain = [character for character in value if character.isalnum()]
    if not plain or _SHOUTED.search(value):
        return True
    few = len(plain) >= 16 and len(set(plain)) <= 6
    return few or 2 * len(_without_sequences("".join(plain))) <= len(plain)


def is_words(value: str) -> bool:
    """Tell whether a value is made of words, sequences and numbers, as ``sk_live_abc123`` and ``gpt-4o-2024-08-06``."""
    if _SHOUTED.search(value) or _IDENTIFIER.fullmatch(value) or _CODE.fullmatch(value):
        return True
    rest = _without_sequences(_WORDS.sub(" ", value))
    return sum(character.isalnum() or character in "!@#$%&*?+=" for character in rest) < _LEAST


def _without_sequences(value: str) -> str:
    """Return *value* without runs of three or more that go up, go down or stay: ``abc``, ``321``; and ``a1b2c3d4``."""
    low = value.lower()
    gone = [False] * len(low)
    for stride, least in ((1, 3), (2, 6)):
        for first in range(stride):
            _mark(low, range(first, len(low), stride), least // stride, gone)
    return "".join(character for character, out in zip(value, gone, strict=True) if not out)


def _mark(low: str, places: range, least: int, gone: list[bool]) -> None:
    run: list[int] = []
    step: int | None = None
    for place in (*places, -1):
        new = _step(low[run[-1]], low[place]) if run and place >= 0 else None
        if run and new is not None and step in (None, new):
            step = new
            run.append(place)
            continue
        if len(run) >= least:
            for each in run:
                gone[each] = True
        keep = run[-1:] if new is not None else []
        run, step = [*keep, place] if place >= 0 else [], new if keep else None


def _step(before: str, after: str) -> int | None:
    if before.isdigit() != after.isdigit() or not (before.isalnum() and after.isalnum()):
        return None
    if before + after in ("90", "09"):
        return 1 if before == "9" else -1
    step = ord(after) - ord(before)
    return step if step in (-1, 0, 1) else None
