"""A file that came from elsewhere, an artifact perhaps: only so much of it is read, and only where it is a file."""

import os
import stat

from promptstead.errors import PromptsteadError


def read_foreign(path: str, limit: int, what: str, *, too_large: str, follow: bool = True) -> bytes:
    """Return the bytes of the file *path*, of which there may be *limit*.

    :param what: what an error says cannot be read, such as ``the report``.
    :param too_large: what it says where there are more bytes.
    :param follow: False where a link must lead nowhere.
    :raises PromptsteadError: it is no regular file, cannot be read, or is too large.
    """
    try:
        if not stat.S_ISREG((os.stat if follow else os.lstat)(path).st_mode):
            raise PromptsteadError("this is not a regular file", location=path)
        with open(path, "rb") as file:
            raw = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or error
        raise PromptsteadError(f"cannot read {what}: {reason}", location=path) from error
    if len(raw) > limit:
        raise PromptsteadError(too_large, location=path)
    return raw
