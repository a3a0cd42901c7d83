"""The prompts that the arguments of a command name."""

import os
from collections.abc import Sequence

from promptstead.console.output import tell
from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError, one_line
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import SUFFIXES

SETTINGS = ("promptstead.toml", "pyproject.toml")
_COMPANIONS = ("cases.yml", "counterexamples.yml", "outputs.yml", "outputs.jsonl", "notes.yml")
FEW = 3
"""Most files that a line names."""


def selected_paths(workspace: Workspace, arguments: Sequence[str]) -> list[str]:
    """Return the prompt files that the arguments name: ids, files or folders; without arguments, every prompt.

    A file that belongs to a prompt (its cases or outputs) stands for that prompt; a partial, a file of shared
    evaluators or an attached file for every prompt that uses it, and the settings for all.

    :raises PromptsteadError: an argument names nothing.
    """
    if not arguments:
        return workspace.library.paths()
    found: dict[str, None] = {}
    for argument in arguments:
        found.update(dict.fromkeys(_named(workspace, argument)))
    return list(found)


def one_prompt(workspace: Workspace, argument: str) -> Loaded:
    """Return the prompt that an argument names, valid or not.

    :raises PromptsteadError: it names none, or several.
    """
    paths = selected_paths(workspace, (argument,))
    if len(paths) != 1:
        raise PromptsteadError(f"`{argument}` names {len(paths)} prompts", hint="name one")
    return workspace.library.load(paths[0])


def _named(workspace: Workspace, argument: str) -> list[str]:
    if not os.path.lexists(argument):
        path = workspace.library.find(argument)
        if path is None:
            ids = [workspace.library.id_of(path) for path in workspace.library.paths()]
            hint = did_you_mean(argument, ids, "name a prompt's id, a file or a folder")
            raise PromptsteadError(f"there is no prompt and no file `{argument}`", hint=hint)
        return [path]
    path = workspace.tree.relative(argument)
    if os.path.isdir(argument):
        if path.endswith(SUFFIXES):
            raise PromptsteadError("this is a folder, not a prompt file", hint="rename the folder", location=argument)
        return [
            found
            for found in workspace.tree.files(path)
            if found.endswith(SUFFIXES) and not workspace.library.excluded(found)
        ]
    if path.endswith(SUFFIXES):
        return [path]
    if path in SETTINGS:
        return workspace.library.paths()
    owner = _owner(workspace, path)
    if owner:
        return [owner]
    users = _users(workspace, path)
    if users is not None:
        return users
    if path.endswith((".yml", ".yaml")):
        return [path]
    raise PromptsteadError("this is not a prompt file", hint="prompt files end in .prompt.yml", location=argument)


def _owner(workspace: Workspace, path: str) -> str | None:
    """Return the prompt in whose folder *path* lies."""
    folder = os.path.dirname(path)
    while folder:
        for suffix in SUFFIXES:
            if os.path.isfile(os.path.join(workspace.tree.root, folder + suffix)):
                return folder + suffix
        folder = os.path.dirname(folder)
    return None


def _users(workspace: Workspace, path: str) -> list[str] | None:
    """Return the prompts that use the shared file *path*; None where it lies in no prompt root."""
    root = workspace.library.root_of(path)
    if not root.path:
        return None
    loaded = (workspace.library.load(prompt) for prompt in workspace.library.paths())
    return [each.path for each in loaded if path in each.documents or path in each.attached]


def _orphans(workspace: Workspace) -> list[str]:
    """Return the folders of cases and answers whose prompt is not there, as after a rename of the prompt alone."""
    files = set(workspace.tree.files())
    folders = {path.rpartition("/")[0] for path in files if path.rpartition("/")[2] in _COMPANIONS}
    return sorted(
        folder
        for folder in folders
        if folder
        and workspace.library.root_of(folder + SUFFIXES[0]).path
        and not workspace.library.excluded(folder + SUFFIXES[0])
        and not any(folder + suffix in files for suffix in SUFFIXES)
    )


def tell_passed_over(workspace: Workspace) -> None:
    """Say how many prompt files the settings pass over, and which, where there are any."""
    try:
        found = [path for path in workspace.tree.files() if path.endswith(SUFFIXES)]
    except PromptsteadError:
        return  # the repository has too many files to look through, or a folder that cannot be read
    listed = set(workspace.library.paths())
    for folder in _orphans(workspace)[:FEW]:
        missing_prompt = f"`{folder}/` has cases or answers, and there is no prompt `{folder}{SUFFIXES[0]}`"
        tell(one_line(f"{missing_prompt}: rename the folder as the prompt was renamed, or remove it"))
    missing = [path for path in found if path not in listed]
    excluded = sum(workspace.library.excluded(path) for path in missing)
    if missing:
        counts = {"by `exclude`": excluded, "outside `roots`": len(missing) - excluded}
        why = ", ".join(f"{count:,} {where}" for where, count in counts.items() if count)
        names = ", ".join([*missing[:FEW], *(["…"] if len(missing) > FEW else [])])
        tell(one_line(f"prompt files skipped: {why} ({names})"))
