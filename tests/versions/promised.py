"""The names that people and programs rely on (``tooling/docs/stability.md``), as ``promised.txt`` lists them.

``python -m tests.versions.promised`` adds what is new, before a release; it takes no line out.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

import promptstead
from promptstead import errors, extend, testing
from promptstead.cli import COMMANDS, group
from promptstead.evaluators.registry import MODULES
from promptstead.lint.rule_table import TABLE
from promptstead.operations.reviewing import findings_output
from promptstead.operations.running import run_result
from promptstead.runtime.bundle import BundledPrompt

FILE = Path(__file__).parent / "promised.txt"
EXIT_CODES = ("OK", "FINDINGS", "UNUSABLE", "BUG", "INTERRUPTED")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command by its words."""
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {verb}", sub) for verb, sub in command.commands.items())
        elif command.callback:
            module = import_module(command.callback.__module__)
            for verb, path in getattr(module, "SUBCOMMANDS", {}).items():
                yield f"{name} {verb}", import_module(path).command


def now() -> set[str]:
    """Return what there is, a line each."""
    found = set()
    for name, command in commands():
        found.add(f"command {name}")
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                found |= {f"option {name} {written}" for written in (*parameter.opts, *parameter.secondary_opts)}
    found |= {f"exit code {getattr(errors, name)} {name}" for name in EXIT_CODES}
    found |= {f"rule {code} {name}" for code, name in TABLE.items()}
    found |= {f"evaluator {kind}" for kind in MODULES}
    found |= {f"format of findings {name}" for name in findings_output.FORMATS}
    found |= {f"format of a run {name}" for name in run_result.FORMATS}
    for module in (promptstead, extend, testing):
        names = getattr(module, "__all__", None) or [
            name for name, each in vars(module).items() if getattr(each, "__module__", "") == module.__name__
        ]
        found |= {f"python {module.__name__}.{name}" for name in names if not name.startswith("_")}
    for made in (BundledPrompt, testing.Prompts, testing.PromptUnderTest, errors.PromptsteadError):
        found |= {f"python {made.__name__}.{name}" for name in vars(made) if not name.startswith("_")}
    return found


def promised() -> list[str]:
    """Return what was promised."""
    return FILE.read_text("utf-8").splitlines() if FILE.exists() else []


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in sorted({*promised(), *now()})), "utf-8")
