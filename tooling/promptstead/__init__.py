"""promptstead: prompts that hold steady.

The public names for applications and scripts load on first use, so that importing the package costs nothing:

- :func:`open_bundle` opens a released bundle, whose prompts give the requests that were tested (standard library only);
- :class:`PromptsteadError` is what everything here raises.
"""

TYPE_CHECKING = False  # what type checkers take for true; importing typing would cost an application 4 ms
if TYPE_CHECKING:
    from typing import Any

    from promptstead.errors import PromptsteadError as PromptsteadError
    from promptstead.runtime.bundle import open_bundle as open_bundle

__version__ = "0.1.0"
__all__ = ["PromptsteadError", "open_bundle"]

_HOMES = {"PromptsteadError": "promptstead.errors", "open_bundle": "promptstead.runtime.bundle"}


def __getattr__(name: str) -> "Any":
    """Import a public name where it lives, the first time it is asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
