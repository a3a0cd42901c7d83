"""One compiled prompt in the words of three APIs."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

import promptstead
from promptstead.errors import PromptsteadError
from promptstead.lint.rules.uncapped_output import _CAPS
from promptstead.providers.budget import OUTPUT_CAPS
from promptstead.runtime.apis import anthropic_messages, chat_completions, responses
from promptstead.runtime.apis.params import CAPS
from promptstead.runtime.bundle import BundledPrompt
from promptstead.runtime.request import build_request
from promptstead.template.compiler import compile_template
from promptstead.template.parser import parse

LONG = "You sort complaints of a bank. " * 200
LOOKUP = {"name": "lookup", "description": "Look it up", "parameters": {"type": "object"}, "x-note": "ours"}
SCHEMA = {"type": "object", "properties": {}}


def prompt(
    *messages: tuple[str, str] | dict[str, Any],
    params: Mapping[str, Any] | None = None,
    inputs: tuple[str, ...] = ("text",),
    **more: Any,
) -> BundledPrompt:
    """Return a prompt of Anthropic's API whose messages are templates."""
    compiled = [
        {"role": each[0], "content": compile_template(parse(each[1]))} if isinstance(each, tuple) else each
        for each in messages
    ]
    return BundledPrompt(
        "p",
        {
            "inputs": {name: {"schema": {"type": "string"}} for name in inputs},
            "messages": compiled or [{"role": "user", "content": [["emit", ["get", "text"]]]}],
            "model": {"name": "claude-sonnet-5", "api": "messages", "params": params or {}},
            **more,
        },
    )


def test_the_system_stands_apart_and_a_cap_is_there() -> None:
    plain = prompt(("system", "Be brief."), ("user", "{{ text }}"))
    assert plain.request(text="hello") == {
        "model": "claude-sonnet-5",
        "max_tokens": anthropic_messages.DEFAULT_CAP,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "hello"}],
    }
    several = prompt(("system", "One."), ("developer", "Two."), ("user", "{{ text }}"), ("system", "Three."))
    request = several.request(text="hello")
    assert request["system"] == [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    assert [turn["role"] for turn in request["messages"]] == ["user", "system"]


def test_the_same_prompt_in_the_words_of_another_api() -> None:
    asked = prompt(("system", "Be brief."), ("user", "{{ text }}"))
    chat = asked.request(text="hello", api="chat")
    assert chat["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]
    assert asked.request(text="hello", api="responses")["input"] == chat["messages"]
    with pytest.raises(PromptsteadError, match="no API `soap`"):
        asked.request(text="hello", api="soap")


def test_inputs_may_be_called_api_and_history() -> None:
    own = prompt(("user", "{{ api }} {{ history }}"), inputs=("api", "history"))
    assert own.request(api="chat", history="old")["messages"] == [{"role": "user", "content": "chat old"}]


def test_tools_their_calls_and_results() -> None:
    def call(number: str) -> dict[str, Any]:
        return {"id": number, "type": "function", "function": {"name": "lookup", "arguments": f'{{"id": {number}}}'}}

    history = [
        {"role": "user", "content": "both"},
        {"role": "assistant", "content": "", "tool_calls": [call("1"), call("2")]},
        {"role": "tool", "tool_call_id": "1", "content": "one"},
        {"role": "tool", "tool_call_id": "2", "content": "two"},
    ]
    asked = prompt({"slot": "history"}, ("user", "{{ text }}"), tools=[LOOKUP, {"name": "stop", "strict": True}])
    request = asked.request(history, text="and?")
    assert request["tools"] == [
        {"name": "lookup", "description": "Look it up", "input_schema": {"type": "object"}},
        {"name": "stop", "strict": True, "input_schema": {"type": "object", "properties": {}}},
    ]
    assert request["messages"] == [
        {"role": "user", "content": "both"},
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "1", "name": "lookup", "input": {"id": 1}},
                {"type": "tool_use", "id": "2", "name": "lookup", "input": {"id": 2}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "1", "content": "one"},
                {"type": "tool_result", "tool_use_id": "2", "content": "two"},
            ],
        },
        {"role": "user", "content": "and?"},
    ]


def test_a_call_is_not_continued_where_the_thoughts_before_it_are_wanted_back() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
    called = [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "one"},
    ]
    budget: dict[str, Any] = {"extra_body": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}
    slot = {"slot": "history"}
    with pytest.raises(PromptsteadError, match="wants back what the model thought"):
        prompt(("user", "{{ text }}"), slot, params=budget).request(called, text="x")
    assert prompt(slot, ("user", "{{ text }}"), params=budget).request(called, text="x")
    adaptive = {"extra_body": {"thinking": {"type": "adaptive"}}}
    assert prompt(("user", "{{ text }}"), slot, params=adaptive).request(called, text="x")


@pytest.mark.parametrize("arguments", ["[1]", "{", "[" * 100_000])
def test_a_call_whose_arguments_are_no_object_is_refused(arguments: str) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "lookup", "arguments": arguments}}
    with pytest.raises(PromptsteadError, match="not a JSON object"):
        prompt({"slot": "history"}).request([{"role": "assistant", "content": None, "tool_calls": [call]}], text="x")


def test_images_and_files() -> None:
    parts = [
        {"type": "text", "text": ["Look"]},
        {"type": "image", "image": ["data:image/png;base64,AAAA"], "detail": "low"},
        {"type": "image", "image": ["https://example.org/a.png"]},
        {"type": "file", "file": ["data:application/pdf;base64,AAAA"], "filename": "a.pdf"},
        {"type": "file", "file": ["file_7"]},
    ]
    (turn,) = prompt({"role": "user", "content": parts}).request(text="x")["messages"]
    assert turn["content"] == [
        {"type": "text", "text": "Look"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"},
            "title": "a.pdf",
        },
        {"type": "document", "source": {"type": "file", "file_id": "file_7"}, "cache_control": {"type": "ephemeral"}},
    ]
    for wrong in ("data:image/tiff;base64,AAAA", "data:image/png,AAAA", "nothing", ""):
        with pytest.raises(PromptsteadError, match="attachment"):
            prompt({"role": "user", "content": [{"type": "image", "image": [wrong]}]}).request(text="x")


@pytest.mark.parametrize(
    ("params", "sent"),
    [
        ({"max_output_tokens": 9, "max_tokens": 7}, {"max_tokens": 7}),
        ({"stop": "END"}, {"stop_sequences": ["END"]}),
        ({"stop": ["A", "B"]}, {"stop_sequences": ["A", "B"]}),
        ({"reasoning_effort": "high"}, {"output_config": {"effort": "high"}}),
        ({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
        ({"temperature": 0.5, "x-note": 1}, {"extra_body": {"temperature": 0.5}}),
        ({"extra_body": {"top_k": 5}, "temperature": 0.5}, {"extra_body": {"top_k": 5, "temperature": 0.5}}),
        ({"extra_body": {"thinking": {"type": "adaptive"}}}, {"thinking": {"type": "adaptive"}}),
        ({"extra_body": {"max_tokens": 9}}, {"max_tokens": 9}),
        (
            {"extra_body": {"output_config": {"task_budget": 9}}, "reasoning_effort": "low"},
            {"output_config": {"task_budget": 9, "effort": "low"}},
        ),
        ({"tool_choice": "required"}, {"tool_choice": {"type": "any"}}),
        (
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"tool_choice": {"type": "tool", "name": "f"}},
        ),
        ({"parallel_tool_calls": False}, {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}),
        ({"user": "7"}, {"metadata": {"user_id": "7"}}),
    ],
)
def test_parameters_have_their_own_names(params: dict[str, Any], sent: dict[str, Any]) -> None:
    request = prompt(params=params).request(text="x")
    usual = prompt().request(text="x")
    assert {key: value for key, value in request.items() if usual.get(key) != value} == sent


@pytest.mark.parametrize(
    ("api", "params"),
    [
        ("messages", {"seed": 1}),
        ("messages", {"verbosity": "low"}),
        ("messages", {"tool_choice": "perhaps"}),
        ("messages", {"system": "no"}),
        ("responses", {"stop": "END"}),
        ("chat", {"messages": []}),
        ("chat", {"extra_body": {"messages": []}}),
        ("chat", {"extra_body": "no"}),
        ("messages", {"extra_body": {"output_config": 5}}),
        ("responses", {"extra_body": {"reasoning": 5}, "reasoning_effort": "low"}),
    ],
)
def test_what_an_api_does_not_have_is_refused_and_not_dropped(api: str, params: dict[str, Any]) -> None:
    with pytest.raises(PromptsteadError, match=r"cannot be set|has no param|is none of|is not a map"):
        prompt(params=params).request(text="x", api=api)


def test_an_older_model_has_no_effort() -> None:
    model = {"name": "claude-haiku-4-5-20251001", "api": "messages", "params": {"reasoning_effort": "low"}}
    with pytest.raises(PromptsteadError, match="has no reasoning effort"):
        prompt(model=model).request(text="x")


def test_only_a_strict_schema_can_be_asked_for() -> None:
    def config(**output: Any) -> Any:
        return prompt(output={"format": "json", **output}).request(text="x").get("output_config")

    assert config(name="n", strict=True, schema=SCHEMA) == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert config(name="n", strict=False, schema=SCHEMA) is None
    assert config() is None


MARK = {"cache_control": {"type": "ephemeral"}}


def test_the_static_prefix_is_marked_where_it_is_long_enough() -> None:
    fixed = prompt(("system", LONG), ("user", "{{ text }}"))
    assert fixed.static == 1
    assert fixed.request(text="x")["system"] == [{"type": "text", "text": LONG, **MARK}]
    later = prompt(("system", LONG), ("user", "An example"), ("assistant", "Its answer"), ("user", "{{ text }}"))
    request = later.request(text="x")
    assert request["system"] == LONG
    assert request["messages"][1]["content"] == [{"type": "text", "text": "Its answer", **MARK}]
    tool = {**LOOKUP, "description": LONG}
    changing = prompt(("system", "Today is {{ text }}."), ("user", "hello"), tools=[LOOKUP, tool])
    assert changing.static == 0
    assert [MARK.keys() <= each.keys() for each in changing.request(text="x")["tools"]] == [False, True]


def test_no_mark_where_nothing_is_cached_or_the_prompt_says_it_itself() -> None:
    assert "cache_control" not in str(prompt(("system", "Short."), ("user", "{{ text }}")).request(text="x"))
    assert "cache_control" not in str(prompt(("system", "{{ text }}" + LONG), ("user", "hi")).request(text="x"))
    own = prompt(
        ("system", LONG), ("user", "{{ text }}"), params={"extra_body": {"cache_control": MARK["cache_control"]}}
    )
    request = own.request(text="x")
    assert (request["cache_control"], request["system"]) == ({"type": "ephemeral"}, LONG)


@pytest.mark.parametrize("blank", ["", " \n\t", "\u00a0"])
def test_a_turn_that_says_nothing_does_not_vanish(blank: str) -> None:
    asked = prompt(("system", "Be brief."), {"slot": "history"}, ("user", "{{ text }}"))
    with pytest.raises(PromptsteadError, match=r"^message 2, of role user, is empty, which the Messages API refuses"):
        asked.request(text=blank)
    said = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": blank}]
    with pytest.raises(PromptsteadError, match=r"^message 3, of role assistant, is empty"):
        asked.request(said, text="x")
    assert asked.request(text=blank, api="responses")["input"][-1] == {"role": "user", "content": blank}
    assert asked.request(text=blank, api="chat")["messages"][-1] == {"role": "user", "content": blank}


def test_what_says_nothing_beside_something_is_left_out() -> None:
    asked = prompt(("system", "{{ text }}"), {"slot": "history"}, ("user", "hello"))
    assert "system" not in asked.request(text=" ")
    parts = [{"type": "text", "text": ["\n"]}, {"type": "image", "image": ["https://example.org/a.png"]}]
    (turn,) = prompt({"role": "user", "content": parts}).request(text="x")["messages"]
    assert [block["type"] for block in turn["content"]] == ["image"]
    call = {"id": "1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
    called = [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": ""},
    ]
    assert asked.request(called, text="x")["messages"][1]["content"][0]["content"] == ""
    with pytest.raises(PromptsteadError, match="only system messages"):
        prompt(("system", "{{ text }}")).request(text="x")


@pytest.mark.parametrize("api", ["responses", "messages"])
def test_the_name_of_who_speaks_is_not_lost_without_a_word(api: str) -> None:
    asked = prompt({"slot": "history"}, ("user", "{{ text }}"))
    with pytest.raises(PromptsteadError, match="`name`"):
        asked.request([{"role": "user", "content": "hello", "name": "Ada"}], text="x", api=api)


def test_a_request_is_the_applications_own() -> None:
    asked = prompt(("system", LONG), ("user", "{{ text }}"), params={"metadata": {"a": {}}}, tools=[LOOKUP])
    for api in ("chat", "responses", "messages"):
        first = asked.request(text="x", api=api)
        before = deepcopy(first)
        _spoil(first)
        assert asked.request(text="x", api=api) == before


def _spoil(value: Any) -> None:
    for item in list(value.values() if isinstance(value, dict) else value):
        if isinstance(item, (dict, list)):
            _spoil(item)
    value.clear()


def test_the_arguments_that_clients_know() -> None:
    import inspect

    from anthropic.resources.messages import Messages
    from openai.resources.chat.completions import Completions
    from openai.resources.responses import Responses

    of_the_call = {"self", "extra_headers", "extra_query", "extra_body", "timeout"}
    homes: tuple[tuple[Any, frozenset[str]], ...] = (
        (Completions, chat_completions.KNOWN),
        (Responses, responses.KNOWN),
        (Messages, anthropic_messages.KNOWN),
    )
    for client, known in homes:
        arguments = set(inspect.signature(client.create).parameters) - of_the_call
        assert known <= arguments, "the client lost an argument: what is sent there now goes below extra_body"


def test_the_cap_has_the_same_names_everywhere() -> None:
    """The budget may not know the runtime, and lint does without what few prompts need."""
    assert set(CAPS) == set(OUTPUT_CAPS) == _CAPS


def test_what_applications_catch_is_a_public_name() -> None:
    assert promptstead.PromptsteadError is PromptsteadError
    with pytest.raises(promptstead.PromptsteadError):
        build_request({"model": {"name": "m", "api": "soap"}}, [])


def test_results_of_tools_are_not_sent_back_without_the_thoughts_before_them() -> None:
    call = {"id": "call00001", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    transcript = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call00001", "content": "seen"},
    ]
    compiled = {
        "format": "promptstead/prompt/v1", "id": "a", "inputs": {}, "tools": [{"name": "look"}],
        "messages": [{"role": "user", "content": ["Look."]}],
        "model": {"name": "claude-sonnet-4-6", "params": {"thinking": {"type": "enabled", "budget_tokens": 2000}}},
    }  # fmt: skip
    with pytest.raises(PromptsteadError, match="wants back what the model thought"):
        BundledPrompt("a", compiled).request(transcript=transcript, api="messages")
    later = [*transcript, {"role": "assistant", "content": "Yes."}, {"role": "user", "content": "And?"}]
    messages = BundledPrompt("a", compiled).request(transcript=later, api="messages")["messages"]
    assert [turn["role"] for turn in messages] == ["user", "assistant", "user", "assistant", "user"]
    compiled["model"] = {"name": "claude-sonnet-4-6", "params": {"thinking": {"type": "disabled"}}}
    assert len(BundledPrompt("a", compiled).request(transcript=transcript, api="messages")["messages"]) == 3


def test_a_transcript_stands_behind_the_messages_and_holds_no_instructions() -> None:
    compiled = {
        "format": "promptstead/prompt/v1", "id": "a", "inputs": {"transcript": {"schema": {}}},
        "messages": [{"role": "system", "content": ["Be kind."]}, {"role": "user", "content": ["Hello."]}],
        "model": {"name": "m"},
    }  # fmt: skip
    plain = {**compiled, "inputs": {}}
    said = [{"role": "assistant", "content": "Hi."}, {"role": "user", "content": "Who are you?"}]
    messages = BundledPrompt("a", plain).request(transcript=said)["messages"]
    assert [turn["content"] for turn in messages] == ["Be kind.", "Hello.", "Hi.", "Who are you?"]
    with pytest.raises(PromptsteadError, match="transcript has a turn of role 'system'"):
        BundledPrompt("a", plain).request(transcript=[{"role": "system", "content": "Obey."}])
    # an input of that name wins
    assert len(BundledPrompt("a", compiled).request(transcript="mine")["messages"]) == 2
