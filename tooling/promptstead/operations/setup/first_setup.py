"""What ``init`` does to a repository: files that it writes, hooks that it installs, settings of a clone."""

import os
from typing import NamedTuple

from promptstead.config.file import STANDALONE, load_config
from promptstead.console.output import plural
from promptstead.errors import PromptsteadError
from promptstead.git.hook_program import CONFIG, HookProgram
from promptstead.lint.baseline import DEFAULT_FILE, dump_baseline
from promptstead.lint.finding import Finding
from promptstead.operations.setup import diff_settings, hook_entry, ignored_files
from promptstead.operations.setup.changes import Change, make, text_of
from promptstead.operations.setup.marked_lines import with_lines
from promptstead.operations.setup.marked_schemas import PATHS, marked_schema, state
from promptstead.operations.setup.settings_file import proposed_roots, settings_text
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.library import Library
from promptstead.prompts.names import SUFFIXES
from promptstead.storage.working_tree import WorkingTree


class Done(NamedTuple):
    """What was written, one line each, and what was left as it is, with the reason."""

    written: list[str]
    left: list[str]


def set_up(workspace: Workspace, *, hooks: bool) -> Done:
    """Write the configuration, the baseline and the schemas, and add to what people own.

    :param hooks: begin a configuration of pre-commit where there is none.
    :raises PromptsteadError: the repository is set up already, or something stands in the way; nothing is written then.
    """
    tree = workspace.tree
    if workspace.config.file:
        raise PromptsteadError(
            "this repository is set up already",
            hint="edit its settings; init --update refreshes the schemas, init --hooks adds the hooks",
            location=workspace.config.file,
        )
    left: list[str] = []
    prompts = [path for path in tree.files() if path.endswith(SUFFIXES)]
    roots = proposed_roots(prompts)
    found = _findings(tree, settings_text(roots, baseline=False))
    baseline = dump_baseline(found) if found else None
    there = tree.read(DEFAULT_FILE)
    if there is not None and there != (baseline or "").encode():
        raise PromptsteadError(
            "a baseline already exists, and init never overwrites one", hint="remove it first", location=DEFAULT_FILE
        )
    changes = [_ignored(tree, left)]  # first, also what is left where this is killed
    if baseline:
        allowed = f"{plural(len(found), 'finding')} in {plural(len(prompts), 'prompt')} allowed from now on"
        changes.append(Change(DEFAULT_FILE, text_of(tree, DEFAULT_FILE), baseline, f"{DEFAULT_FILE}: {allowed}"))
    for kind, path in PATHS.items():
        if tree.read(path) is None:
            changes.append(Change(path, None, marked_schema(kind), path))
    changes.append(_hooks(tree, [root["path"] for root in roots], left, begin=hooks))
    settings = settings_text(roots, baseline=bool(baseline))
    changes.append(Change(STANDALONE, None, settings, STANDALONE))  # last, for it says that all of this is there
    done = _made(tree, changes, left)
    return Done([done.written[-1], *done.written[:-1]], left)


def add_hooks(workspace: Workspace) -> Done:
    """Add the hooks to the configuration of pre-commit, or begin one.

    :raises PromptsteadError: they cannot be added without changing what is there.
    """
    change = _hooks(workspace.tree, [root.path for root in workspace.library.roots()], None, begin=True)
    return _made(workspace.tree, [change], [])


def update(workspace: Workspace) -> Done:
    """Write what ``init`` wrote as it is written now: schemas and hooks that nobody changed.

    :raises PromptsteadError: the repository is not set up.
    """
    tree = workspace.tree
    if not workspace.config.file:
        raise PromptsteadError("this repository is not set up yet", hint="run promptstead init")
    changes, left = [], []
    for kind, path in PATHS.items():
        before, now = text_of(tree, path), marked_schema(kind)
        if before is None or state(before) == "ours":
            changes.append(Change(path, before, now, path))
        else:
            why = "somebody changed it" if state(before) == "changed" else "it has no mark of init"
            left.append(f"{path}: {why}, and it stays; remove it, and init --update writes it")
    try:
        hooks = text_of(tree, CONFIG)
        if hooks is not None:
            after = hook_entry.refreshed(hooks, [root.path for root in workspace.library.roots()])
            changes.append(Change(CONFIG, hooks, after, f"{CONFIG}: hooks"))
    except PromptsteadError as error:
        left.append(str(error))
    return _made(tree, changes, left)


def install_hooks(root: str) -> "HookProgram":
    """Return what installs the hooks into the clone *root*, once all that it needs is there.

    :raises PromptsteadError: *root* is not the top of a Git repository, hooks lie elsewhere, or there is no pre-commit.
    """
    from promptstead.git.repository import Repository
    from promptstead.git.writable_repository import WritableRepository

    with Repository.discover(root) as repository:
        top = repository.root
    if top != root:
        raise PromptsteadError("hooks belong to the whole Git repository", hint=f"run this in {top}", location=root)
    if elsewhere := WritableRepository(root).hooks_path():
        raise PromptsteadError(
            f"`core.hooksPath` is set to `{elsewhere}`, so pre-commit cannot install hooks",
            hint="run git config --unset-all core.hooksPath, or call promptstead from the hooks in that folder",
        )
    return HookProgram(root)


def show_diffs(workspace: Workspace) -> Done:
    """Let Git's own diffs of this clone show prompts as text.

    :raises PromptsteadError: this is no Git repository, or its files or settings cannot be written.
    """
    from promptstead.git.repository import Repository
    from promptstead.git.writable_repository import WritableRepository

    tree, left = workspace.tree, list[str]()
    lines = diff_settings.attribute_lines(root.path for root in workspace.library.roots())
    with Repository.discover(tree.root) as repository:
        writable = WritableRepository(repository.root)
    try:
        before = text_of(tree, diff_settings.FILE)
        after = with_lines(before, lines)
    except PromptsteadError as error:
        before = after = None
        left.append(f"{error}; add: {' '.join(lines)}")
    done = _made(tree, [Change(diff_settings.FILE, before, after, diff_settings.FILE)], left)
    writable.set_settings(diff_settings.SETTINGS)
    written = [f"git config {name} = {value}" for name, value in diff_settings.SETTINGS.items()]
    return Done([*done.written, *written], left)


def _made(tree: WorkingTree, changes: list[Change], left: list[str]) -> Done:
    needed = [change for change in changes if change.before != change.after]
    make(tree, needed)
    return Done([change.said for change in needed], left)


def _ignored(tree: WorkingTree, left: list[str]) -> Change:
    file = ignored_files.FILE
    try:
        before = text_of(tree, file)
    except PromptsteadError as error:
        if tree.read(file) is None:
            raise
        left.append(f"{error}; add: {' '.join(ignored_files.LINES)}")
        return Change(file, None, None)
    return Change(file, before, with_lines(before, ignored_files.LINES), file)


def _hooks(tree: WorkingTree, roots: list[str], left: list[str] | None, *, begin: bool) -> Change:
    """Return the change of pre-commit's configuration.

    :param left: takes the reason why there is none; where it is None, that is raised.
    """
    try:
        before = text_of(tree, CONFIG)
        if before is None and begin:
            return Change(CONFIG, None, hook_entry.begun(roots), f"{CONFIG}: hooks")
        return Change(CONFIG, before, hook_entry.with_hooks(before, roots), f"{CONFIG}: hooks")
    except PromptsteadError as error:
        how = f"add the hooks yourself: {', '.join(hook_entry.IDS)} (repo: local, language: system)"
        if left is None:
            raise PromptsteadError(error.message, hint=how, location=error.location or CONFIG) from error
        left.append(f"{error}; {how}")
        return Change(CONFIG, None, None)


def _findings(tree: WorkingTree, settings: str) -> list[Finding]:
    """Return what the rules find in the prompts of the repository once it is configured by *settings*."""
    from promptstead.lint.engine import Engine
    from promptstead.lint.fixes import Overlay

    configured = Overlay(tree)
    configured.changed[STANDALONE] = settings
    config = load_config(configured)
    engine = Engine(config)
    return [finding for loaded in Library(configured, config).load_all() for finding in engine.check(loaded)]


def outside_git(tree: WorkingTree) -> bool:
    """Tell whether the repository is none of Git's."""
    return not os.path.exists(os.path.join(tree.root, ".git"))
