"""A server that drops what it was asked for, or does not say what it used: recorded as it is, and named."""

from tests.command_line import Result
from tests.commands.test_eval_live import serving
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import at_home

APIS = ("chat", "responses", "messages")
PROVIDER = """\
[providers.{api}]
base_url = "{url}"
api = "{api}"
key_env = "LOOP_KEY"
"""
PROMPT = """\
schema: promptstead/v1
title: Mood
model: {{name: {api}/tiny-1, params: {{max_completion_tokens: 50}}}}
inputs: {{text: {{schema: {{type: string, minLength: 1}}, trust: trusted}}}}
messages: [{{role: user, content: "Mood of {{{{ text }}}}?"}}]
output:
  format: json
  schema: {{type: object, required: [mood], additionalProperties: false, properties: {{mood: {{type: string}}}}}}
evaluators: {{valid: {{type: json-schema}}}}
gate: {{hard: [valid]}}
cases: [{{id: first, inputs: {{text: shoes}}}}]
"""


def record(repository: ScratchRepository, server: Server) -> Result:
    """Return what `record` says of a prompt for each API."""
    for api in APIS:
        repository.write(f"prompts/{api}.prompt.yml", PROMPT.format(api=api))
    with serving(server):
        settings = "".join(PROVIDER.format(api=api, url=server.address(api)) for api in APIS)
        repository.write("promptstead.toml", settings)
        return at_home("record", cwd=repository.root, env={"LOOP_KEY": KEY})


def test_a_server_that_ignores_the_schema_is_seen_by_what_it_answers(repository: ScratchRepository) -> None:
    server = Server(say=lambda body: "The mood is good.")
    record(repository, server)
    for body in server.bodies:
        assert "mood" in str(body.get("response_format") or body.get("text") or body.get("output_config"))
    left = at_home("accept", "--all", cwd=repository.root)
    assert (left.code, left.err.count("first: fails valid: expected JSON")) == (1, len(APIS)), left
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root).code == 0
    checked = at_home("check", "--no-lint", cwd=repository.root)
    assert checked.code == 1
    assert checked.out.count("FAIL first · valid: expected JSON, got `The mood is good.`") == len(APIS), checked


def test_tokens_that_no_server_counted_are_unknown_and_not_zero(repository: ScratchRepository) -> None:
    done = record(repository, Server(usage=False, say=lambda body: '{"mood": "good"}'))
    assert "3 calls · at least 0 tokens in, 0 out · cost unknown" in done.err, done
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    for api in APIS:
        assert "usage" not in (repository.root / f"prompts/{api}/outputs.yml").read_text(encoding="utf-8")
