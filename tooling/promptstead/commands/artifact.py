"""Answers that another machine recorded: files from elsewhere, read with suspicion."""

import os
import stat

from promptstead.errors import PromptsteadError
from promptstead.outputs.pending import FILE, Attempt, parse_attempts

MAX_FILES = 1000
MAX_BYTES = 64 * 1024 * 1024
"""Of all files together."""


def read_artifact(origin: str) -> list[Attempt]:
    """Return the attempts in the file *origin*, or in every ``outputs.new.jsonl`` below the folder; links are ignored.

    :raises PromptsteadError: there is none, they are too many or too large, or a line is no pending answer.
    """
    paths = _below(origin) if os.path.isdir(origin) else [origin]
    if not paths:
        raise PromptsteadError(f"there is no `{FILE}` here", hint="name what `record --to` wrote", location=origin)
    attempts: list[Attempt] = []
    left = MAX_BYTES
    for path in paths:
        raw = _bytes(path, left)
        left -= len(raw)
        attempts += parse_attempts(raw, path)
    return attempts


def _below(folder: str) -> list[str]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        if FILE in names and not os.path.islink(path := os.path.join(parent, FILE)):
            found.append(path)
        if len(found) > MAX_FILES:
            raise PromptsteadError(f"more than {MAX_FILES:,} files of answers", location=folder)
    return found


def _bytes(path: str, limit: int) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise PromptsteadError("this is not a regular file", location=path)
        with open(path, "rb") as file:
            raw = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or error
        raise PromptsteadError(f"cannot read the answers: {reason}", location=path) from error
    if len(raw) > limit:
        raise PromptsteadError(f"more than {MAX_BYTES // (1024 * 1024)} MiB of answers", location=path)
    return raw
