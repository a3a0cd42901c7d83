"""A language model of random weights for llama.cpp, 0.5 MB: ``python tests/providers/tiny_gguf.py tiny.gguf``.

It needs nothing but Python. The model is the same each time, and says letters in no order; about one token in
twenty-five ends the answer, so that answers end by themselves.
"""

import random
import struct
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CONTEXT, WIDTH, LAYERS, HEADS, INNER = 2048, 64, 2, 4, 128
SEED = 20260101
ENDS = 0.3
"""How strongly the model is drawn to the end of its answer."""
NEVER = -1.0
"""The same for bytes and for what is no text."""
UNKNOWN, START, END = range(3)
NORMAL_TOKEN, UNKNOWN_TOKEN, CONTROL_TOKEN, BYTE_TOKEN = 1, 2, 3, 6
TEMPLATE = (
    "{% for message in messages %}{{ '<' + message['role'] + '>' + (message['content'] or '') + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
)
ALIGNMENT = 32
MATRIX = 0.5
"""The spread of the weights."""


class Tensor(NamedTuple):
    """The length of a row, where there are several their number, and the weights."""

    shape: tuple[int, ...]
    weights: "array[float]"


Value = str | int | float | bool | Sequence[str] | Sequence[int] | Sequence[float]


def vocabulary() -> tuple[list[str], list[int]]:
    """Return every token and its kind: the special ones, the bytes, and what a keyboard has (▁ is the space)."""
    special = [("<unk>", UNKNOWN_TOKEN), ("<s>", CONTROL_TOKEN), ("</s>", CONTROL_TOKEN)]
    octets = [(f"<0x{octet:02X}>", BYTE_TOKEN) for octet in range(256)]
    letters = [("▁" if letter == 32 else chr(letter), NORMAL_TOKEN) for letter in range(32, 127)]
    tokens = special + octets + letters
    return [text for text, _ in tokens], [kind for _, kind in tokens]


def metadata() -> dict[str, Value]:
    """Return what the file says of the model."""
    tokens, kinds = vocabulary()
    return {
        "general.architecture": "llama",
        "general.name": "random weights",
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.unknown_token_id": UNKNOWN,
        "tokenizer.ggml.bos_token_id": START,
        "tokenizer.ggml.eos_token_id": END,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": TEMPLATE,
    }


def tensors(seed: int = SEED) -> dict[str, Tensor]:
    """Return the weights by name."""
    chance = random.Random(seed)
    _, kinds = vocabulary()

    def matrix(width: int, height: int) -> Tensor:
        spread = MATRIX / width**0.5
        return Tensor((width, height), array("f", (chance.gauss(0, spread) for _ in range(width * height))))

    ones = Tensor((WIDTH,), array("f", [1.0] * WIDTH))
    made = {"token_embd.weight": matrix(WIDTH, len(kinds)), "output_norm.weight": ones}
    for layer in range(LAYERS):
        at = f"blk.{layer}."
        made |= {at + f"attn_{part}.weight": matrix(WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
        made |= {at + "attn_norm.weight": ones, at + "ffn_norm.weight": ones}
        made |= {at + "ffn_gate.weight": matrix(WIDTH, INNER), at + "ffn_up.weight": matrix(WIDTH, INNER)}
        made[at + "ffn_down.weight"] = matrix(INNER, WIDTH)
    # The first number of every state is large, so that the first one of a token's row says how likely it is anywhere.
    embedded, output = made["token_embd.weight"], matrix(WIDTH, len(kinds))
    for token, kind in enumerate(kinds):
        embedded.weights[token * WIDTH] = 1.0
        output.weights[token * WIDTH] = ENDS if token == END else 0.0 if kind == NORMAL_TOKEN else NEVER
    return made | {"output.weight": output}


def dump(seed: int = SEED) -> bytes:
    """Return the model as a file of the format GGUF, version 3."""
    found = tensors(seed)
    head = [b"GGUF", struct.pack("<IQQ", 3, len(found), len(metadata()))]
    head += [_string(name) + _value(value) for name, value in metadata().items()]
    data = b""
    for name, (shape, numbers) in found.items():
        if sys.byteorder == "big":
            numbers.byteswap()
        head.append(_string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data)))
        data += _padded(numbers.tobytes())
    return _padded(b"".join(head)) + data


def _string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(value: Value) -> bytes:
    """Return the number of the type of *value* and its bytes."""
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    items = [_value(item) for item in value]
    kind = struct.pack("<I", 5) if isinstance(value[0], int) else items[0][:4]  # in a list whole numbers have a sign
    return struct.pack("<I", 9) + kind + struct.pack("<Q", len(items)) + b"".join(item[4:] for item in items)


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % ALIGNMENT)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(dump())
