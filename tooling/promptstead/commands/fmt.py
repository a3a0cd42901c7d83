"""``promptstead fmt``: the canonical form."""

import difflib

import click

from promptstead.commands.options import prompts_argument
from promptstead.console.output import echo, plural, tell
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths


@click.command()
@prompts_argument
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 if a file is not in canonical form.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--skip-invalid", is_flag=True, help="Pass over files that are not valid; `lint` says what is wrong.")
def command(prompts: tuple[str, ...], check_only: bool, show_diff: bool, skip_invalid: bool) -> int:
    """Write prompt files, with their cases, counterexamples, recorded answers and notes, in canonical form.

    Comments and meaning are kept. PROMPTS are ids, files or folders; by default every prompt in the repository. A file
    that is not valid YAML is named and left as it is.
    """
    from promptstead.prompts.edit import canonical

    workspace = open_workspace(prompts)
    changed = refused = 0
    names = ("cases.yml", "counterexamples.yml", "outputs.yml", "notes.yml")
    paths = selected_paths(workspace, prompts)
    for path in (
        each
        for prompt in paths
        for each in (prompt, *(workspace.library.companion_path(prompt, name) for name in names))
    ):
        raw = workspace.tree.read(path)
        if raw is None:
            continue
        try:
            before = raw.decode("utf-8-sig")
            after = canonical(before, path)
        except UnicodeDecodeError:
            if skip_invalid:
                continue
            tell(f"{path}: this is not UTF-8 (save the file as UTF-8)")
            refused += 1
            continue
        except PromptsteadError as error:
            if skip_invalid:
                continue
            tell(str(error))
            refused += 1
            continue
        if after.encode() == raw:
            continue
        changed += 1
        if show_diff:
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="")
            echo("\n".join(lines) or f"{path}: only line endings or the byte-order mark would change")
        elif check_only:
            echo(f"{path}: not in canonical form (run promptstead fmt)")
        else:
            workspace.tree.write(path, after)
            echo(path)
    verb = "would change" if check_only or show_diff else "changed"
    tell(
        f"{plural(len(paths), 'prompt')}: {plural(changed, 'file')} {verb}"
        + (f", {refused} could not be read" if refused else "")
    )
    return FINDINGS if refused or (changed and (check_only or show_diff)) else OK
