"""What a command prints: lines of the result on stdout, lines for people on stderr; nothing that a log would obey."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from stat import S_ISREG

from promptstead.escapes import inert, json_text, visible
from promptstead.model import Json

_COLOURS = {"red": "31", "yellow": "33", "cyan": "36", "green": "32", "bold": "1", "dim": "2"}
_PAINT = re.compile(rf"(\x1b\[(?:{'|'.join(_COLOURS.values())}|0)m)")
_OBEYING_LOGS = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION")
"""Variables of the CI systems whose log obeys commands in what a job prints."""


def echo(text: str) -> None:
    """Write lines for people to stdout: what a terminal or the log of a CI job would obey is escaped, wherever it goes.

    What :func:`colour` painted stays painted on a terminal.
    """
    pieces = _PAINT.split(text) if sys.stdout.isatty() else [text]
    pieces[::2] = map(visible, pieces[::2])
    sys.stdout.write(inert("".join(pieces)) + "\n")


def echo_data(text: str, end: str = "\n") -> None:
    """Write text of others to stdout as it is, for a program or a file; where people read it, escaped as by `echo`.

    That is on a terminal, and in the log of a CI job that obeys commands. There a pipe to a program and the log look
    alike: who wants exact text writes it to a file, or takes JSON, whose own escapes keep it exact.
    """
    sys.stdout.write((inert(visible(text)) if read_by_people() else text) + end)


def echo_commands(text: str) -> None:
    """Write workflow commands of ours to stdout, the one text that the log of a CI job is to obey."""
    sys.stdout.write((visible(text) if sys.stdout.isatty() else text) + "\n")


def echo_json(document: Json) -> None:
    """Write the result as one JSON document."""
    sys.stdout.write(json_text(document))


def read_by_people() -> bool:
    """Tell whether stdout is a terminal, or the log of a CI job that obeys commands: no file in such a job."""
    if sys.stdout.isatty():
        return True
    if not any(os.environ.get(name) for name in _OBEYING_LOGS):
        return False
    try:
        return not S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:
        return True  # no file of the system: whoever put it there may print it


def tell(text: str) -> None:
    """Write lines for people to stderr, after what stdout has so far, escaped as by :func:`echo`."""
    sys.stdout.flush()
    sys.stderr.write(inert(visible(text)) + "\n")


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 case`` or ``3 cases``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plain(text: str, style: str) -> str:
    """Return the text, unpainted."""
    return text


def colour() -> Callable[[str, str], str]:
    """Return a painter ``(text, style) -> text`` for stdout: plain but on a terminal, and there with ``NO_COLOR``."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return plain
    return lambda text, style: f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def first_lines(lines: Iterable[str], limit: int) -> list[str]:
    """Return at most *limit* lines, with a last one that counts what was left out."""
    every = list(lines)
    return every if len(every) <= limit else [*every[:limit], f"… and {len(every) - limit} more"]
