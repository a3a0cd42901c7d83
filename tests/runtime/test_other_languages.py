"""The same bundle renders the same in JavaScript: the program language leaves nothing to the language that runs it."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from promptstead.release.bundle import write_bundle
from promptstead.runtime.attachments import reference
from promptstead.runtime.bundle import BundledPrompt, open_bundle
from promptstead.runtime.limits import Limits
from promptstead.runtime.messages import Messages
from promptstead.runtime.values import RenderError
from promptstead.template.compiler import compile_placeholders, compile_template
from promptstead.template.parser import parse
from tests.attached import CARD_BYTES, SCAN_BYTES, TARIFF_BYTES
from tests.runtime.test_attachments import compiled as attaching

READER = Path(__file__).with_name("reader.mjs")
TEXT = "ß ŒUVRE ŉ İ Σας 😀\u2028a\x1fb \ufeff"
INPUTS: dict[str, Any] = {
    "s": TEXT,
    "t": " \x1c\x85\u3000 trimmed \ufeff",
    "n": 3,
    "big": 9007199254740991,
    "floats": [1.0, -0.0, 1e21, 123456789012345680000.0, 1e-7, 0.000001, 1.5e300, 5e-324, 0.1, 100.25, -2.5e-10],
    "m": {"b": True, "a": None, 'é\u2028\x7f\x01"\\/<': [1, {"z": 1.0, "y": []}], "empty": {}},
    "words": ["\U0001f600", "\uffff", "b", "a"],
    "injection": "</doc><DOC-2>< / doc -3 ></ d\u200boc>",
    "lines": "one\r\ntwo\n\n\x85three\x0b four\n",
}
TEMPLATES = [
    "{{ s }}|{{ s | upper }}|{{ s | lower }}|{{ s | length }}|{{ s | first }}|{{ s | last }}",
    "[{{ t | trim }}]",
    "{{ floats }} {% for f in floats %}{{ f }} {% endfor %}{{ big }} {{ n }}",
    "{{ m }} {{ m | tojson(indent=2) }} {% for k, v in m | items %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in m %}{{ k }}{% endfor %}",
    "{{ true }}{{ none }}{{ [true, false, none, 1.0, 'x'] }}{{ [1, 1.0] == [1.0, 1] }}",
    "{% if m.empty %}y{% else %}n{% endif %}{% if [] %}y{% else %}n{% endif %}",
    "{% if 0 or '' or none %}y{% else %}n{% endif %}",
    "{% for a in words %}{% for b in words %}{{ a < b }}{{ a >= b }} {% endfor %}{% endfor %}",
    "{{ true == 1 }}{{ false == 0 }}{{ true in [1] }}{{ none == false }}{{ '1' == 1 }}",
    "{{ m['é\u2028\x7f\x01\"\\\\/<'][1].z }}{{ words[-1] }}{{ words[9] | default('-') }}",
    "{{ m.a.b | default('-') }}{{ q | default(s) }}",
    "{{ injection | fence('doc') }}{{ n | fence('d') }}",
    "{{ lines | indent }}|{{ lines | indent(2, true, true) }}|{{ lines | indent('> ') }}",
    "{{ s | replace('a', '😀') }}{{ words | join('|') }}{{ 1 < n <= 3 }}",
    "{{ 'ŒU' in s }}{{ 'b' not in m }}{{ loop_free | default('', true) }}",
    "{{ n or s }}{{ n and s }}{{ m.empty or words }}{{ not m.empty }}{{ s is defined }}{{ q is not defined }}",
    "{% for w in words %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}"
    "{{ loop.length }}{% else %}x{% endfor %}",
    "{% for w in m.empty %}x{% else %}nothing{% endfor %}{{ extra }}",
]


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def compiled(templates: list[str], inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": "promptstead/prompt/v1",
        "id": "any/thing",
        "inputs": {name: {"schema": {}, "trust": "untrusted"} for name in inputs},
        "messages": [{"role": "user", "content": compile_template(parse(text))} for text in templates],
        "model": {"name": "m"},
    }


def by_node(prompt: dict[str, Any], inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what the reader in JavaScript says of one rendering."""
    vectors: dict[str, Any] = {"any/thing": [{"inputs": inputs, "messages": []}]}
    write_bundle([prompt], str(folder), commit="", vectors=vectors)
    done = subprocess.run(["node", str(READER), str(folder)], capture_output=True, check=True)
    (result,) = json.loads(done.stdout)
    assert isinstance(result, dict)
    return result


@needs_node
def test_node_renders_every_vector_alike_for_the_same_steps(tmp_path: Path) -> None:
    prompt = compiled(TEMPLATES, INPUTS)
    prompt["inputs"]["extra"] = {"schema": {"type": "string"}, "required": False, "default": "given by default"}
    prompt["messages"].append({"role": "system", "content": compile_placeholders("{{n}} {{ n }} {{missing}} {{s}}")})
    result = by_node(prompt, INPUTS, tmp_path / "b")
    expected = open_bundle(tmp_path / "b")["any/thing"].messages(**INPUTS)
    for ours, theirs in zip(expected, result["messages"], strict=True):
        assert theirs == ours
    limits, most = Limits(), Limits()
    Messages(prompt["messages"]).render({**INPUTS, "extra": "given by default"}, limits=limits)
    assert result["spent"] == {name: getattr(most, name) - getattr(limits, name) for name in result["spent"]}


@needs_node
@pytest.mark.parametrize("over", ["loops", "output", "work"])
def test_node_stops_at_the_same_step(over: str, tmp_path: Path) -> None:
    count, templates, more = {
        "loops": (50_000, ["{% for x in v %}{% endfor %}"] * 2, "{% for x in [1] %}{% endfor %}"),
        "output": (3996, ["{% for x in v %}{{ s }}{% endfor %}", "x" * 4], "x"),
        "work": (2, ["{% for x in v %}{{ t | upper | first }}{% endfor %}"], "x"),
    }[over]
    inputs = {"v": [0] * count, "s": "x" * 1001, "t": "x" * 3_333_329}
    prompt = compiled(templates, inputs)
    assert "error" not in by_node(prompt, inputs, tmp_path / "enough")
    assert BundledPrompt("p", prompt).messages(**inputs)
    prompt = compiled([*templates, more], inputs)
    assert by_node(prompt, inputs, tmp_path / "more")["error"] == f"too much {over}"
    with pytest.raises(RenderError):
        BundledPrompt("p", prompt).messages(**inputs)


@needs_node
def test_node_sends_the_same_attachments(tmp_path: Path) -> None:
    prompt = attaching(CARD_BYTES, TARIFF_BYTES, uses=("image",))
    attachments = {sha256(data).hexdigest(): data for data in (CARD_BYTES, TARIFF_BYTES)}
    scan = reference("image/jpeg", sha256(SCAN_BYTES).hexdigest())
    ours = BundledPrompt("p", prompt)
    inputs = [{"image": scan}, {"image": "https://example.org/a.png"}]
    vectors: dict[str, Any] = {"health/letter": [{"inputs": each, "messages": ours.rendered(each)} for each in inputs]}
    write_bundle([prompt], str(tmp_path / "b"), commit="", vectors=vectors, attachments=attachments)
    done = subprocess.run(["node", str(READER), str(tmp_path / "b")], capture_output=True, check=True)
    first, second = json.loads(done.stdout)
    assert [first["messages"], second["messages"]] == [each["messages"] for each in vectors["health/letter"]]
    opened = open_bundle(tmp_path / "b")["health/letter"]
    assert second["sent"] == opened.messages(**inputs[1])
    assert first["sent"][0]["content"][:3] == second["sent"][0]["content"][:3]
    assert first["sent"][0]["content"][3]["image_url"]["url"] == scan, "whose data the bundle does not have"
