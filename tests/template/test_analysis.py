"""Which inputs a template uses, and where their data lands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.runtime.program import render
from promptstead.runtime.values import RenderError
from promptstead.template.analysis import Output, PathUse, Text, flow, paths
from promptstead.template.compiler import compile_template, placeholders
from promptstead.template.includes import resolve
from promptstead.template.parser import parse


def used(text: str) -> list[tuple[str, bool, str]]:
    return [(".".join(map(str, use.path)), use.guarded, use.kind) for use in paths(parse(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ a.b[0] }}", [("a.b.0", False, "output")]),
        (
            "{% if a is defined and a.b %}{{ a }}{% else %}{{ a }}{% endif %}",
            [
                ("a", True, "condition"),
                ("a.b", True, "condition"),
                ("a", True, "output"),
                ("a", False, "output"),
            ],
        ),
        (
            "{% if a is not defined or a == 1 %}{{ a }}{% else %}{{ a }}{% endif %}",
            [
                ("a", True, "condition"),
                ("a", True, "condition"),
                ("a", False, "output"),
                ("a", True, "output"),
            ],
        ),
        (
            "{% if not (a is defined) %}{% elif b %}{{ a }}{% endif %}",
            [
                ("a", True, "condition"),
                ("b", False, "condition"),
                ("a", True, "output"),
            ],
        ),
        (
            "{{ a | default(b) | upper }}{{ a | upper | default(b) }}",
            [
                ("a", True, "output"),
                ("b", False, "output"),
                ("a", False, "output"),
                ("b", False, "output"),
            ],
        ),
        (
            "{% for x in xs %}{{ x.name }}{{ loop.index }}{% else %}{{ x }}{% endfor %}{{ x }}",
            [
                ("xs", False, "loop"),
                ("xs.*.name", False, "output"),
                ("x", False, "output"),
                ("x", False, "output"),
            ],
        ),
        (
            "{% for k, v in m | items %}{{ k }}{{ v[0] }}{% for w in v.ws %}{{ w }}{% endfor %}{% endfor %}",
            [
                ("m", False, "loop"),
                ("m.*.0", False, "output"),
                ("m.*.ws", False, "loop"),
                ("m.*.ws.*", False, "output"),
            ],
        ),
        ("{% for x in [a, b] %}{{ x.c }}{% endfor %}", [("a", False, "loop"), ("b", False, "loop")]),
    ],
)
def test_paths(text: str, expected: list[tuple[str, bool, str]]) -> None:
    assert used(text) == expected


def test_a_path_in_a_partial_names_it() -> None:
    resolved = resolve(parse('{{ a }}{% include "p.md" %}'), {"p.md": "é {{ b.c }}"}.get)
    assert paths(resolved)[1] == PathUse(("b", "c"), 5, 8, "p.md", False, "output")


@pytest.mark.parametrize(
    ("text", "roots", "fenced"),
    [
        ("{{ a }}", {"a"}, False),
        ("{{ a | fence('x') }}", {"a"}, True),
        ("{{ a | fence('x') | upper }}", {"a"}, False),
        ("{{ a | length }}", set(), False),
        ("{{ a == b }}", set(), False),
        ("{{ a | length | default(b) }}", {"b"}, False),
        ("{{ a and b or 'x' }}", {"a", "b"}, False),
        ("{{ a | replace('x', b) | tojson }}", {"a", "b"}, False),
        ("{% for k, v in a | items %}{{ k }}{% endfor %}", {"a"}, False),
        ("{% for x in [a, 1] %}{{ [x] }}{% endfor %}", {"a"}, False),
        ("{% if a %}{{ 'yes' }}{% endif %}", set(), False),
    ],
)
def test_what_reaches_an_output(text: str, roots: set[str], fenced: bool) -> None:
    (output,) = [item for item in flow(parse(text)) if isinstance(item, Output)]
    assert (set(output.roots), output.fenced) == (roots, fenced)


def test_flow_takes_every_branch_in_order() -> None:
    items = flow(
        parse("1{% if a %}2{% elif b %}3{{ c }}{% else %}4{% endif %}{% for x in a %}5{% else %}6{% endfor %}7")
    )
    assert "".join(item.text if isinstance(item, Text) else "." for item in items) == "123.4567"


PIECES = [
    "{{ a }}",
    "{{ b | upper }}",
    "{{ a | length }}",
    "{{ b == a }}",
    "{% for x in [a] %}{{ x }}{% endfor %}",
    "{{ c.k }}",
    "{% for k, v in c | items %}{{ k }}{{ v }}{% endfor %}",
    "{{ a and b }}",
    "{{ b in c }}",
    "{{ [a, c] | tojson }}",
    "{% if a %}{{ b }}{% else %}{{ c }}{% endif %}",
    "{{ a | replace('x', b) }}",
    "{{ 'x' | default(a) }}",
    "{{ c | fence('c') }}",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=4).map("".join))
def test_nothing_lands_where_the_analysis_does_not_see_it(text: str) -> None:
    template = parse(text)
    marks = {"a": "\ue000", "b": "\ue001", "c": "\ue002"}
    values = {"a": marks["a"], "b": marks["b"], "c": {"k": marks["c"], marks["c"]: "v"}}
    rendered = render(compile_template(template), values)
    seen = {root for item in flow(template) if isinstance(item, Output) for root in item.roots}
    assert {name for name, mark in marks.items() if mark in rendered} <= seen


def test_unguarded_paths_are_those_that_can_be_missing() -> None:
    text = "{% if a is defined %}{{ a }}{% endif %}{{ b | default('-') }}"
    assert all(use.guarded for use in paths(parse(text)))
    assert render(compile_template(parse(text)), {}) == "-"
    with pytest.raises(RenderError):
        render(compile_template(parse(text + "{{ a }}")), {})


def test_placeholders_of_github_models() -> None:
    text = "{{a}} {{ b }} {{c-d}} {{{e}}}"
    assert [(name, text[start:end]) for name, start, end in placeholders(text)] == [
        ("a", "a"),
        ("c-d", "c-d"),
        ("e", "e"),
    ]
