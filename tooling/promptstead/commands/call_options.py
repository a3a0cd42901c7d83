"""The limits of calls as options."""

import click

from promptstead.commands.option_group import option_group
from promptstead.operations.calls.limits import CallLimits

_OPTIONS = (
    click.option("--max-requests", type=click.IntRange(1), help="Make at most this many calls, including retries."),
    click.option(
        "--max-tokens", type=click.IntRange(1), help="Use at most this many tokens, input and output together."
    ),
    click.option(
        "--max-cost",
        type=click.FloatRange(0, min_open=True),
        help="Spend at most this much, at the prices in [models].",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1, 1000),
        default=20,
        show_default=True,
        help="Make at most this many calls at once.",
    ),
)


call_limits = option_group("limits", CallLimits, CallLimits._fields, _OPTIONS)
"""Adds the limits of calls; the command gets them as one argument ``limits``."""
