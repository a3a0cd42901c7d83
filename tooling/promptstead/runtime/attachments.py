"""Attachments: the images and files of a request. Until it is sent, its messages hold their digests and not their data.

Where the data of an attachment belongs, a rendered message has its *reference*: the data URL with ``{sha256:…}`` in
place of the base64 text. No base64 text has a brace, so that nothing else is taken for one. Requests are recorded,
compared and shown with references; what is sent has the data.
"""

from promptstead.errors import PromptsteadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

TYPES = {
    "image": ("image/png", "image/jpeg", "image/gif", "image/webp"),
    "file": ("application/pdf", "text/plain"),
}
"""Kind of an attachment → the media types that it can have."""
MOST = {"image": 5 << 20, "file": 20 << 20}
"""Kind of an attachment → the most bytes that it can have."""
MOST_TOGETHER = 20 << 20
"""The most bytes that the attachments of one request can have; base64 makes of them less than the 32 MB that the
strictest vendor takes."""
NAMES = {"application/pdf": "document.pdf", "text/plain": "document.txt"}
"""Media type of a file → its name where nobody gave it one."""
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_ADDRESSES = ("https://", "http://")
_IDS = ("file-", "file_")
_CONTROL = bytes(sorted({*range(0x20), 0x7F} - set(b"\t\n\f\r\x1b")))
_HEX = frozenset("0123456789abcdef")
_BEFORE, _AFTER = "{sha256:", "}"
_DIGITS = 64


def media_type(data: bytes) -> str:
    """Return what *data* is by its own bytes, one of :data:`TYPES`; empty where it is none of them.

    Text is UTF-8 without control characters.
    """
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if not data or len(data.translate(None, _CONTROL)) < len(data):
        return ""
    try:
        data.decode()
    except UnicodeDecodeError:
        return ""
    return "text/plain"


def reference(media: str, sha256: str) -> str:
    """Return what stands for the data of an attachment: its data URL with the digest in place of the base64 text.

    :param sha256: 64 hexadecimal digits.
    """
    return f"data:{media};base64,{_BEFORE}{sha256}{_AFTER}"


def referred(text: str) -> "tuple[str, str] | None":
    """Return media type and SHA-256 of the attachment that *text* is the reference of; None where it is none."""
    head, comma, rest = text.partition(";base64,")
    media = head.removeprefix("data:")
    digits = rest[len(_BEFORE) : -len(_AFTER)]
    if (
        comma
        and is_digest(digits)
        and text == reference(media, digits)
        and any(media in each for each in TYPES.values())
    ):
        return media, digits
    return None


def is_digest(text: "Any") -> bool:
    """Tell whether *text* is a SHA-256 as 64 hexadecimal digits."""
    return isinstance(text, str) and len(text) == _DIGITS and _HEX.issuperset(text)


def taken(kind: str, value: "Any", given: "dict[str, bytes]") -> str:
    """Return the text that stands in messages for what was given as an attachment.

    That is an address or the id of a file as they are, and the reference of anything else.

    :param kind: ``image`` or ``file``.
    :param value: an address (``https://…``), a data URL with base64 text, bytes, the id of a file that was uploaded
        (``file-…``), or what a case says of a file: ``{"path", "type", "bytes", "sha256"}``.
    :param given: gets the bytes by their SHA-256.
    :raises ValueError: it is none of these; the text says what it should be.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _kept(kind, bytes(value), "", given)
    if isinstance(value, dict) and value.get("type") in TYPES[kind] and is_digest(value.get("sha256")):
        return reference(value["type"], value["sha256"])
    if isinstance(value, dict) and "path" in value:
        raise ValueError(str(value.get("why") or "expected the bytes of the file, got its path"))
    if not isinstance(value, str):
        raise ValueError(f"expected an {'image' if kind == 'image' else 'attached file'}: {_forms(kind)}")
    if value.startswith(_ADDRESSES) or (kind == "file" and value.startswith(_IDS)):
        return value
    found = referred(value)
    if found is not None and found[0] in TYPES[kind]:
        return value
    media, comma, encoded = value.partition(";base64,")
    media = media.removeprefix("data:")
    if not comma or media not in TYPES[kind] or not value.startswith("data:"):
        raise ValueError(f"expected {_forms(kind)}")
    if len(encoded) > MOST[kind] * 4 // 3 + 4:
        raise ValueError(f"has more than {MOST[kind]:,} bytes")
    from binascii import Error, a2b_base64

    try:
        data = a2b_base64(encoded.encode("ascii", "replace"), strict_mode=True)
    except Error:
        raise ValueError("its base64 text is damaged") from None
    return _kept(kind, data, media, given)


def filled(messages: "list[dict[str, Any]]", encoded: "Callable[[str], str]") -> "list[dict[str, Any]]":
    """Return *messages* with the data of each attachment in place of its reference.

    :param messages: rendered, in the form of Chat Completions.
    :param encoded: gives the base64 text of an attachment by its SHA-256.
    :raises PromptsteadError: the attachments have too many bytes together, or other text stands with one.
    """
    room = [MOST_TOGETHER]
    return [
        {**message, "content": [_filled(part, encoded, room) for part in message["content"]]}
        if isinstance(message.get("content"), list)
        else message
        for message in messages
    ]


def references(messages: "list[dict[str, Any]]") -> "list[tuple[str, str]]":
    """Return media type and SHA-256 of each attachment of *messages*, in their order."""
    parts = [part for message in messages if isinstance(message.get("content"), list) for part in message["content"]]
    return [found for part in parts if (found := referred(_data_of(part)))]


def _forms(kind: str) -> str:
    types = " or ".join(TYPES[kind])
    return f"an address (https://…), data:…;base64,… of {types}, or bytes"


def _kept(kind: str, data: bytes, said: str, given: "dict[str, bytes]") -> str:
    if len(data) > MOST[kind]:
        raise ValueError(f"has {len(data):,} bytes, and at most {MOST[kind]:,} can be sent")
    media = media_type(data)
    if media not in TYPES[kind]:
        raise ValueError(f"its bytes are {media or 'of no known type'}, and expected are {' or '.join(TYPES[kind])}")
    if said and said != media:
        raise ValueError(f"is called {said}, and its bytes are {media}")
    from hashlib import sha256

    digest = sha256(data).hexdigest()
    given[digest] = data
    return reference(media, digest)


def _data_of(part: "Mapping[str, Any]") -> str:
    """Return the address or the data of a rendered part; empty for text."""
    if part["type"] == "image_url":
        return str(part["image_url"]["url"])
    return str(part["file"].get("file_data", "")) if part["type"] == "file" else ""


def _filled(part: "dict[str, Any]", encoded: "Callable[[str], str]", room: "list[int]") -> "dict[str, Any]":
    data = _data_of(part)
    found = referred(data)
    if found is None:
        if _BEFORE in data:
            raise PromptsteadError("other text stands with an attachment", hint="give it a part of its own")
        return part
    text = encoded(found[1])
    room[0] -= len(text) // 4 * 3 - text.count("=", -2)
    if room[0] < 0:
        raise PromptsteadError(
            f"the attachments of this request have more than {MOST_TOGETHER:,} bytes together", hint="send less at once"
        )
    url = f"data:{found[0]};base64,{text}"
    if part["type"] == "file":
        return {**part, "file": {**part["file"], "file_data": url}}
    return {**part, "image_url": {**part["image_url"], "url": url}}
