"""A YAML file of promptstead as lines of plain text, so that a line diff of two of them shows what a reader would see.

Each value stands on a line with the way to it; long text has one sentence a line. Comments, key order, quotes and the
wrapping of running text leave no trace.
"""

import json
import re
from collections.abc import Iterator, Mapping

from promptstead.diff.blocks import Block, split_blocks
from promptstead.documents.document import Document
from promptstead.model import Json
from promptstead.prompts.order import key_orders

_NAMES = ("id", "case", "role", "slot", "name")
"""Keys by which an item of a list is called, so that moving others does not change its line."""
_SENTENCE = re.compile(r"(?<=[^\W_][^\W_)\"”»’][.!?…])\s+(?=[^\W\d_a-zß-ÿ]|[\"“«{(\[])")
"""Between two sentences; ``art. 6`` and ``L. Martin`` hold no end of one."""
_SHORT = 100
"""Characters of a text that stays on the line of its name."""


def outline(document: Document) -> str:
    """Return the outline of a YAML file; of one that cannot be read, its text as it is."""
    data = document.data
    if not isinstance(data, dict):
        return document.text
    return "".join(f"{line}\n" for line in _lines("", data, (), key_orders(data)))


def _lines(
    name: str, value: Json, path: tuple[str | int, ...], orders: Mapping[tuple[str | int, ...], list[str]]
) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key in orders.get(path, sorted(value)):
            yield from _lines(f"{name}.{key}" if name else key, value[key], (*path, key), orders)
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for index, item in enumerate(value):
            yield from _lines(f"{name}[{_called(item, index)}]", item, (*path, index), orders)
    elif isinstance(value, str) and (len(value) > _SHORT or "\n" in value.rstrip("\n")):
        yield f"{name}:"
        yield from (f"    {line}".rstrip() for line in _sentences(value))
    else:
        yield f"{name}: {value.rstrip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _called(item: Json, index: int) -> str:
    """Return what an item of a list is called: a name that it has, or its number from 1."""
    if isinstance(item, Mapping):
        for key in _NAMES:
            if isinstance(item.get(key), (str, int)):
                more = f" {item['model']}" if key == "case" and isinstance(item.get("model"), str) else ""
                return f"{item[key]}{more}"
    return str(index + 1)


def _sentences(text: str) -> Iterator[str]:
    for block in split_blocks(text):
        words = "".join(token.text for token in block.words)
        if block.kind == "text" and block.head:
            yield from [""] * (block.head[0].text == "\n\n")
        first, *rest = _SENTENCE.split(words) if block.kind in ("text", "item", "line") else [words]
        margin = _margin(block)
        yield margin + first
        yield from (" " * len(margin) + sentence for sentence in rest)


def _margin(block: Block) -> str:
    """Return the indent of a block and the marker of a list item."""
    marker = "".join(token.text for token in block.head[1:])
    return "  " * block.level + marker
