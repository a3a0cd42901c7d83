"""What is built is what the vendors' reference pages show, and what their clients declare that they take.

The bodies are written by hand, after the pages beside them; the builder is given a prompt that says the same.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from promptstead.runtime.request import build_request
from tests.vendor_types import declared

PLACE = {
    "type": "object",
    "properties": {"location": {"type": "string", "description": "City and country"}},
    "required": ["location"],
    "additionalProperties": False,
}
WEATHER = {"name": "get_weather", "description": "Get the current weather of a place", "parameters": PLACE}
EVENT = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "date": {"type": "string"}},
    "required": ["name", "date"],
    "additionalProperties": False,
}
PNG = "iVBORw0KGgo="
PDF = "JVBERi0xLjQ="
LONG = "Answer from these terms alone. " * 200
ASKED: list[dict[str, Any]] = [
    {"role": "user", "content": "What is the weather in Paris?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"location":"Paris, France"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "15 degrees"},
]


class Body(NamedTuple):
    """A body, the prompt that it comes of, and where the vendor shows one like it."""

    api: str
    page: str
    compiled: Mapping[str, Any]
    messages: list[dict[str, Any]]
    body: dict[str, Any]
    static: int = 0


BODIES = {
    "chat: text": Body(
        "chat",
        "https://platform.openai.com/docs/api-reference/chat/create",
        {"model": {"name": "gpt-5.4", "params": {"max_completion_tokens": 300, "reasoning_effort": "low"}}},
        [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello!"}],
        {
            "model": "gpt-5.4",
            "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello!"}],
            "max_completion_tokens": 300,
            "reasoning_effort": "low",
        },
    ),
    "chat: tools and their results": Body(
        "chat",
        "https://platform.openai.com/docs/guides/function-calling?api-mode=chat",
        {
            "model": {"name": "gpt-5.4", "params": {"tool_choice": "auto", "parallel_tool_calls": False}},
            "tools": [{**WEATHER, "strict": True}],
        },
        ASKED,
        {
            "model": "gpt-5.4",
            "messages": ASKED,
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "get_weather",
                        "description": "Get the current weather of a place",
                        "parameters": PLACE,
                        "strict": True,
                    },
                }
            ],
            "tool_choice": "auto",
            "parallel_tool_calls": False,
        },
    ),
    "chat: a schema and an image": Body(
        "chat",
        "https://platform.openai.com/docs/guides/structured-outputs?api-mode=chat",
        {
            "model": {"name": "gpt-5.4"},
            "output": {"format": "json", "name": "calendar_event", "strict": True, "schema": EVENT},
        },
        [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What does this poster announce?"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
                ],
            }
        ],
        {
            "model": "gpt-5.4",
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What does this poster announce?"},
                        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
                    ],
                }
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "calendar_event", "strict": True, "schema": EVENT},
            },
        },
    ),
    "responses: text": Body(
        "responses",
        "https://platform.openai.com/docs/api-reference/responses/create",
        {
            "model": {
                "name": "gpt-5.4",
                "params": {"max_completion_tokens": 300, "reasoning_effort": "low", "verbosity": "low"},
            }
        },
        [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello!"}],
        {
            "model": "gpt-5.4",
            "input": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello!"}],
            "max_output_tokens": 300,
            "reasoning": {"effort": "low"},
            "text": {"verbosity": "low"},
            "store": False,
        },
    ),
    "responses: tools and their results": Body(
        "responses",
        "https://platform.openai.com/docs/guides/function-calling?api-mode=responses",
        {
            "model": {
                "name": "gpt-5.4",
                "params": {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
            },
            "tools": [{**WEATHER, "strict": True}],
        },
        ASKED,
        {
            "model": "gpt-5.4",
            "input": [
                {"role": "user", "content": "What is the weather in Paris?"},
                {
                    "type": "function_call",
                    "call_id": "call_1",
                    "name": "get_weather",
                    "arguments": '{"location":"Paris, France"}',
                },
                {"type": "function_call_output", "call_id": "call_1", "output": "15 degrees"},
            ],
            "tools": [
                {
                    "type": "function",
                    "name": "get_weather",
                    "description": "Get the current weather of a place",
                    "parameters": PLACE,
                    "strict": True,
                }
            ],
            "tool_choice": {"type": "function", "name": "get_weather"},
            "store": False,
        },
    ),
    "responses: a schema, an image and a file": Body(
        "responses",
        "https://platform.openai.com/docs/guides/structured-outputs?api-mode=responses",
        {
            "model": {"name": "gpt-5.4"},
            "output": {"format": "json", "name": "calendar_event", "strict": True, "schema": EVENT},
        },
        [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What do these announce?"},
                    {"type": "image_url", "image_url": {"url": "https://example.org/poster.png"}},
                    {
                        "type": "file",
                        "file": {"filename": "flyer.pdf", "file_data": f"data:application/pdf;base64,{PDF}"},
                    },
                ],
            }
        ],
        {
            "model": "gpt-5.4",
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "What do these announce?"},
                        {"type": "input_image", "image_url": "https://example.org/poster.png", "detail": "auto"},
                        {
                            "type": "input_file",
                            "filename": "flyer.pdf",
                            "file_data": f"data:application/pdf;base64,{PDF}",
                        },
                    ],
                }
            ],
            "text": {
                "format": {"type": "json_schema", "name": "calendar_event", "strict": True, "schema": EVENT},
            },
            "store": False,
        },
    ),
    "messages: text": Body(
        "messages",
        "https://platform.claude.com/docs/en/api/messages/create",
        {"model": {"name": "claude-opus-4-8", "params": {"max_completion_tokens": 1024, "stop": "END"}}},
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello, Claude"}],
        {
            "model": "claude-opus-4-8",
            "max_tokens": 1024,
            "system": "Be brief.",
            "messages": [{"role": "user", "content": "Hello, Claude"}],
            "stop_sequences": ["END"],
        },
    ),
    "messages: tools and their results": Body(
        "messages",
        "https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use",
        {
            "model": {
                "name": "claude-opus-4-8",
                "params": {"max_completion_tokens": 1024, "tool_choice": "auto", "parallel_tool_calls": False},
            },
            "tools": [WEATHER],
        },
        ASKED,
        {
            "model": "claude-opus-4-8",
            "max_tokens": 1024,
            "messages": [
                {"role": "user", "content": "What is the weather in Paris?"},
                {
                    "role": "assistant",
                    "content": [
                        {
                            "type": "tool_use",
                            "id": "call_1",
                            "name": "get_weather",
                            "input": {"location": "Paris, France"},
                        }
                    ],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "15 degrees"}],
                },
            ],
            "tools": [
                {
                    "name": "get_weather",
                    "description": "Get the current weather of a place",
                    "input_schema": PLACE,
                }
            ],
            "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
        },
    ),
    "messages: a schema, images and a document": Body(
        "messages",
        "https://platform.claude.com/docs/en/build-with-claude/structured-outputs",
        {
            "model": {"name": "claude-opus-4-8", "params": {"max_completion_tokens": 1024, "reasoning_effort": "low"}},
            "output": {"format": "json", "name": "calendar_event", "schema": EVENT},
        },
        [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                    {"type": "image_url", "image_url": {"url": "https://example.org/poster.png"}},
                    {
                        "type": "file",
                        "file": {"filename": "flyer.pdf", "file_data": f"data:application/pdf;base64,{PDF}"},
                    },
                    {"type": "text", "text": "What do these announce?"},
                ],
            }
        ],
        {
            "model": "claude-opus-4-8",
            "max_tokens": 1024,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
                        {"type": "image", "source": {"type": "url", "url": "https://example.org/poster.png"}},
                        {
                            "type": "document",
                            "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                            "title": "flyer.pdf",
                        },
                        {"type": "text", "text": "What do these announce?"},
                    ],
                }
            ],
            "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": EVENT}},
        },
    ),
    "messages: a document of text": Body(
        "messages",
        "https://platform.claude.com/docs/en/build-with-claude/citations",
        {"model": {"name": "claude-opus-4-8", "params": {"max_completion_tokens": 1024}}},
        [
            {
                "role": "user",
                "content": [
                    {
                        "type": "file",
                        "file": {"filename": "terms.txt", "file_data": "data:text/plain;base64,QmUgYnJpZWYu"},
                    },
                    {"type": "text", "text": "What does it ask?"},
                ],
            }
        ],
        {
            "model": "claude-opus-4-8",
            "max_tokens": 1024,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "document",
                            "source": {"type": "text", "media_type": "text/plain", "data": "Be brief."},
                            "title": "terms.txt",
                        },
                        {"type": "text", "text": "What does it ask?"},
                    ],
                }
            ],
        },
    ),
    "messages: a prefix that is cached": Body(
        "messages",
        "https://platform.claude.com/docs/en/build-with-claude/prompt-caching",
        {"model": {"name": "claude-opus-4-8", "params": {"max_completion_tokens": 1024}}},
        [{"role": "system", "content": LONG}, {"role": "user", "content": "May I return it?"}],
        {
            "model": "claude-opus-4-8",
            "max_tokens": 1024,
            "system": [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": "user", "content": "May I return it?"}],
        },
        static=1,
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_the_one_that_the_vendor_shows(name: str) -> None:
    shown = BODIES[name]
    assert build_request(shown.compiled, shown.messages, shown.static, shown.api) == shown.body


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_one_that_the_client_declares(name: str) -> None:
    shown = BODIES[name]
    declared(shown.api).validate([shown.body])


@pytest.mark.parametrize(
    ("api", "change"),
    [
        ("chat", {"messages": [{"role": "user", "content": [{"type": "image", "url": "x"}]}]}),
        ("responses", {"max_completion_tokens": 5}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "b64"}}]}]}),
        ("messages", {"output_config": {"format": {"type": "json_object"}}}),
        ("messages", {"temperature": 0}),
    ],
)
def test_the_declared_types_do_refuse(api: str, change: dict[str, Any]) -> None:
    shown = next(body for body in BODIES.values() if body.api == api)
    assert not declared(api).is_valid([{**shown.body, **change}])
