"""Findings in the form that ``--format`` asks for, on stdout or in a file: what ``lint`` and ``check`` share."""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from promptstead.console.output import echo, echo_commands, echo_data
from promptstead.documents.document import Document, text_document
from promptstead.errors import PromptsteadError
from promptstead.lint.finding import Finding
from promptstead.lint.plugin_rules import plugin_rules
from promptstead.operations.workspace.workspace import Workspace
from promptstead.words.template import Language

FORMATS = {
    "sarif": "findings_sarif",
    "github": "findings_github",
    "gitlab": "findings_gitlab",
    "rdjson": "findings_rdjson",
}
"""Format that holds findings and nothing else -> module of :mod:`promptstead.report` whose ``render`` writes it."""


def findings_text(
    workspace: Workspace, findings: Sequence[Finding], output_format: str, language: Language = "en"
) -> str:
    """Return the findings in one of FORMATS.

    Paths start from the top of the Git repository, which may lie above the folder that promptstead.toml is in; those
    for reviewdog start from the current folder, as it expects.
    """
    start = os.getcwd() if output_format == "rdjson" else _repository(workspace.tree.root)
    prefix = os.path.relpath(workspace.tree.root, start).replace(os.sep, "/")
    located = [each._replace(path=_below(prefix, each.path)) for each in findings]

    def documents() -> dict[str, Document]:
        return {_below(prefix, path): document for path, document in _documents(workspace, findings)}

    more: dict[str, Any] = {}
    if output_format == "sarif":  # a document for code scanning says what a package says of its rules, as nothing else
        more["brought"] = plugin_rules(workspace.config, workspace.library.plugins)
    if output_format == "github":
        more["language"] = language
    text: str = import_module(f"promptstead.report.{FORMATS[output_format]}").render(located, documents, **more)
    return text


def write_result(text: str, output_format: str, output: str | None) -> None:
    """Write *text* to the file *output*, or to stdout as its format wants it.

    :raises PromptsteadError: the file cannot be written.
    """
    if output is None:
        write = {"text": echo, "github": echo_commands}.get(output_format, echo_data)
        if text:
            write(text.removesuffix("\n"))
        return
    from promptstead.storage.working_tree import write_report

    write_report(output, text)


def shows_summary(output_format: str, output: str | None) -> bool:
    """Tell whether stderr gets the summary: not beside a document on stdout that a program reads."""
    return output is not None or output_format in ("text", "github")


def _below(prefix: str, path: str) -> str:
    return path if prefix == "." else f"{prefix}/{path}"


def _repository(root: str) -> str:
    """Return the folder of the Git repository that *root* is in; *root* where there is none."""
    folder = root
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return root
        folder = parent
    return folder


def _documents(workspace: Workspace, findings: Sequence[Finding]) -> Iterator[tuple[str, Document]]:
    """Yield path and text of the files that findings are in, as far as they can be read."""
    for path in dict.fromkeys(finding.path for finding in findings):
        try:
            raw = workspace.tree.read(path)
        except PromptsteadError:
            continue  # the finding says so
        if raw is not None:
            yield path, text_document(path, raw.decode("utf-8-sig", "replace"))
