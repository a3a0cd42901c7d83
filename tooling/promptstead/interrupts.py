"""Interrupts (Ctrl-C) and requests to end: one line, and the process is gone, but where somebody asks to be told.

As an exception an interrupt may come in the middle of an import, of a finaliser or of a library that takes it for a
failure of its own. What is written is written so that a killed process leaves it whole, so nothing has to be put in
order but the files in :data:`unfinished`.
"""

import _signal as signal  # type: ignore[import-not-found]  # importing the module around it takes 7 ms, unprotected
import os

TYPE_CHECKING = False  # what type checkers take for true; see above
if TYPE_CHECKING:
    from typing import NoReturn

unfinished: set[str] = set()
"""Files being written, which nobody wants when the process ends."""
_SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def obey() -> None:
    """From now on end the process where a signal comes; one that is ignored, as in a background job, stays so."""
    for number in _SAID:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, end)


def end(number: int = signal.SIGINT, _: object = None) -> "NoReturn":
    """End the process at once; its exit code is what a shell makes of the signal *number*."""
    for path in unfinished:
        try:  # noqa: SIM105, see above
            os.unlink(path)
        except OSError:
            pass  # it has its own name by now
    try:  # noqa: SIM105
        os.write(2, f"promptstead: {_SAID[number]}\n".encode())
    except OSError:
        pass  # nobody is there to be told
    os._exit(128 + number)


class Graceful:
    """While it lasts, Ctrl-C raises KeyboardInterrupt instead, so that asyncio cancels what is under way before."""

    def __enter__(self) -> None:
        self._obeyed = signal.getsignal(signal.SIGINT) is end
        if self._obeyed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *_: object) -> None:
        if self._obeyed:
            signal.signal(signal.SIGINT, end)


class Unheard:
    """While it lasts, Ctrl-C waits; processes started meanwhile never hear of one, for they end with this one."""

    def __enter__(self) -> None:
        masks = hasattr(signal, "pthread_sigmask")
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._before)
