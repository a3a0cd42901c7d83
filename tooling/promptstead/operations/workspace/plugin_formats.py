"""Formats that packages bring: found before a command does its work, so that none is done, or paid for, in vain."""

from promptstead.errors import PromptsteadError
from promptstead.model import Json
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.workspace import Workspace
from promptstead.plugins import Plugin, is_plugged

TIMEOUT = 60.0
"""Seconds in which a document has to be rendered."""


def plugin_format(name: str, document: str, workspace: Workspace | None = None) -> Plugin | None:
    """Return the format *name*; None where it is one of ours.

    :param document: the ``format`` of the document that it is to render.
    :param workspace: the repository whose base says what is allowed; by default that of the current folder.
    :raises PromptsteadError: no package brings it, none that is allowed, or it renders other documents.
    """
    if not is_plugged(name):
        return None
    plugins = (workspace or open_workspace()).library.plugins
    if plugins is None:
        raise PromptsteadError("formats from packages cannot run here")
    plugin = plugins.format(name)
    if document not in plugin.about["documents"]:
        known = ", ".join(plugin.about["documents"]) or "none"
        raise PromptsteadError(f"the format `{name}` does not render `{document}`", hint=f"it renders {known}")
    return plugin


def rendered_by(plugin: Plugin, document: Json) -> str:
    """Return a JSON document as a format of a package writes it.

    :raises PromptsteadError: the format fails, takes too long or says too much.
    """
    try:
        text: str = plugin.ask({"do": "render", "document": document}, TIMEOUT)
    except PromptsteadError as error:
        raise PromptsteadError(error.message, hint=f"report it to the author of {plugin.origin}") from None
    return text
