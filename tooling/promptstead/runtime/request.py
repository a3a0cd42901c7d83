"""A compiled prompt and its rendered messages to the one request that is tested, recorded and sent.

The toolkit sends nothing that is not made here, so that what an application sends is what was recorded.
"""

from promptstead.errors import PromptsteadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

APIS = ("chat", "responses", "messages")
"""Chat Completions, Responses, and Anthropic's Messages."""


def build_request(
    compiled: "Mapping[str, Any]", messages: "list[dict[str, Any]]", static: int = 0, api: "str | None" = None
) -> "dict[str, Any]":
    """Return what the client of an API takes as ``create(**request)``.

    :param compiled: a compiled prompt (``docs/bundle.md``); its model, tools and output are read.
    :param messages: rendered, in the form of Chat Completions.
    :param static: how many messages at the beginning are the same whatever the inputs are.
    :param api: one of :data:`APIS`; the one of the model's provider where it is left out.
    :raises PromptsteadError: there is no such API, a parameter that a prompt cannot set, or what the API cannot say.
    """
    api = api or compiled["model"].get("api", "chat")
    if api == "chat":
        from promptstead.runtime.apis import chat_completions

        return chat_completions.request(compiled, messages)
    if api == "responses":
        from promptstead.runtime.apis import responses

        return responses.request(compiled, messages)
    if api == "messages":
        from promptstead.runtime.apis import anthropic_messages

        return anthropic_messages.request(compiled, messages, static)
    raise PromptsteadError(f"there is no API `{api}`", hint=f"known: {', '.join(APIS)}")
