"""What the vendors' own clients declare that their ``create`` takes, as something that reads a request."""

from functools import cache
from types import GenericAlias
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from jsonschema_rs import Draft202012Validator
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import ConfigDict, TypeAdapter

DECLARED: dict[str, Any] = {
    "chat": CompletionCreateParamsNonStreaming,
    "responses": ResponseCreateParamsNonStreaming,
    "messages": MessageCreateParamsNonStreaming,
}


@cache
def declared(api: str) -> Draft202012Validator:
    """Return what reads a list of bodies as the client's own types declare them; a key that they lack is an error."""
    types: Any = GenericAlias(list, DECLARED[api])  # one of them alone takes no configuration
    return Draft202012Validator(TypeAdapter(types, config=ConfigDict(extra="forbid")).json_schema())
