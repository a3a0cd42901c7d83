"""``promptstead eval show``: a run that exists in another form: a page, JUnit, CSV; nothing is judged again."""

import click

from promptstead.commands.options import format_option, language_option
from promptstead.commands.run_options import chosen_form, report_option
from promptstead.console.output import tell
from promptstead.errors import UNUSABLE
from promptstead.operations.running.run_result import FORMATS, finish
from promptstead.words.template import Language


@click.command("show")
@click.argument("place", metavar="RUN")
@report_option
@format_option(*FORMATS, packages=True)
@language_option
def command(place: str, output: str | None, output_format: str, language: Language) -> int:
    """Show the run file RUN as `eval` showed it, or in another format: `--format html --output page.html`.

    Only the run file is read: nothing is judged again, and a page shows the inputs of a case but not its messages. Exit
    codes are those of `eval`. A run that is not complete is shown as far as it goes, with exit code 2.
    """
    from promptstead.operations.running.run_files import opened_run
    from promptstead.verdicts.run_report import RunReport

    shown = chosen_form(output_format, quiet=False, language=language, output=output)
    with opened_run(place) as reader:
        report = RunReport(reader.run, place, keep=shown.keep)
        for row in reader.rows():
            report.add(row)
    code = finish(report, shown)
    if reader.end is None:
        live = reader.run.mode == "live"
        more = f"to resume: promptstead eval --live --resume {place}" if live else "evaluate again"
        tell(f"incomplete: this run was stopped before its end; {more}")
        return UNUSABLE
    return code
