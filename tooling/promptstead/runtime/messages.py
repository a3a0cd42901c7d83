"""Compiled messages to the messages of a Chat Completions request."""

from promptstead.errors import PromptsteadError
from promptstead.runtime.limits import Limits
from promptstead.runtime.program import load
from promptstead.runtime.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    Build = Callable[["dict[str, Any]", Limits], Any]

_TURN_KEYS = {
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "tool_calls", "refusal"},
    "tool": {"role", "content", "tool_call_id"},
}


class Messages:
    """The messages of one prompt, ready to render; threads can share it.

    :param compiled: each ``{"role": …, "content": program or parts}`` or ``{"slot": "history"}`` (``docs/bundle.md``).
    :raises PromptsteadError: they are damaged.
    """

    __slots__ = ("_loaded", "static")

    def __init__(self, compiled: "Sequence[Mapping[str, Any]]") -> None:
        try:
            self._loaded = [
                (None, load([])) if "slot" in message else (message["role"], _content(message["content"]))
                for message in compiled
            ]
            self.static = _static(compiled)
            """How many messages at the beginning are the same whatever the inputs are."""
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise PromptsteadError("the compiled messages are damaged", hint="build the bundle again") from error

    def render(
        self,
        values: "dict[str, Any]",
        history: "Iterable[Mapping[str, Any]]" = (),
        transcript: "Iterable[Mapping[str, Any]]" = (),
        limits: "Limits | None" = None,
    ) -> "list[dict[str, Any]]":
        """Return the messages as a Chat Completions request has them.

        :param values: plain values, as :func:`promptstead.runtime.inputs.check_inputs` returns them.
        :param history: earlier turns, put where the prompt has its ``history`` slot; only user, assistant and tool
            turns.
        :param transcript: what was said since, behind the prompt's own messages; the same turns.
        :param limits: what all messages together take their cost from.
        :raises PromptsteadError: a turn that must not be there, or history for a prompt without the slot.
        :raises RenderError: see :class:`promptstead.runtime.program.Renderer`.
        """
        turns = [_turn(turn, "history") for turn in history]
        since = [_turn(turn, "transcript") for turn in transcript]
        if turns and all(role is not None for role, _ in self._loaded):
            raise PromptsteadError("this prompt has no place for history", hint="add `- slot: history` to its messages")
        limits = limits or Limits()
        messages: list[dict[str, Any]] = []
        for role, build in self._loaded:
            if role is None:
                messages += turns
            else:
                messages.append({"role": role, "content": build(values, limits)})
        return messages + since


def _static(compiled: "Sequence[Mapping[str, Any]]") -> int:
    for index, message in enumerate(compiled):
        if "slot" in message or not all(_is_fixed(piece) for piece in message["content"]):
            return index
    return len(compiled)


def _is_fixed(piece: "Any") -> bool:
    """Tell whether a piece of a program, or a part with a program of its own, is text alone."""
    return all(map(_is_fixed, piece[piece["type"]])) if isinstance(piece, dict) else isinstance(piece, str)


def _content(content: "list[Any]") -> "Build":
    if not any(isinstance(part, dict) for part in content):
        return load(content)
    parts = [_part(part) for part in content]
    return lambda values, limits: [build(values, limits) for build in parts]


def _part(part: "Mapping[str, Any]") -> "Build":
    kind = part["type"]
    program = load(part[kind])
    if kind == "text":
        return lambda values, limits: {"type": "text", "text": program(values, limits)}
    if kind == "image":
        detail = {"detail": part["detail"]} if part.get("detail") else {}
        return lambda values, limits: {"type": "image_url", "image_url": {"url": program(values, limits), **detail}}
    if kind == "file":
        name = {"filename": part["filename"]} if part.get("filename") else {}
        return lambda values, limits: {"type": "file", "file": {**name, "file_data": program(values, limits)}}
    raise ValueError(kind)


def _turn(turn: "Mapping[str, Any]", where: str) -> "dict[str, Any]":
    """Return a copy of an earlier turn; a stored turn must not become an instruction of the system."""
    role = turn.get("role") if isinstance(turn, dict) else None
    if not isinstance(role, str) or role not in _TURN_KEYS:
        raise PromptsteadError(f"{where} has a turn of role {role!r}", hint="turns are of role user, assistant or tool")
    content = turn.get("content")
    if not isinstance(content, str) and not (content is None and role == "assistant" and turn.get("tool_calls")):
        raise PromptsteadError(f"{where} has a turn of role {role} whose content is not text")
    unknown = sorted(str(key) for key in turn if key not in _TURN_KEYS[role])
    if unknown:
        raise PromptsteadError(f"{where} has a turn of role {role} with `{unknown[0]}`", hint="leave it out")
    copy: dict[str, Any] = plain(turn, where)
    return copy
