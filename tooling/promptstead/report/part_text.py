"""A part of a rendered message as people read it: an attachment is a line of its own that says what it is."""

from collections.abc import Iterable

from promptstead.model import Json
from promptstead.prompts.attached_files import Facts, facts_text
from promptstead.runtime.attachments import referred


def part_text(part: Json, files: Iterable[Facts] = ()) -> str:
    """Return a part as text: ``[image: scans/a.png, image/png, 12,345 B, sha256:…, low]``.

    :param part: the text of a message, or a part in the form of Chat Completions.
    :param files: what is known of the attachments.
    """
    if isinstance(part, str) or part["type"] == "text":
        return str(part if isinstance(part, str) else part["text"])
    kind, about = ("image", part["image_url"]) if part["type"] == "image_url" else ("file", part["file"])
    data = str(about.get("url", about.get("file_data", "")))
    found = referred(data)
    if found is not None:
        known = next((each for each in files if each["sha256"] == found[1]), {"type": found[0], "sha256": found[1]})
        data = facts_text(known)
    return f"[{kind}: {', '.join(filter(None, [data, about.get('detail'), about.get('filename')]))}]"
