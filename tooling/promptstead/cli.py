"""The command line: a table of verbs, of which exactly one is imported, and the one funnel that errors end in."""

import gc
import os
import sys
from importlib import import_module

import click

from promptstead import __version__
from promptstead.console.streams import standard_streams
from promptstead.did_you_mean import did_you_mean
from promptstead.errors import BUG, FINDINGS, INTERRUPTED, OK, UNUSABLE, PromptsteadError, one_line
from promptstead.escapes import inert

COMMANDS = {
    "init": "Set up a repository; one that already has prompts starts green.",
    "uninstall": "Remove what init added, except what somebody has changed since.",
    "new": "Start a prompt from a template.",
    "check": "Lint prompts, replay recorded answers, list what is stale. The main job, offline.",
    "lint": "Check prompt files against the rules.",
    "fmt": "Write prompt files in canonical form.",
    "migrate": "Bring files of earlier versions into today's form.",
    "rule": "Explain a lint rule.",
    "render": "Show the messages of a prompt for inputs or a case.",
    "run": "Send a prompt to its model once, and show the answer.",
    "record": "Ask models for the answers that are missing or stale.",
    "accept": "Accept model answers, and tie hand-written answers to their inputs.",
    "outputs": "List, show and prune recorded answers.",
    "eval": "Judge answers by prompt, model and sample; write a run file.",
    "audit": "Show how far judges agree with people and with themselves.",
    "diff": "Show what changed between two revisions.",
    "compare": "Compare two runs, two models or two revisions, case by case.",
    "textconv": "Print a prompt file as plain text; Git calls this for its diffs.",
    "review": "Write the report of a pull request: words, answers, scores, verdict.",
    "power": "Show how many cases a comparison needs.",
    "bundle": "Build the bundle that applications load.",
}
"""Verb -> summary; the module is ``promptstead.commands.<verb>``."""
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A command is short and makes few cycles: looking for them at every 700 objects takes it 5 % of its time."""


class Verbs(click.Group):
    """The group; help needs no command's module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one verb."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"promptstead.commands.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest verb when there is none of that name."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = did_you_mean(args[0], COMMANDS, "see promptstead --help")
            raise PromptsteadError(f"there is no command `{args[0]}`", hint=hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run one verb; what the system refuses is no bug, and click would say things of its own of an interrupt."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            raise _refused(error) from error
        except KeyboardInterrupt:
            raise click.Abort from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="promptstead %(version)s")
def group() -> None:
    """Prompts as code, in Git: lint them, replay and compare their answers, release them.

    Exit codes: 0 clean; 1 findings or a failed gate; 2 the command could not do its work; 3 a bug in promptstead;
    130 interrupted; 143 terminated.
    """


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; what went wrong is one line on stderr.

    The code is the command's own, also for a reader who has left early. Where the result could not be written for
    another reason, nobody may take it for one: that is 2.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    out = standard_streams()
    code = _run(arguments)
    sys.stdout.flush()
    lost = out.failure
    if code in (OK, FINDINGS) and lost is not None and not isinstance(lost, BrokenPipeError):
        return _fail(f"the result could not be written to stdout: {lost.strerror}", UNUSABLE)
    return code


def _run(arguments: list[str]) -> int:
    try:
        result = group.main(arguments, prog_name="promptstead", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return UNUSABLE
    except click.ClickException as error:
        return _fail(error.format_message(), UNUSABLE)
    except PromptsteadError as error:
        return _fail(str(error), UNUSABLE)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)
    except MemoryError:
        return _fail("out of memory: the input is too large for this machine", UNUSABLE)
    except Exception as error:
        if os.environ.get("PROMPTSTEAD_DEBUG"):
            raise
        where = _innermost(error)
        what = f"{type(error).__name__}: {error} ({where})"
        return _fail(f"a bug in promptstead: {what}; please report it with PROMPTSTEAD_DEBUG=1 set", BUG)


def _refused(error: OSError) -> PromptsteadError:
    """Return what the system refused as an error; whoever knows more of it says so where it happens."""
    names = [name for name in (error.filename, error.filename2) if name is not None]
    location = os.fsdecode(names[0]) if names and not isinstance(names[0], int) else ""
    return PromptsteadError(f"the system refuses: {error.strerror or error}", location=location)


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "unknown place"


def _fail(message: str, code: int) -> int:
    sys.stdout.flush()
    print(f"promptstead: {inert(one_line(message))}", file=sys.stderr)
    return code
