"""Arguments and options that commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from promptstead.errors import PromptsteadError
from promptstead.plugins import is_plugged
from promptstead.words.template import LANGUAGES

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
IN_A_LANGUAGE = ("text", "md", "html", "github")
"""Forms of a result that people read."""


def prompts_argument(command: Decorated) -> Decorated:
    """Add the argument ``PROMPTS``: ids, files or folders."""
    return click.argument("prompts", nargs=-1, metavar="[PROMPTS]...")(command)


class FormatName(click.Choice[str]):
    """One of our formats, or ``vendor/name``: one that a package brings."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; whether a package brings it is asked when the command runs."""
        return value if isinstance(value, str) and is_plugged(value) else super().convert(value, param, ctx)


def format_option(*formats: str, packages: bool = False) -> Callable[[Decorated], Decorated]:
    """Add ``--format`` with *formats*, the first being the default.

    :param packages: those that packages bring, too.
    """
    return click.option(
        "--format",
        "output_format",
        type=FormatName(formats) if packages else click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Choose the output format; VENDOR/NAME is a format from a package."
        if packages
        else "Choose the output format.",
    )


def language_option(command: Decorated) -> Decorated:
    """Add ``--lang``: the language of a report that people read, once for all by an environment variable."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default=LANGUAGES[0],
        show_default=True,
        envvar="PROMPTSTEAD_LANG",
        show_envvar=True,
        help="Choose the language of text, Markdown, HTML and annotations; data, errors and progress stay in English.",
    )(command)


def refuse_language_of_data(output_format: str) -> None:
    """Refuse ``--lang`` for a form of the result that programs read, which is the same in every language.

    :raises PromptsteadError: it was given; the environment variable is no wish about one command.
    """
    if output_format not in IN_A_LANGUAGE:
        hint = "leave it out: only what people read comes in several languages"
        refuse_ignored("language", where=f"with --format {output_format}", hint=hint)


def refuse_ignored(*names: str, where: str, hint: str) -> None:
    """Refuse parameters of the running command that were given and would be ignored: who gives one expects something.

    :param names: of its parameters, such as ``output_format``.
    :param where: where they mean nothing, such as ``without --sample``.
    :raises PromptsteadError: one was given.
    """
    context = click.get_current_context()
    given = [
        max(parameter.opts, key=len)
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        verb = "means" if len(given) == 1 else "mean"
        raise PromptsteadError(f"{', '.join(given)} {verb} nothing {where}", hint=hint)
