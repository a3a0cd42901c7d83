"""What ``uninstall`` takes back: all that ``init`` added and nobody changed since."""

from typing import NamedTuple

from promptstead.config.file import PYPROJECT, STANDALONE
from promptstead.errors import PromptsteadError
from promptstead.git.hook_program import CONFIG, HookProgram
from promptstead.git.repository import Repository
from promptstead.git.writable_repository import WritableRepository
from promptstead.lint.baseline import DEFAULT_FILE
from promptstead.operations.setup import diff_settings, hook_entry, ignored_files
from promptstead.operations.setup.changes import Change, make, text_of
from promptstead.operations.setup.marked_lines import without_lines
from promptstead.operations.setup.marked_schemas import PATHS, state
from promptstead.operations.setup.settings_file import is_unchanged, names_baseline
from promptstead.storage.working_tree import WorkingTree


class Removal(NamedTuple):
    """What is taken back: files, and names of settings of the clone; *stays* says what is left, and why."""

    changes: list[Change]
    settings: list[str]
    stays: list[str]

    def lines(self) -> list[str]:
        """Return what is taken back, one line each."""
        files = [f"{'remove' if change.after is None else 'restore'} {change.path}" for change in self.changes]
        return [*files, *(f"git config --unset {name}" for name in self.settings)]


def planned(tree: WorkingTree) -> Removal:
    """Return what ``uninstall`` would do in a repository; nothing of its configuration needs to be valid.

    :raises PromptsteadError: a file of ``init`` cannot be read.
    """
    plan = Removal([], [], [])
    _hooks(tree, plan)
    for path in PATHS.values():
        before = text_of(tree, path)
        if before is not None:
            kind = state(before)
            if kind == "ours":
                plan.changes.append(Change(path, before, None))
            else:
                why = "somebody changed it" if kind == "changed" else "it has no mark of init"
                plan.stays.append(f"{path}: {why}")
    _lines(tree, diff_settings.FILE, plan)
    _lines(tree, ignored_files.FILE, plan)
    _settings_file(tree, plan)  # last, for it says that all of this is there
    _clone(tree, plan)
    return plan


def take_back(tree: WorkingTree, plan: Removal) -> str:
    """Do what was planned; return what pre-commit says, if its hooks go too.

    :raises PromptsteadError: a file cannot be written or removed, and nothing is changed then; or Git refuses.
    """
    make(tree, plan.changes)
    if plan.settings:
        WritableRepository(tree.root).unset_settings(plan.settings)
    if any(change.path == CONFIG and change.after is None for change in plan.changes) and _is_git(tree):
        try:
            return HookProgram(tree.root).uninstall()
        except PromptsteadError as error:
            return f"hooks that pre-commit installed may be there still: {error}"
    return ""


def _hooks(tree: WorkingTree, plan: Removal) -> None:
    try:
        before = text_of(tree, CONFIG)
        after = None if before is None else hook_entry.without_hooks(before)
    except PromptsteadError as error:
        if b"promptstead-" in (tree.read(CONFIG) or b""):
            plan.stays.append(str(error))
        return
    if after != before:
        plan.changes.append(Change(CONFIG, before, after))


def _lines(tree: WorkingTree, path: str, plan: Removal) -> None:
    try:
        before = text_of(tree, path)
    except PromptsteadError:
        return  # it is not UTF-8, and init adds nothing to it
    ours = diff_settings.is_attribute_line if path == diff_settings.FILE else ignored_files.LINES.__contains__
    if before is None or (rest := without_lines(before, ours)) is None:
        return
    plan.changes.append(Change(path, before, rest.text))
    plan.stays.extend(f"{path}: {line}" for line in rest.stay)


def _settings_file(tree: WorkingTree, plan: Removal) -> None:
    """Plan for the configuration and its baseline, which goes where nothing that stays names it."""
    settings, baseline = text_of(tree, STANDALONE), text_of(tree, DEFAULT_FILE)
    stays = settings is not None and not is_unchanged(settings)
    if stays:
        plan.stays.append(f"{STANDALONE}: somebody changed it, or another version wrote it")
    named = names_baseline((settings or "") if stays else "") or names_baseline(text_of(tree, PYPROJECT) or "")
    if baseline is not None and named:
        plan.stays.append(f"{DEFAULT_FILE}: the configuration names it")
    elif baseline is not None:
        plan.changes.append(Change(DEFAULT_FILE, baseline, None))
    if settings is not None and not stays:
        plan.changes.append(Change(STANDALONE, settings, None))


def _clone(tree: WorkingTree, plan: Removal) -> None:
    if not _is_git(tree):
        return
    for name, value in WritableRepository(tree.root).settings(diff_settings.SETTINGS).items():
        if value == diff_settings.SETTINGS[name]:
            plan.settings.append(name)
        else:
            plan.stays.append(f"git config {name}: it has another value")


def _is_git(tree: WorkingTree) -> bool:
    try:
        with Repository.discover(tree.root) as repository:
            return not repository.bare
    except PromptsteadError:
        return False
