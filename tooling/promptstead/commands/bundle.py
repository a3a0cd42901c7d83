"""``promptstead bundle``: what applications load."""

from collections.abc import Mapping

import click

from promptstead.commands.options import prompts_argument, refuse_ignored
from promptstead.console.output import echo, plural, tell
from promptstead.errors import FINDINGS, OK, PromptsteadError
from promptstead.lint.finding import Finding
from promptstead.model import Case, Json, Prompt
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.prompts.library import Library

MAX_VECTORS = 10
"""Golden requests kept for one prompt: its first cases."""


@click.group()
def command() -> None:
    """Build bundles."""


@command.command()
@prompts_argument
@click.option(
    "--output",
    "-o",
    default="promptstead.bundle",
    show_default=True,
    help="Write the bundle here; a name without `.bundle` makes a folder.",
)
@click.option("--at", "revision", default="HEAD", show_default=True, metavar="REVISION", help="Build from this commit.")
@click.option(
    "--working-tree",
    is_flag=True,
    help="Build from the working tree, including uncommitted changes; the bundle then names no commit.",
)
def build(prompts: tuple[str, ...], output: str, revision: str, working_tree: bool) -> int:
    """Build a bundle of PROMPTS (all by default) from a commit. The same commit gives the same bytes on every system.

    If a prompt has an error, nothing is written and the exit code is 1.
    """
    if working_tree:
        refuse_ignored("revision", where="with --working-tree", hint="leave out one of the two")
    workspace = open_workspace()
    paths = selected_paths(workspace, prompts) if prompts else None
    if working_tree:
        return _build(workspace.library, paths, output, "")
    from promptstead.git.repository import Repository
    from promptstead.operations.workspace.revisions import changed_files, library_at

    with Repository.discover(workspace.tree.root) as repository:
        commit = repository.resolve(revision)
        library = library_at(workspace, repository, commit)
        code = _build(library, paths, output, commit)
        if code == OK and revision == "HEAD":
            roots = [f"{root.path}/" if root.path else "" for root in library.roots()]
            changed = [change.path for change in changed_files(workspace, repository, commit, None)]
            if any(path.startswith(root) or path == library.config.file for path in changed for root in roots):
                tell("uncommitted changes are not in the bundle (--working-tree takes them)")
    return code


def _build(library: Library, paths: list[str] | None, output: str, commit: str) -> int:
    from promptstead.digests import prompt_digests
    from promptstead.lint.engine import Engine
    from promptstead.lint.plugin_rules import plugin_rules
    from promptstead.prompts.compile import case_messages, compile_prompt
    from promptstead.release.bundle import write_bundle
    from promptstead.report.findings_text import as_text, summary
    from promptstead.runtime.bundle import BundledPrompt
    from promptstead.runtime.request import build_request

    engine = Engine(library.config, brought=plugin_rules(library.config, library.plugins))
    errors: list[Finding] = []
    compiled: list[dict[str, Json]] = []
    vectors: dict[str, list[Mapping[str, Json]]] = {}
    attachments: dict[str, bytes] = {}
    for path in library.paths() if paths is None else paths:
        loaded = library.load(path)
        found = [finding for finding in engine.check(loaded) if finding.level == "error"]
        errors.extend(found)
        if found or loaded.prompt is None:
            continue
        program = compile_prompt(loaded)
        document = program | {"digests": prompt_digests(loaded.prompt, program)}
        rendered = BundledPrompt(loaded.id, document, path)
        compiled.append(document)
        if loaded.attachments is not None:
            attachments |= {digest: loaded.attachments.data(digest) for digest in program.get("attachments", ())}
        prompt_vectors = vectors[loaded.id] = []
        for case in loaded.prompt.cases[:MAX_VECTORS]:
            try:
                messages = case_messages(rendered, loaded.prompt, case)
                request = build_request(document, messages, rendered.static)
            except PromptsteadError as error:
                message = f"case `{case.id}`: {error.message}"
                raise PromptsteadError(message, hint=error.hint, location=error.location or path) from error
            inputs, history = _inputs(loaded.prompt, case), [dict(turn) for turn in case.history]
            vector = {"inputs": inputs, "history": history, "messages": messages, "request": request}
            prompt_vectors.append(vector)
    if errors:
        for block in as_text(errors):
            echo(block)
        tell(summary(errors, len(compiled), 0) + "; nothing was built: fix them, or name the prompts to bundle")
        return FINDINGS
    if not compiled:
        raise PromptsteadError("there is no prompt to bundle", hint="run promptstead new to start one")
    archive = output.endswith(".bundle")
    write_bundle(compiled, output, commit=commit, vectors=vectors, attachments=attachments, archive=archive)
    echo(
        f"{output}: {plural(len(compiled), 'prompt')}"
        + (f" of commit {commit[:12]}" if commit else " of the working tree")
    )
    return OK


def _inputs(prompt: Prompt, case: Case) -> dict[str, Json]:
    """Return the inputs of a case as a vector has them: attachments by their digest."""
    from promptstead.prompts.compile import case_inputs
    from promptstead.runtime.attachments import taken

    found = case_inputs(prompt, case)
    kinds = {name: spec.attachment for name, spec in prompt.inputs.items() if spec.attachment and name in found}
    return found | {name: taken(kind, found[name], {}) for name, kind in kinds.items()}
