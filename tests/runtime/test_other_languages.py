"""The same bundle renders the same in JavaScript: the program language leaves nothing to the language that runs it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from promptstead.release.bundle import write_bundle
from promptstead.runtime.bundle import open_bundle
from promptstead.template.compiler import compile_placeholders, compile_template
from promptstead.template.parser import parse

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


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_renders_every_vector_alike(tmp_path: Path) -> None:
    specs: dict[str, Any] = {name: {"schema": {}, "trust": "untrusted"} for name in INPUTS}
    specs["extra"] = {"schema": {"type": "string"}, "required": False, "default": "given by default"}
    messages: list[dict[str, Any]] = [{"role": "user", "content": compile_template(parse(text))} for text in TEMPLATES]
    messages.append({"role": "system", "content": compile_placeholders("{{n}} {{ n }} {{missing}} {{s}}")})
    prompt = {
        "format": "promptstead/prompt/v1",
        "id": "any/thing",
        "inputs": specs,
        "messages": messages,
        "model": {"name": "m"},
    }
    write_bundle([prompt], str(tmp_path / "first"), commit="")
    expected = open_bundle(tmp_path / "first")["any/thing"].messages(**INPUTS)
    write_bundle(
        [prompt], str(tmp_path / "b"), commit="", vectors={"any/thing": [{"inputs": INPUTS, "messages": expected}]}
    )
    done = subprocess.run(["node", str(READER), str(tmp_path / "b")], capture_output=True, check=True)
    (result,) = json.loads(done.stdout)
    for ours, theirs in zip(expected, result["messages"], strict=True):
        assert theirs == ours
