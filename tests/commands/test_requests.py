"""What an application sends is what was recorded: the toolkit's calls beside those of the vendors' own clients."""

import json
from collections.abc import Iterator
from typing import Any

import openai

from promptstead import open_bundle
from promptstead.digests import digest
from tests.commands.test_eval_live import serving
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import at_home

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
[models.alias]
provider = "chat"
snapshot = "gpt-5.4-mini-2026-03-17"
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

# name -> what the file has behind its head, params of the model, further cases
FEATURES: dict[str, tuple[str, str, str]] = {
    "plain": (PLAIN, "{}", ""),
    "cap": (PLAIN, "{max_output_tokens: 50, temperature: 0.2}", ""),
    "sampling": (PLAIN, "{max_completion_tokens: 50, temperature: 0, top_p: 0.9}", ""),
    "effort": (PLAIN, "{reasoning_effort: low, verbosity: high, x-note: ours}", ""),
    "extras": (PLAIN, "{extra_body: {top_k: 5}, service_tier: flex, x-note: {ours: true}}", ""),
    "parts": (PARTS, "{}", ""),
    "examples": (EXAMPLES, "{}", ""),
    "history": (HISTORY, "{}", TURNS),
    "tools": (TOOLS + HISTORY, "{tool_choice: required, parallel_tool_calls: false}", TURNS),
    "choice": (TOOLS + PLAIN, "{tool_choice: {type: function, function: {name: lookup}}}", ""),
    "schema": (SCHEMA + PLAIN, "{}", ""),
    "loose": (LOOSE + PLAIN, "{}", ""),
    "json": (JSON + PLAIN, "{max_tokens: 20}", ""),
}
MODELS = {
    "chat": ("chat/gpt-5.4-mini-2026-03-17", "alias"),
    "older": ("older/tiny-1",),
    "responses": ("responses/gpt-5.4-mini-2026-03-17",),
}


def prompts() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each prompt: every feature, for each of the models."""
    for api, names in MODELS.items():
        for name in names:
            for feature, (body, params, more) in FEATURES.items():
                case = "cases:\n  - {id: first, inputs: {text: Nice <shoes> — 12 €}}\n" + more
                model = f"model: {{name: {name}, params: {params}}}\n"
                yield f"prompts/{api}/{feature}-{name.partition('/')[0]}.prompt.yml", HEAD + model + body + case


def canonical(bodies: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(body, sort_keys=True, ensure_ascii=False) for body in bodies)


def send(client: openai.OpenAI, request: dict[str, Any]) -> None:
    """Send a request as an application does: through the vendor's client, by its own method."""
    if "input" in request:
        client.responses.create(**request)
    else:
        client.chat.completions.create(**request)


def test_an_application_sends_what_was_recorded(repository: ScratchRepository) -> None:
    recorded, sent = Server(usage=True), Server()
    written = dict(prompts())
    assert len(written) >= 30
    for path, text in written.items():
        repository.write(path, text)
    with serving(recorded):
        repository.write("promptstead.toml", SETTINGS.replace("{url}", recorded.base_url))
        repository.commit()
        done = at_home("record", cwd=repository.root, env={"LOOP_KEY": KEY})
        assert "answers recorded" in done.out, done.err
    assert at_home("bundle", "build", cwd=repository.root).code == 0
    bundle = open_bundle(repository.root / "promptstead.bundle")
    asked = 0
    with serving(sent), openai.OpenAI(base_url=sent.base_url, api_key=KEY, max_retries=0) as client:
        for prompt_id, prompt in bundle.items():
            for vector in json.loads(bundle.file(f"vectors/{prompt_id}.json"))["vectors"]:
                send(client, prompt.request(vector["history"], **vector["inputs"]))
                asked += 1
    assert len(recorded.bodies) == asked >= len(written)
    assert canonical(sent.bodies) == canonical(recorded.bodies)
    assert len({digest(body) for body in sent.bodies}) > 30
