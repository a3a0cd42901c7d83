"""Whatever our parser accepts, jinja2 parses and renders to the same text; the program goes through JSON on its way."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, StrictUndefined, Undefined, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from promptstead.errors import PromptsteadError
from promptstead.runtime.filters import FILTERS
from promptstead.runtime.program import render
from promptstead.runtime.values import RenderError, text_of
from promptstead.template.compiler import compile_template
from promptstead.template.includes import resolve
from promptstead.template.parser import parse

PARTIALS = {
    "partials/plain.md": "One line.\n",
    "partials/uses.md": "  {% if n > 1 %}\n  many {{ t }}\n  {% endif %}\nend",
    "partials/nested.md": '<{% include "partials/plain.md" %}>{# note #}\n{{ rec.name }}\n',
}

texts = st.text(st.sampled_from('ab Zß\n\t"\\<é😀ǆ\u2028\x1f'), max_size=6)
numbers = st.one_of(st.integers(-5, 5), st.sampled_from([0.5, -2.0, 1e21, 1.5e-7, 123456789012345680000.0]))
contexts = st.fixed_dictionaries(
    {
        "s": texts,
        "t": texts,
        "n": numbers,
        "k": numbers,
        "b": st.booleans(),
        "z": st.none(),
        "xs": st.lists(texts, max_size=3),
        "ns": st.lists(numbers, max_size=3),
        "m": st.dictionaries(texts, numbers, max_size=3),
        "rec": st.fixed_dictionaries({"name": texts, "tags": st.lists(texts, max_size=2), "items": texts}),
    },
    optional={"maybe": texts},
)


class DataEnvironment(SandboxedEnvironment):
    """Jinja2 where a lookup finds data and nothing else."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, (dict, list)):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return getattr(obj, attribute) if isinstance(obj, LoopContext) else self.getitem(obj, attribute)


def finalize(value: Any) -> str:
    return str(value) if isinstance(value, Undefined) else text_of(value)


def environment() -> DataEnvironment:
    found = DataEnvironment(
        loader=DictLoader(PARTIALS),
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.globals.clear()
    # These four differ on purpose; every other filter is jinja2's own.
    found.filters.update({name: FILTERS[name] for name in ("join", "tojson", "fence", "items")})
    return found


def quoted(text: str) -> str:
    return json.dumps(text).replace("\\ud83d\\ude00", "😀")


def both(left: st.SearchStrategy[str], words: list[str], right: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda a, word, b: f"{a} {word} {b}", left, st.sampled_from(words), right)


string = st.one_of(
    texts.map(quoted),
    st.sampled_from(
        ["s", "t", "rec.name", 'rec["items"]', "maybe", "rec.nothing", "xs[0]", "xs[-1]", "xs | first", "s|last"]
    ),
    st.builds(
        lambda value, name: f"{value} | {name}",
        st.sampled_from(["s", "t", "rec.name", '"aB"']),
        st.sampled_from(
            [
                "upper",
                "lower|trim",
                "trim",
                'replace("a", t)',
                'replace("é", "")',
                "indent",
                "indent(2, true)",
                'fence("doc")',
                "indent(width=t, blank=b)",
                "tojson",
                'default("x", boolean=true)',
                'default("x")',
            ]
        ),
    ),
    st.sampled_from(
        [
            'maybe | default("none")',
            "xs | join",
            'xs|join(", ")',
            "ns | join(s)",
            "rec | tojson",
            "m|tojson(indent=2)",
            "m",
            "rec",
            "xs",
            'rec.nothing | default(maybe) | default("q")',
            "[s, n, [b, none]]",
            "m | items",
            "xs|first|default(t)",
        ]
    ),
)
number = st.one_of(
    st.sampled_from(
        [
            "n",
            "k",
            "-1",
            "2.50",
            "0",
            "1e3",
            "s | length",
            "xs|length",
            "m | length",
            "ns[0]",
            "ns|last",
            "z.n | default(3)",
        ]
    )
)
truth: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(
            ["b", "true", "False", "z", "maybe is defined", "rec.nothing is not defined", "m", "xs", "s", "n"]
        ),
        both(number, ["<", "<=", ">", ">=", "==", "!=", "< 2 <="], number),
        both(
            st.sampled_from(["s", "t", '"a"']),
            ["==", "!=", "<", "in", "not in"],
            st.sampled_from(["s", "t", "rec.name"]),
        ),
        both(st.sampled_from(["s", "t", '"a"']), ["in", "not in"], st.sampled_from(["xs", "m", "rec", '["a", s]'])),
        both(st.sampled_from(["n", "k", "-1"]), ["in", "not in"], st.sampled_from(["ns", "[1, -2.0]"])),
        both(truth, ["and", "or"], truth),
        truth.map(lambda inner: f"not {inner}"),
        truth.map(lambda inner: f"({inner})"),
    )
)
expression = st.one_of(string, number, truth)
sign = st.sampled_from(["", "", "", "-", "+"])
close = st.sampled_from(["", "", "", "-"])
space = st.sampled_from(["", " ", "\n", "\n  ", " \n\n", "\t", "x", "} ", "é\n "])


@st.composite
def tag(draw: st.DrawFn, inside: str) -> str:
    return f"{{%{draw(sign)} {inside} {draw(close)}%}}"


@st.composite
def block(draw: st.DrawFn, body: st.SearchStrategy[str]) -> str:
    what = draw(st.sampled_from(["if", "elif", "for", "pairs", "raw", "comment", "include"]))
    inner = draw(space) + draw(body) + draw(space)
    other = draw(space) + draw(body) + draw(space)
    if what == "raw":
        return (
            draw(tag("raw")).replace("{%+", "{%") + draw(space) + "{{ x }}{% y %}" + draw(space) + draw(tag("endraw"))
        )
    if what == "comment":
        return f"{{#{draw(sign)} {{{{ no }}}} {draw(close)}#}}"
    if what == "include":
        return draw(st.sampled_from(sorted(PARTIALS)).flatmap(lambda path: tag(f'include "{path}"')))
    if what in ("if", "elif"):
        middle = draw(truth.flatmap(lambda code: tag(f"elif {code}"))) + other if what == "elif" else ""
        return (
            draw(truth.flatmap(lambda code: tag(f"if {code}")))
            + inner
            + middle
            + draw(tag("else"))
            + other
            + draw(tag("endif"))
        )
    if what == "pairs":
        head, use = "for key, value in m | items", "{{ key }}{{- value }}"
    else:
        head = f"for item in {draw(st.sampled_from(['xs', 'ns', 'm', '[s, 1, b]', 'rec.tags', 'maybe']))}"
        use = draw(
            st.sampled_from(
                ["{{ item }}", "{{ loop.index }}/{{ loop.length }}", "{% if not loop.last %},{% endif %}", "{{ s }}"]
            )
        )
    return draw(tag(head)) + inner + use + draw(tag("else")) + other + draw(tag("endfor"))


templates = st.recursive(
    st.one_of(
        space, expression.map(lambda code: "{{ " + code + " }}"), expression.map(lambda code: "{{- " + code + " -}}")
    ),
    lambda inner: st.one_of(block(inner), st.lists(st.one_of(inner, space), max_size=4).map("".join)),
    max_leaves=6,
)


def ours(text: str, values: dict[str, Any]) -> str:
    program = compile_template(resolve(parse(text), PARTIALS.get))
    return render(json.loads(json.dumps(program)), values)


@settings(max_examples=200, deadline=None)
@given(templates, contexts)
def test_renders_what_jinja2_renders(text: str, values: dict[str, Any]) -> None:
    template = environment().from_string(text)
    try:
        rendered = ours(text, values)
    except RenderError as error:
        # Our errors about types are stricter than jinja2's; what is undefined must be undefined for both.
        if error.path:
            try:
                template.render(values)
            except UndefinedError:
                return
            raise AssertionError(f"jinja2 renders it: {error}") from error
        return
    assert rendered == template.render(values)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "{%",
                "%}",
                "{{",
                "}}",
                "{#",
                "#}",
                "-",
                "+",
                " ",
                "\n",
                "\r\n",
                " raw ",
                " endraw ",
                " if s ",
                " endif ",
                "s",
                "'a'",
                "x",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_white_space_and_delimiters_are_jinja2s(text: str) -> None:
    values = {"s": "S", "x": "X"}
    try:
        rendered = ours(text, values)
    except PromptsteadError:
        return
    assert rendered == environment().from_string(text).render(values)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "s",
                "n",
                "not",
                "and",
                "or",
                "in",
                "is",
                "defined",
                "==",
                "<",
                "(",
                ")",
                "[",
                "]",
                ",",
                "|",
                "upper",
                ".",
                "1",
                "-1",
                "'a'",
                "length",
                "default",
                "true",
            ]
        ),
        max_size=9,
    ).map(" ".join)
)
def test_what_we_parse_jinja2_parses_to_the_same_value(code: str) -> None:
    text = "{{ " + code + " }}"
    values = {"s": "S", "n": 3, "upper": "U", "length": 2, "defined": ["a"]}
    try:
        rendered = ours(text, values)
    except PromptsteadError:
        return
    assert rendered == environment().from_string(text).render(values)
