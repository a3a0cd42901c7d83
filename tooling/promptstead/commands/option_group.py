"""Options that several commands share and take as one argument."""

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

from promptstead.commands.options import Decorated


def option_group(
    name: str, kind: Callable[..., Any], fields: Sequence[str], options: Sequence[Callable[[Any], Any]]
) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds *options* to a command, which gets them as the one argument *name*.

    :param kind: what is made of them; its parameters are *fields*, the names of the options.
    """

    def add(command: Decorated) -> Decorated:
        def grouping(*arguments: Any, **given: Any) -> Any:
            grouped = kind(**{field: given.pop(field) for field in fields})
            return command(*arguments, **given, **{name: grouped})

        wrapped: Any = update_wrapper(grouping, command)
        for option in reversed(options):
            wrapped = option(wrapped)
        result: Decorated = wrapped
        return result

    return add
