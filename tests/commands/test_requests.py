"""What an application sends is what was recorded: the toolkit's calls beside those of the vendors' own clients."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import anthropic
import openai
import pytest

from promptstead import open_bundle
from promptstead.digests import digest
from tests.commands.test_eval_live import serving
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import at_home
from tests.vendor_types import declared

SETTINGS = """\
[providers.chat]
base_url = "{url}"
key_env = "LOOP_KEY"
[providers.older]
base_url = "{url}"
key_env = "LOOP_KEY"
output_cap = "max_tokens"
json_schema = "json_object"
[providers.responses]
base_url = "{url}"
key_env = "LOOP_KEY"
api = "responses"
[providers.messages]
base_url = "{root}"
key_env = "LOOP_KEY"
api = "messages"
[models.alias]
provider = "chat"
snapshot = "gpt-5.4-mini-2026-03-17"
[models.careful]
provider = "messages"
snapshot = "claude-haiku-4-5-20251001"
"""
HEAD = """\
schema: promptstead/v1
title: A prompt
inputs:
  text: {schema: {type: string}, trust: untrusted}
  tone: {schema: {type: string}, trust: trusted, required: false, default: plain}
"""
SYSTEM = "  - {role: system, content: 'Be brief, in a {{ tone }} tone.'}\n"
USER = "  - {role: user, content: '{{ text | fence(\"text\") }}'}\n"
PLAIN = "messages:\n" + SYSTEM + USER
PARTS = """\
messages:
  - role: developer
    content: Say what is in it.
  - role: user
    content:
      - {text: "Look at {{ text }}"}
      - {image: "data:image/png;base64,iVBORw0KGgo=", detail: low}
      - {image: "https://example.org/{{ tone }}.png"}
      - {file: "data:application/pdf;base64,JVBERi0=", filename: a.pdf}
      - {file: file-abc123}
"""
EXAMPLES = f"""\
examples:
  - {{inputs: {{text: nice}}, output: good}}
  - {{inputs: {{text: bad}}, output: {{mood: bad}}}}
messages:
{SYSTEM}  - slot: examples
{USER}"""
HISTORY = "messages:\n" + SYSTEM + "  - slot: history\n" + USER
TOOLS = """\
tools:
  - {name: lookup, description: Look it up, x-note: ours, parameters: {type: object, properties: {id: {type: string}}}}
  - {name: stop, strict: true, parameters: {type: object, properties: {}, required: [], additionalProperties: false}}
"""
TURNS = """\
  - id: second
    inputs: {text: and now?}
    history:
      - {role: user, content: Look up 7}
      - role: assistant
        content: ""
        tool_calls: [{id: c1, type: function, function: {name: lookup, arguments: "{}"}}]
      - {role: tool, tool_call_id: c1, content: seven}
      - {role: assistant, content: It is seven.}
"""
OBJECT = "{type: object, properties: {mood: {type: string}}, required: [mood], additionalProperties: false}"
SCHEMA = f"output: {{format: json, schema: {OBJECT}}}\n"
LOOSE = f"output: {{format: json, name: mood, strict: false, schema: {OBJECT}}}\n"
JSON = "output: {format: json}\n"

LONG = "  - {role: system, content: '" + "You sort complaints of a bank. " * 200 + "'}\n"
LATE = "messages:\n" + SYSTEM + "  - {role: developer, content: Do not guess.}\n" + USER
ADDRESSES = """\
messages:
  - role: user
    content:
      - {text: "Look at {{ text }}"}
      - {image: "data:image/png;base64,iVBORw0KGgo="}
      - {image: "https://example.org/{{ tone }}.png"}
      - {file: "data:application/pdf;base64,JVBERi0=", filename: a.pdf}
      - {file: "https://example.org/terms.pdf"}
"""

USED = "messages:\n  - {role: system, content: 'Answer in a {{ tone }} tone.'}\n" + USER

GITHUB = """\
name: A prompt of another house
model: MODEL
modelParameters: {temperature: 0.1, maxCompletionTokens: 90}
responseFormat: json_schema
jsonSchema: '{"name": "mood", "strict": true, "schema": {"type": "object", "properties": {}}}'
messages:
  - {role: system, content: Be brief.}
  - {role: user, content: "Mood of {{text}}?"}
testData: [{text: Nice shoes}, {text: Bad shoes}]
"""

Feature = tuple[str, str, str]
"""What a prompt file has behind its head, params of the model, further cases."""

FEATURES: dict[str, Feature] = {
    "plain": (PLAIN, "{}", ""),
    "cap": (PLAIN, "{max_output_tokens: 50, temperature: 0.2}", ""),
    "sampling": (PLAIN, "{max_completion_tokens: 50, temperature: 0, top_p: 0.9}", ""),
    "extras": (PLAIN, "{extra_body: {top_k: 5}, service_tier: auto, x-note: {ours: true}}", ""),
    "late": (LATE, "{}", ""),
    "prefix": ("messages:\n" + LONG + USER, "{}", ""),
    "examples": (EXAMPLES, "{}", ""),
    "history": (HISTORY, "{}", TURNS),
    "tools": (TOOLS + HISTORY, "{tool_choice: required, parallel_tool_calls: false}", TURNS),
    "choice": (TOOLS + PLAIN, "{tool_choice: {type: function, function: {name: lookup}}}", ""),
    "schema": (SCHEMA + PLAIN, "{}", ""),
    "loose": (LOOSE + PLAIN, "{}", ""),
    "json": (JSON + PLAIN, "{max_tokens: 20}", ""),
}
OF_OPENAI: dict[str, Feature] = {
    "effort": (PLAIN, "{reasoning_effort: low, verbosity: high, x-note: ours}", ""),
    "parts": (PARTS, "{}", ""),
}
OF_ANTHROPIC: dict[str, Feature] = {
    "parts": (ADDRESSES, "{}", ""),
    "thinking": (PLAIN, "{extra_body: {thinking: {type: enabled, budget_tokens: 2000}}, max_tokens: 4000}", ""),
    "no thinking": (PLAIN, "{reasoning_effort: none}", ""),
    "stops": (PLAIN, "{stop: [END, STOP], extra_body: {metadata: {user_id: a}}}", ""),
    "own mark": ("messages:\n" + LONG + USER, "{extra_body: {cache_control: {type: ephemeral, ttl: 1h}}}", ""),
    "marked tools": (TOOLS.replace("id: {", f"id: {{description: '{'Look it up. ' * 400}', ") + USED, "{}", ""),
    "marked examples": (EXAMPLES.replace("messages:\n", "messages:\n" + LONG), "{}", ""),
}
MODELS = {
    "openai": ("chat/gpt-5.4-mini-2026-03-17", "alias", "older/tiny-1", "responses/gpt-5.4-mini-2026-03-17"),
    "anthropic": ("messages/claude-sonnet-5", "careful"),
}
OF_VENDOR = {"openai": FEATURES | OF_OPENAI, "anthropic": FEATURES | OF_ANTHROPIC}


def prompts(vendor: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each prompt: every feature of a vendor's APIs, for each model."""
    for name in MODELS[vendor]:
        for feature, (body, params, more) in OF_VENDOR[vendor].items():
            case = "cases:\n  - {id: first, inputs: {text: Nice <shoes> — 12 €}}\n" + more
            model = f"model: {{name: {name}, params: {params}}}\n"
            path = f"prompts/{name.partition('/')[0]}/{feature.replace(' ', '-')}.prompt.yml"
            yield path, HEAD + model + body + case
        yield f"prompts/{name.partition('/')[0]}/github.prompt.yml", GITHUB.replace("MODEL", name)


def canonical(bodies: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(body, sort_keys=True, ensure_ascii=False) for body in bodies)


def api_of(request: Mapping[str, Any], vendor: str) -> str:
    return "messages" if vendor == "anthropic" else "responses" if "input" in request else "chat"


def as_declared(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request without what only some servers know: `extra_body`, and a schema beside `json_object`."""
    plain = {key: value for key, value in request.items() if key != "extra_body"}
    if plain.get("response_format", {}).get("type") == "json_object":
        plain["response_format"] = {"type": "json_object"}
    return plain


def open_client(vendor: str, server: Server) -> Any:
    """Return the vendor's client, as an application opens it."""
    if vendor == "anthropic":
        return anthropic.Anthropic(base_url=server.address("messages"), api_key=KEY, max_retries=0)
    return openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0)


def send(client: Any, request: Mapping[str, Any], api: str) -> None:
    """Send a request as an application does: through the vendor's client, by its own method."""
    method = {"chat": "chat.completions.create", "responses": "responses.create", "messages": "messages.create"}[api]
    for name in method.split("."):
        client = getattr(client, name)
    client(**request)


@pytest.mark.parametrize("vendor", MODELS)
def test_an_application_sends_what_was_recorded(repository: ScratchRepository, vendor: str) -> None:
    recorded, sent = Server(usage=True), Server()
    written = dict(prompts(vendor))
    assert len(written) >= 30
    for path, text in written.items():
        repository.write(path, text)
    with serving(recorded):
        settings = SETTINGS.replace("{url}", recorded.base_url).replace("{root}", recorded.address("messages"))
        repository.write("promptstead.toml", settings)
        repository.commit()
        done = at_home("record", cwd=repository.root, env={"LOOP_KEY": KEY})
        assert "answers recorded" in done.out, done.err
    assert at_home("bundle", "build", cwd=repository.root).code == 0
    bundle = open_bundle(repository.root / "promptstead.bundle")
    asked = 0
    with serving(sent), open_client(vendor, sent) as client:
        for prompt_id, prompt in bundle.items():
            for vector in json.loads(bundle.file(f"vectors/{prompt_id}.json"))["vectors"]:
                request = prompt.request(vector["history"], **vector["inputs"])
                api = api_of(request, vendor)
                declared(api).validate([as_declared(request)])
                send(client, request, api)
                asked += 1
    assert len(recorded.bodies) == asked >= len(written)
    assert canonical(sent.bodies) == canonical(recorded.bodies)
    assert len({digest(body) for body in sent.bodies}) > 30
