"""What a provider of model answers is."""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from promptstead.errors import PromptsteadError
from promptstead.model import Json, Usage

Kind = Literal["rate-limit", "server", "connection", "timeout", "refused", "answer", "limit"]
"""Why a call failed: 429; 5xx; no connection, or one that broke; no whole answer in time; any other 4xx; an answer that
is none; and a call that was not made because it could have exceeded a limit of ours."""


class Request(NamedTuple):
    """One call: to whom, and what the client of its API takes as ``create(**arguments)``."""

    provider: str
    arguments: dict[str, Json]
    api: str = "chat"

    @property
    def model(self) -> str:
        """Return the model's name, as the server knows it."""
        return str(self.arguments["model"])

    def body(self) -> dict[str, Json]:
        """Return what is sent: a copy in which what the client has no argument for stands beside the rest."""
        body = dict(self.arguments)
        body.update(body.pop("extra_body", {}))
        return body


class Reply(NamedTuple):
    """One answer exactly as received. *seconds* is measured around the call alone; *tool_calls* in wire shape."""

    text: str
    finish_reason: str
    usage: Usage
    seconds: float
    tool_calls: tuple[Json, ...] = ()


class ProviderError(PromptsteadError):
    """A call failed. *retry_after*: seconds that the server asked to wait, None where it did not say."""

    def __init__(self, message: str, kind: Kind, *, retry_after: float | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed later."""
        return self.kind in ("rate-limit", "server", "connection", "timeout")


class Provider(Protocol):
    """A server, or a stand-in for one."""

    async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Make one call, once.

        :param on_text: gets pieces of the answer as they come.
        :raises ProviderError: the call failed.
        """

    async def close(self) -> None:
        """Close what is open."""
