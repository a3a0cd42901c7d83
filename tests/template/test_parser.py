"""What the parser refuses, what it says then, where, and how it bears hostile input."""

import pytest

from promptstead.template.errors import TemplateError
from promptstead.template.includes import resolve
from promptstead.template.nodes import Emit, Filtered, Include, Path
from promptstead.template.parser import parse


def failure(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("a {% set x = 1 %}", "set", "`{% set %}` is not part of promptstead templates"),
        ("{% macro m() %}", "macro", "partial"),
        ("{% extends 'a' %}", "extends", "include"),
        ("{{ a + 1 }}", "+", "compute before"),
        ("{{ a ~ b }}", "~", "one after the other"),
        ("{{ f(x) }}", "(", "calls are not part"),
        ("{{ a.lower() }}", "(", "calls are not part"),
        ("{{ a if b else c }}", "if", "use `{% if"),
        ("{{ a, b }}", ",", "write a list"),
        ("{% for x in xs if x %}{% endfor %}", "if", "inside the loop"),
        ("{{ a | uper }}", "uper", "did you mean `upper`?"),
        ("{{ a | sort }}", "sort", "sort the list before"),
        ("{{ a is odd }}", "odd", "only tests"),
        ("{{ a[b] }}", "b", "literal text or integer"),
        ("{{ a.0 }}", "0", "write `a[0]`"),
        ("{{ é }}", "é", "ASCII"),
        ("{{ 'a }}", "'", "never closed"),
        ("{{ 12x }}", "1", "not a number"),
        ("{{ 9007199254740993 }}", "9007199254740993", "larger than"),
        ('{{ "\\d" }}', "\\d", "not an escape"),
        ('{{ "\\ud83d" }}', "\\ud83d", "not an escape"),
        ("{{ loop.index }}", "loop.index", "only inside"),
        ("{% for x in xs %}{{ loop.previtem }}{% endfor %}", "loop.previtem", "loop.index"),
        ("{{ a | fence(name) }}", "name", "must be a literal"),
        ("{{ a | fence('A b') }}", "'A b'", "lower-case"),
        ("{{ a | replace('x') }}", "replace", "needs `new`"),
        ("{% fro x in y %}", "fro", "did you mean `for`?"),
        ("{% include name %}", "name", "as a text literal"),
        ("x{% endif %}", "{% endif %}", "closes nothing"),
        ("x{% if a %}y", "{% if a %}", "never closed"),
        ("x{# a", "{#", "never closed"),
        ("x{{ a", "{{", "never closed"),
        ("{% raw %}x", "{% raw %}", "never closed"),
        ("{% if a %}{% else %}{% elif b %}{% endif %}", "{% elif b %}", "does not belong"),
        ("{{ a is defined in b }}", "a is defined", "parentheses"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, marked: str, words: str) -> None:
    error = failure(text)
    assert text[error.start : error.end] == marked
    assert words in str(error)


@pytest.mark.parametrize(
    "path", ["../a.md", "/etc/passwd", "a/../../b", "a\\\\b", "C:/a", "a//b", "./a", "", "a\\u0000b", "a/" + "b" * 600]
)
def test_an_include_stays_in_its_folder(path: str) -> None:
    assert "path" in failure(f'{{% include "{path}" %}}').message


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}" * 100_000,
        "{{ " + "(" * 500_000 + " }}",
        "{{ " + "(" * 500_000,
        "{{ " + "[" * 1000 + "]" * 1000 + " }}",
        "{{ " + "not " * 200_000 + "a }}",
        "{{ " + "(not " * 64 + "not " * 64 + "a" + ")" * 64 + " }}",
        "{{ a | default(" * 1 + "a | default(" * 1000 + "b" + ")" * 1001 + " }}",
        "x" * (1 << 20) + "x",
        "{% if a %}" * 1_000_000,
    ],
)
def test_hostile_nesting_is_one_error(text: str) -> None:
    assert len(str(failure(text))) < 600


def test_long_chains_are_no_nesting() -> None:
    text = (
        "{{ a"
        + " | trim" * 20_000
        + " }}{{ a"
        + " and a" * 20_000
        + " }}{% if a %}"
        + "{% elif a %}" * 5000
        + "{% endif %}"
    )
    assert len(parse(text).body) == 3


def test_spans_are_exact() -> None:
    text = 'é {{ customer.name["x y"][0] | default("a") | upper }}'
    node = parse(text).body[1]
    assert isinstance(node, Emit)
    assert isinstance(node.value, Filtered)
    assert isinstance(node.value.value, Path)
    assert text[node.start : node.end] == text[2:]
    assert text[node.value.value.start : node.value.value.end] == 'customer.name["x y"][0]'
    assert [text[call.start : call.end] for call in node.value.filters] == ['default("a")', "upper"]


class TestIncludes:
    def test_a_partial_is_put_in_place(self) -> None:
        resolved = resolve(parse('{% include "a.md" %}'), {"a.md": "text"}.get)
        node = resolved.body[0]
        assert isinstance(node, Include)
        assert node.template is not None
        assert (node.template.source, node.template.text) == ("a.md", "text")

    @pytest.mark.parametrize(
        ("files", "source", "words"),
        [
            ({}, None, "there is no partial `a.md`"),
            ({"a.md": '{% include "b.md" %}', "b.md": ' {% include "a.md" %}'}, "b.md", "a.md → b.md → a.md"),
            ({"a.md": '{% include "a.md" %}'}, "a.md", "includes itself"),
            ({"a.md": "x{% if %}"}, "a.md", "an expression is missing"),
            ({"a.md": '{% include "b.md" %}'}, "a.md", "there is no partial `b.md`"),
            ({"a.md": "{{ loop.index }}"}, "a.md", "only inside"),
        ],
    )
    def test_errors_name_the_partial(self, files: dict[str, str], source: str | None, words: str) -> None:
        with pytest.raises(TemplateError) as caught:
            resolve(parse('{% for x in xs %}{% include "a.md" %}{% endfor %}'), files.get)
        assert caught.value.source == source
        assert words in str(caught.value)

    def test_depth_and_size_are_bounded(self) -> None:
        chain = {f"{n}.md": f'{{% include "{n + 1}.md" %}}' for n in range(20)}
        fan = {f"{n}.md": f'{{% include "{n + 1}.md" %}}' * 10 for n in range(15)} | {"15.md": ""}
        blocks = {
            f"{n}.md": "{% if a %}" * 10 + f'{{% include "{n + 1}.md" %}}' + "{% endif %}" * 10 for n in range(14)
        }
        for files, words in ((chain, "deeper than 16"), (fan, "longer than"), (blocks, "deeper than 64")):
            with pytest.raises(TemplateError, match=words):
                resolve(parse('{% include "0.md" %}'), files.get)
