"""What the keys of findings are made of: the codes and arguments of sentences, and their first English, as digests.

``python -m tests.words.former_words`` writes what is new to ``former_words.txt``; it changes no line that is there.
"""

from hashlib import sha256
from pathlib import Path

from promptstead.words.former import FORMER
from promptstead.words.tables import table
from promptstead.words.template import names

FILE = Path(__file__).parent / "former_words.txt"
AREAS = ("answers", "changes", "files", "rules")
"""The areas whose sentences a finding says, alone or in another."""
HINTS = ("-hint", "-fix")
"""How the keys end of what says what to do: no key of a finding is made of that."""


def now() -> dict[str, str]:
    """Return code -> its arguments, and the digest of the English that its first key is made of."""
    found = {}
    for area in AREAS:
        for key, english in table(area, "en").items():
            if key.endswith(HINTS):
                continue
            code = f"{area}.{key}"
            former = FORMER.get(code, english)
            found[code] = " ".join([*sorted(names(english)), sha256(former.encode()).hexdigest()[:12]])
    return found


def first() -> dict[str, str]:
    """Return the same as it was when each sentence was first there."""
    return dict(line.split(" ", 1) for line in FILE.read_text("utf-8").splitlines())


if __name__ == "__main__":
    lines = (now() | first()).items()
    FILE.write_text("".join(f"{code} {rest}\n" for code, rest in sorted(lines)), "utf-8")
