"""A try that takes too long is a failure of its own, not the end of the attack."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLongError(BaseException):
    """The time is over; no handler of the product may take it for an error of its own."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Let the body run for *seconds* at most.

    :raises TooLongError: it took longer.
    """

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"more than {seconds} s")

    former = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)
