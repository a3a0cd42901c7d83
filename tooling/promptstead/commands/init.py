"""``promptstead init``: set a repository up."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable

import click

from promptstead.commands.new import SKELETONS
from promptstead.config.file import STANDALONE, load_config
from promptstead.console.output import echo, plural, tell
from promptstead.errors import OK, PromptsteadError
from promptstead.lint.baseline import DEFAULT_FILE, dump_baseline
from promptstead.lint.diagnostic import Diagnostic
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.library import Library
from promptstead.prompts.names import SUFFIXES
from promptstead.storage.replacement import PREFIX
from promptstead.storage.working_tree import WorkingTree

IGNORED = ("outputs.new.jsonl", "judgements.new.jsonl", "*.run.jsonl", ".promptstead/", f"{PREFIX}*", "*.bundle")
"""What waits for its author to accept it, run files, what a killed command leaves, and built bundles."""
_SCHEMAS = {kind: f"schemas/{kind}.schema.json" for kind in ("prompt", "cases", "outputs", "evaluators")}
GIT_DIFF = {
    "diff.promptstead.textconv": "promptstead textconv",
    "diff.promptstead.xfuncname": r"^([a-z_]+)([.:\[].*)?$",
    "difftool.promptstead.cmd": 'promptstead diff --no-index "$LOCAL" "$REMOTE"',
}
"""Settings of a clone: Git calls promptstead for its own diffs of the files that .gitattributes names."""


@click.command()
@click.option(
    "--git-diff",
    is_flag=True,
    help="Only let `git diff`, `git log -p` and `git difftool` of this clone show prompts as text.",
)
def command(git_diff: bool) -> int:
    """Set this repository up: configuration, schemas for the editor, and for prompts that are there already a baseline.

    The baseline allows what the rules find today, so that the first `check` is green and only new findings count.
    Nothing that is there is changed, but for lines added to .gitignore. With --git-diff only .gitattributes and the
    settings of this clone are written; that can be done at any time, in each clone.
    """
    workspace = open_workspace()
    if git_diff:
        return _git_diff(workspace)
    tree = workspace.tree
    if workspace.config.file:
        raise PromptsteadError(
            "this repository is set up already", hint="edit the settings there", location=workspace.config.file
        )
    for path in (".gitignore", *_SCHEMAS.values()):
        tree.read(path)  # what cannot be read ends the command before anything is written
    prompts = [path for path in tree.files() if path.endswith(SUFFIXES)]
    roots = _entries(prompt_roots(prompts) or ["prompts"], prompts)
    found = _findings(tree, _settings(roots, ""))
    baseline = dump_baseline(found) if found else None
    if os.path.lexists(os.path.join(tree.root, DEFAULT_FILE)) and tree.read(DEFAULT_FILE) != (baseline or "").encode():
        raise PromptsteadError(
            "there is a baseline already, and none is written over it", hint="remove it first", location=DEFAULT_FILE
        )
    ignored = _add_lines(tree, ".gitignore", IGNORED)  # first, also what is left where this is killed
    done = [STANDALONE]
    if baseline:
        tree.write(DEFAULT_FILE, baseline)
        allowed = f"{plural(len(found), 'finding')} in {plural(len(prompts), 'prompt')} allowed from now on"
        done.append(f"{DEFAULT_FILE}: {allowed}")
    done += _write_schemas(tree)
    if ignored:
        done.append(".gitignore")
    # last, for it says that all of this is there
    tree.write(STANDALONE, _settings(roots, f'baseline = "{DEFAULT_FILE}"' if baseline else ""))
    for line in done:
        echo(line)
    if not os.path.exists(os.path.join(tree.root, ".git")):
        tell("this is no Git repository: diff, review and bundle build need one (git init)")
    tell("next: promptstead check" if prompts else "next: promptstead new shop/read-message, then promptstead check")
    return OK


def _git_diff(workspace: Workspace) -> int:
    from promptstead.git.repository import Repository

    tree = workspace.tree
    patterns = [f"/{root.path}/**/*.y*ml" for root in workspace.library.roots()]
    lines = [f"{pattern.replace(' ', '[[:space:]]')} diff=promptstead" for pattern in ("*.prompt.y*ml", *patterns)]
    with Repository.discover(tree.root) as repository:
        if _add_lines(tree, ".gitattributes", lines):
            echo(".gitattributes")
        repository.configure(GIT_DIFF)
    for name, value in GIT_DIFF.items():
        echo(f"git config {name} = {value}")
    tell("next: git diff, git log -p, git difftool --tool promptstead")
    return OK


def _entries(roots: list[str], paths: list[str]) -> list[str]:
    """Return the roots as the configuration has them; with namespaces where two prompts would have one id."""
    ids = Counter(
        path.removeprefix(root).lstrip("/").rsplit(".prompt.", 1)[0]
        for path in paths
        for root in [max((each for each in roots if f"{path}/".startswith(f"{each}/")), key=len, default="")]
    )
    if max(ids.values(), default=0) < 2:
        return [json.dumps(root, ensure_ascii=False) for root in roots]
    entries = []
    for root in roots:
        parts = [
            re.sub(r"[^A-Za-z0-9._-]", "-", part) for part in root.split("/") if part not in ("prompts", ".github")
        ]
        entry = {"path": root, "namespace": ".".join(parts).strip(".")}
        shown = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())
        entries.append(f"{{ {shown} }}")
    return entries


def _settings(roots: list[str], baseline: str) -> str:
    """Return the text of the configuration; *baseline* is its line there, or empty."""
    with open(os.path.join(SKELETONS, STANDALONE), encoding="utf-8") as file:
        text = file.read().replace("{{ roots }}", f"[{', '.join(roots)}]")
    return text.replace("{{ baseline }}", baseline).rstrip() + "\n"


def prompt_roots(paths: list[str]) -> list[str]:
    """Return the folders to take as roots.

    For each prompt it is the path down to its first folder called ``prompts``, else the prompt's own folder.
    """
    roots: set[str] = set()
    for path in paths:
        folders = path.split("/")[:-1]
        depth = folders.index("prompts") + 1 if "prompts" in folders else len(folders)
        roots.add("/".join(folders[:depth]))
    return sorted(
        root
        for root in roots
        if not any(root != other and f"{root}/".startswith(f"{other}/" if other else "") for other in roots)
    )


def _findings(tree: WorkingTree, settings: str) -> list[Diagnostic]:
    """Return what the rules find in the prompts of the repository once it is configured by *settings*."""
    from promptstead.lint.engine import Engine
    from promptstead.lint.fixes import Overlay

    configured = Overlay(tree)
    configured.changed[STANDALONE] = settings
    config = load_config(configured)
    engine = Engine(config)
    return [diagnostic for loaded in Library(configured, config).load_all() for diagnostic in engine.check(loaded)]


def _write_schemas(tree: WorkingTree) -> list[str]:
    """Copy the schemas, so that editors find them by a relative path; a file that is there already stays."""
    from promptstead.prompts.schema_check import schema_text

    written = []
    for kind, path in _SCHEMAS.items():
        if tree.read(path) is None:
            tree.write(path, schema_text(kind))
            written.append(path)
    return written


def _add_lines(tree: WorkingTree, path: str, lines: Iterable[str]) -> bool:
    """Add those *lines* that the file lacks and tell whether any was; one that is not UTF-8 is better left alone."""
    try:
        before = (tree.read(path) or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    missing = [line for line in lines if line not in before.splitlines()]
    if missing:
        gap = "" if not before or before.endswith("\n") else "\n"
        tree.write(path, before + gap + "\n".join(missing) + "\n")
    return bool(missing)
