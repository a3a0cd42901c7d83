"""One process at a time: a lock on an open file, which ends with the process however it ends."""

import os
import sys

from promptstead.errors import PromptsteadError


def taken(location: str) -> PromptsteadError:
    """Return the error for a file of answers that another process holds; *location* is what errors call it."""
    return PromptsteadError(
        "another promptstead is writing the answers of this prompt",
        hint="try again when it has finished",
        location=location,
    )


if sys.platform == "win32":
    import msvcrt

    NO_LINK = os.O_BINARY

    def lock(file: int) -> None:
        """Take the open file for this process.

        :raises BlockingIOError: another process has it.
        """
        os.lseek(file, 2**40, os.SEEK_SET)  # beyond the content, which others may read
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error

else:
    import fcntl

    NO_LINK = os.O_NOFOLLOW

    def lock(file: int) -> None:
        """Take the open file for this process.

        :raises BlockingIOError: another process has it.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
