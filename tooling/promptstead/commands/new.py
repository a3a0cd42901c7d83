"""``promptstead new``: a prompt that lints, with cases and reference answers, ready to be rewritten."""

import os
import re
from collections.abc import Mapping

import click

from promptstead.console.output import echo, tell
from promptstead.digests import inputs_digest
from promptstead.errors import OK, PromptsteadError
from promptstead.model import Case
from promptstead.operations.setup.enough_cases import enough_cases
from promptstead.operations.setup.skeletons import SKELETONS
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.names import SUFFIXES

MAX_TEXT = 200
"""Most characters of a title or an owner."""
NO_OWNER = {"en": "TODO: who answers for it, such as @org/team", "fr": "TODO : qui en répond, par exemple @org/equipe"}
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


@click.command()
@click.argument("prompt_id", metavar="ID")
@click.option("--title", metavar="TEXT", help="Its title; by default made from ID.")
@click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Language of the prompt."
)
@click.option("--owner", metavar="NAME", help="Who answers for it; left as a gap to fill in by default.")
def command(prompt_id: str, title: str | None, language: str, owner: str | None) -> int:
    """Start the prompt ID, such as `banking/complaint-triage`, from a template.

    Writes the prompt, five cases (one of them an attack) and a reference answer to each. All of it passes
    `promptstead check`; rewrite it piece by piece, and it stays that way. What only you can say, such as the risk class
    and the legal basis, is a gap marked `TODO`: `check` lists the gaps, and a release waits until they are filled.

    Five cases show what a good answer is. Whether a change makes answers worse takes more: at least 73 for a margin of
    5 points, which `promptstead power` works out.
    """
    _check_arguments(prompt_id, title, owner)
    workspace = open_workspace()
    root = workspace.config.roots[0].path
    stem = f"{root}/{prompt_id}" if root else prompt_id
    words = title or prompt_id.rpartition("/")[2].replace("-", " ").replace("_", " ").strip().capitalize()
    partial = f"{root}/partials/data-not-instructions.{language}.md".lstrip("/")
    prompt, cases, outputs = stem + ".prompt.yml", f"{stem}/cases.yml", f"{stem}/outputs.yml"
    files = {
        prompt: _schema_line(workspace, prompt, "prompt")
        + _filled(_skeleton(language, "prompt.yml"), words, owner or NO_OWNER[language]),
        cases: _schema_line(workspace, cases, "cases") + _skeleton(language, "cases.yml"),
        outputs: _schema_line(workspace, outputs, "outputs")
        + _tied(_skeleton(language, "outputs.yml"), _skeleton(language, "cases.yml")),
    }
    _refuse_existing(workspace, stem, files)
    if workspace.tree.read(partial) is None:
        files[partial] = _skeleton(language, "partial.md")
    for path, text in reversed(files.items()):  # the prompt last, for with it all is there
        workspace.tree.write(path, text)
    for path in files:
        echo(path)
    tell(f"next: promptstead check {workspace.library.id_of(prompt)}; it lists the gaps that only you can fill in")
    tell(enough_cases())
    return OK


def _check_arguments(prompt_id: str, title: str | None, owner: str | None) -> None:
    if prompt_id.endswith(SUFFIXES):
        hint = f"leave out the ending: promptstead new {prompt_id[: prompt_id.index('.prompt.')]}"
        raise PromptsteadError(f"`{prompt_id}` is a file name, not an id", hint=hint)
    if not _ID.fullmatch(prompt_id):
        hint = "use lower-case letters, digits, `.`, `_` and `-`, with `/` between folders"
        raise PromptsteadError(f"`{prompt_id}` is not a valid id", hint=hint)
    for option, value in (("--title", title), ("--owner", owner)):
        if value is not None and not (value.strip() and value.isprintable() and len(value) <= MAX_TEXT):
            raise PromptsteadError(f"`{option}` must be one line of text", hint=f"at most {MAX_TEXT} characters")


def _refuse_existing(workspace: Workspace, stem: str, files: Mapping[str, str]) -> None:
    """Refuse to write over anything but what the same command wrote before it was killed.

    :raises PromptsteadError: something else is there, or the prompt.
    """
    for path in (stem + ".prompt.yml", stem + ".prompt.yaml"):
        if workspace.tree.read(path) is not None:
            raise PromptsteadError("a prompt with this id already exists", hint="choose another id", location=path)
    for path, text in files.items():
        if workspace.tree.read(path) not in (None, text.encode()):
            hint = "choose another id, or move the file away"
            raise PromptsteadError("this file already exists", hint=hint, location=path)


def _skeleton(language: str, name: str) -> str:
    with open(os.path.join(SKELETONS, language, name), encoding="utf-8") as file:
        return file.read()


def _filled(text: str, title: str, owner: str) -> str:
    from promptstead.documents.emit import inline

    return text.replace('"{{ owner }}"', inline(owner, "", "flow")).replace("{{ title }}", inline(title, "", "block"))


def _tied(outputs: str, cases: str) -> str:
    """Put the digest of its case's inputs into each answer: whoever wrote the skeleton accepted it."""
    from promptstead.documents.yaml_reader import read

    for case in read(cases.encode(), "cases.yml").data["cases"]:
        digest = inputs_digest(Case(case["id"], case["inputs"]))
        head = f"  - case: {case['id']}\n    model: reference\n    source: reference\n"
        outputs = outputs.replace(head, f"{head}    inputs: {digest}\n")
    return outputs


def _schema_line(workspace: Workspace, path: str, kind: str) -> str:
    """Return the line by which an editor finds the schema, where the repository has it."""
    schema = f"schemas/{kind}.schema.json"
    if workspace.tree.read(schema) is None:
        return ""
    relative = os.path.relpath(schema, os.path.dirname(path) or ".").replace(os.sep, "/")
    return f"# yaml-language-server: $schema={relative}\n"
