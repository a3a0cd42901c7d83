"""Line breaks that are written as escapes within a text: a prompt shows an example in JSON, an answer is one."""

import re

_WRITTEN_BREAK = re.compile(r"\\+[nrt]")


def unbroken(text: str) -> str:
    r"""Return *text*, as long as before, with spaces for line breaks that are written ``\n``."""
    return _WRITTEN_BREAK.sub(lambda match: " " * len(match[0]), text) if "\\" in text else text
