"""``promptstead power``: how many cases a comparison needs, before anybody asks a model."""

import click

from promptstead.commands.options import format_option, language_option, refuse_ignored, refuse_language_of_data
from promptstead.console.output import echo, echo_json
from promptstead.errors import OK, PromptsteadError
from promptstead.words.template import Language

_SHARE = click.FloatRange(0, 1)


@click.command()
@click.option(
    "--margin", type=_SHARE, default=0.05, show_default=True, help="Accept a head that is at most this much worse."
)
@click.option("--discordance", type=_SHARE, help="Set the share of cases that pass on one side only.")
@click.option(
    "--rate", type=_SHARE, help="Set the pass rate if the discordance is unknown; it is then taken as 2·rate·(1-rate)."
)
@click.option(
    "--power",
    type=click.FloatRange(0.5, 0.999),
    default=0.8,
    show_default=True,
    help="Set the chance of reaching a decision.",
)
@click.option("--prompts", type=click.IntRange(1, 1000), default=1, help="Set how many prompts a change touches.")
@click.option("--cluster-size", type=click.FloatRange(1, 1e6), default=1.0, help="Set how many cases share a cluster.")
@click.option(
    "--correlation", type=_SHARE, default=1.0, help="Set how alike the cases of a cluster are.  [default: 1.0]"
)
@format_option("text", "json")
@language_option
def command(
    margin: float,
    discordance: float | None,
    rate: float | None,
    power: float,
    prompts: int,
    cluster_size: float,
    correlation: float,
    output_format: str,
    language: Language,
) -> int:
    """Show how many cases a comparison needs to reach a decision, for the margin of a gate.

    Two revisions are compared case by case. What counts is how often a case passes on one side only, which happens even
    if nothing changed; `promptstead review` shows how often. No model is called and no file is read.
    """
    from promptstead.statistics.paired_shares import ALPHA
    from promptstead.statistics.power import cases_to_clear, cases_to_notice, discordance_of, inflated

    refuse_language_of_data(output_format)
    if (discordance is None) == (rate is None):
        raise PromptsteadError(
            "power needs to know how often cases differ", hint="give either --discordance or --rate, such as --rate 0.9"
        )
    if not 0 < margin < 1:
        raise PromptsteadError("the margin must be above 0 and below 1", hint="such as --margin 0.05")
    if cluster_size == 1:
        refuse_ignored("correlation", where="without --cluster-size", hint="add it")
    share = discordance_of(rate) if rate is not None else discordance or 0.0
    alpha = ALPHA / prompts
    clear = inflated(cases_to_clear(margin, share, power), cluster_size, correlation)
    notice = (
        inflated(cases_to_notice(margin, share, power, alpha), cluster_size, correlation) if share >= margin else None
    )
    if output_format == "json":
        echo_json(
            {
                "margin": margin,
                "discordance": share,
                "power": power,
                "alpha": alpha,
                "cases_to_show_no_regression": clear,
                "cases_to_notice_a_drop_of_the_margin": notice,
            }
        )
        return OK
    from promptstead.report.power_text import power_lines

    for line in power_lines(margin, share, power, clear, notice, language):
        echo(line)
    return OK
