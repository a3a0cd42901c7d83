"""What a file says of its version; in a file of lines that is a line, such as ``{"schema":"promptstead/labels/v1"}``.

It is the first line where promptstead writes the file; where others put files together, it may stand further down. A
file of lines without one is of version 1.
"""

import json
from collections.abc import Mapping
from typing import Any

from promptstead import __version__
from promptstead.documents.json_keys import unique_keys
from promptstead.documents.source_lines import quoted
from promptstead.format_version import too_new
from promptstead.words.sentence import Sentence, say


def version_line(version: str) -> str:
    """Return the line, with its line feed."""
    return f'{{"schema":"{version}"}}\n'


def said_version(line: str) -> Mapping[str, Any] | None:
    """Return what a line says of the version of its file; None for any other line, which has no key ``schema``."""
    if '"schema"' not in line:
        return None
    try:
        entry = json.loads(line, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        return None  # whoever reads the entries says what is wrong with it
    return entry if isinstance(entry, dict) and "schema" in entry else None


def wrong_version(said: Mapping[str, Any], version: str) -> tuple[Sentence, Sentence] | None:
    """Return why what says its version is not to be read as *version*, and what to do; None where it is.

    :param said: what has ``schema``, and perhaps ``needs``.
    """
    found = said["schema"]
    newer = too_new(said, (version,))
    if found == version:
        if newer is None:
            return None
        message = say("files.needs-newer", needs=newer[1], own=__version__)
        return message, say("files.upgrade-promptstead")
    message = say("files.wrong-schema", found=quoted(str(found)), expected=version)
    if newer is not None:
        return message, say("files.upgrade-promptstead")
    if isinstance(found, str) and found.startswith("promptstead/"):
        return message, say("files.newer-promptstead")
    return message, say("files.write-schema", schema=version)
