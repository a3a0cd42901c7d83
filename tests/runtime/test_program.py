"""What a rendering does, refuses and bounds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.runtime.filters import FILTERS
from promptstead.runtime.limits import Limits
from promptstead.runtime.messages import Messages
from promptstead.runtime.program import load, render
from promptstead.runtime.values import RenderError, equal, json_text, number_text, plain, text_of
from promptstead.template.compiler import compile_placeholders, compile_template
from promptstead.template.parser import parse


def run(text: str, /, **values: Any) -> str:
    return render(compile_template(parse(text)), values)


def failure(text: str, /, **values: Any) -> RenderError:
    with pytest.raises(RenderError) as caught:
        run(text, **values)
    return caught.value


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é <b>", "é <b>"),
        (True, "true"),
        (None, "null"),
        (3, "3"),
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e20, "1" + "0" * 20),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (-12.5, "-12.5"),
        (123456789012345680000.0, "123456789012345680000"),
        ([1.0, "a", [None]], '[1,"a",[null]]'),
        ({"b": 1, "a": "é\n"}, '{"b":1,"a":"é\\n"}'),
        ((1, 2), "[1,2]"),
        ({}, "{}"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2026-03-02T09:30:00+00:00"),
        (Colour.RED, "red"),
    ],
)
def test_the_text_of_every_type(value: Any, text: str) -> None:
    assert run("{{ v }}", v=value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value(number: float) -> None:
    assert float(number_text(number)) == number


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-9, 9),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=3),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


@given(json_values, json_values)
def test_equality_is_equality_of_canonical_json(left: Any, right: Any) -> None:
    assert equal(left, right) == (json_text(left, sort_keys=True) == json_text(right, sort_keys=True))
    assert equal(left, plain(left, "x"))


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        object(),
        {1: "a"},
        b"x",
        {"a", "b"},
        "\ud800",
        {"\ud800": 1},
        [complex(1)],
    ],
)
def test_other_values_are_refused(value: Any) -> None:
    assert "`v`" in failure("{{ v }}", v=value).message


def test_deep_and_large_values_are_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "deeper than 64" in failure("{{ v }}", v=deep).message
    assert "more than 1000000" in failure("{% for x in v %}{% endfor %}", v=range_list(10_000_000)).message


def range_list(count: int) -> list[int]:
    return [0] * count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ cstomer }}", "`cstomer` is undefined (did you mean `customer`?)"),
        ("{{ customer.nam }}", "`customer.nam` is undefined (did you mean `customer.name`?)"),
        ("{{ customer.nam.x | default(1) }}", "`customer.nam` is undefined (did you mean `customer.name`?)"),
        ("{{ customer.nothing.x }}", "`customer.nothing.x` is undefined"),
        ("{{ customer.name.x }}", "`customer.name` is text, which has no `x`"),
        ("{% if q %}{% endif %}", "`q` is undefined"),
        ("{{ not q }}", "`q` is undefined"),
        ("{{ q | upper }}", "`q` is undefined"),
        ("{{ q == 1 }}", "`q` is undefined"),
        ("{% for x in q %}{% endfor %}", "`q` is undefined"),
        ("{% for x in 'ab' %}{% endfor %}", "a loop needs a list or a map, and this is text"),
        ("{% for x, y in [1] %}{% endfor %}", "needs pairs"),
        ("{{ [] | first }}", "is undefined"),
        ("{{ 1 < 'a' }}", "`<` cannot compare number with text"),
        ("{{ true < 2 }}", "`<` cannot compare boolean with number"),
        ("{{ 1 in 'a' }}", "`in` cannot look for number in text"),
        ("{{ 1 | upper }}", "`upper` needs text, and this is number"),
        ("{{ 'a' | indent(1001) }}", "0 to 1000"),
        ("{{ 'a' | replace('', 'b') }}", "empty text"),
        ("{{ 'a' | items }}", "needs a map"),
    ],
)
def test_errors_say_what_to_do(text: str, message: str) -> None:
    assert message in str(failure(text, customer={"name": "Ann", "nothing": None}))


def test_an_undefined_path_is_known_to_the_caller() -> None:
    assert failure("{% for x in xs %}{{ x.a }}{% endfor %}", xs=[{}]).path == ("x", "a")


class TestLimits:
    def test_loops(self) -> None:
        assert "100000 turns" in failure("{% for x in v %}{% endfor %}", v=range_list(100_001)).message
        nested = "{% for x in v %}" * 5 + "x" + "{% endfor %}" * 5
        assert "100000 turns" in failure(nested, v=range_list(100)).message

    def test_output(self) -> None:
        assert "longer than 4000000" in failure("{{ v }}{{ v }}", v="x" * 2_000_001).message
        assert (
            "longer than 4000000"
            in failure("{% for x in v %}" + "{{ s }}" * 100 + "{% endfor %}", v=range_list(100_000), s="abc").message
        )

    @pytest.mark.parametrize(
        "text",
        [
            "{{ s | replace('x', s) }}",
            "{{ s | indent(1000) | indent(1000) }}",
            "{{ v | join(s) }}",
            "{{ [" + "s," * 5 + "] | tojson }}",
            "{% for x in v %}{{ s | upper | length }}{% endfor %}",
            "{% for x in v %}{% if s == s %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if 1 in v %}{% endif %}{% endfor %}",
        ],
    )
    def test_work_in_between(self, text: str) -> None:
        message = failure(text, s="x\n" * 500_000, v=range_list(50_000)).message
        assert any(words in message for words in ("would give more than", "takes too long", "longer than"))

    @pytest.mark.parametrize(
        "text",
        [
            "{% for x in v %}{{ v }}{% endfor %}",
            "{% for x in v %}{% if v | tojson %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if v | join %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if v | fence('a') %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if v == w %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if deep == deep %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if deep in [deep] %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if deep | tojson %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if 'a' | replace(s, s) %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if s in m %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if s == s %}{% endif %}{% endfor %}",
            "{% for x in v %}{% if m | items %}{% endif %}{% endfor %}",
            "{% for x in v %}" + "{{ e }}" * 1_000 + "{% endfor %}",
            "{% for x in v %}{% if " + "e or " * 1_000 + "e %}{% endif %}{% endfor %}",
        ],
    )
    def test_what_a_turn_costs_does_not_escape(self, text: str) -> None:
        """Work in a loop is bounded by the limit, not by the turns: each would take minutes or hours."""
        numbers = list(range(8_000))
        values = {"v": numbers, "w": list(numbers), "deep": [[numbers]], "e": "", "s": "x" * 8_000, "m": {}}
        values["m"] = {str(number): number for number in numbers} | {"0": 1}
        message = failure(text, **values).message
        assert message in ("rendering takes too long", "the rendered text is longer than 4000000 characters")

    def test_the_messages_of_a_prompt_share_one(self) -> None:
        content = compile_template(parse("{% for x in v %}{{ x }}{% endfor %}"))
        messages = Messages([{"role": "user", "content": content}] * 3)
        values = {"v": range_list(40_000)}
        with pytest.raises(RenderError, match="100000 turns"):
            messages.render(values)

    @pytest.mark.parametrize(
        ("text", "work"),
        [
            ("plain", 1),
            ("{{ s }}", 1 + 3),
            ("{{ v }}", 1 + 3 + 20 * 2 + len("[1,2]")),
            ("{{ deep }}", 1 + 3 + 20 * 3 + len("[[1,2]]")),
            ("{{ s | upper }}", 1 + 7 + 3 + 3),
            ("{{ customer.name | upper }}", 1 + 8 + 3 + 3),
            ("{{ v | join(s) }}", 1 + 10 + 3 + 20 * 2 + len("1abc2")),
            ("{{ deep | join }}", 1 + 7 + 20 + 40 + len("[1,2]") + len("[1,2]")),
            ("{{ m | items | length }}", 1 + 9 + 20),
            ("{{ v | length }}", 1 + 7),
            ("{{ v == v }}", 1 + 9 + 20 * 2),
            ("{{ s == 'ab' }}", 1 + 9 + 2),
            ("{{ s < 'ab' }}", 1 + 9 + 2),
            ("{{ 'ab' in s }}", 1 + 9 + 2 + 3),
            ("{{ 2 in v }}", 1 + 9 + 20 * 2),
            ("{{ 'key' in m }}", 1 + 9 + 3),
            ("{% for x in v %}{{ x }}{% endfor %}", 1 + 3 + 2 * (1 + 3)),
            ("{% if s %}a{% else %}b{% endif %}", 1 + 3 + 1),
        ],
    )
    def test_the_cost_of_each(self, text: str, work: int) -> None:
        """The rule of the format, as it is written in docs/template.md."""
        limits = Limits()
        render(
            compile_template(parse(text)),
            {"s": "abc", "v": [1, 2], "deep": [[1, 2]], "m": {"key": 1}, "customer": {"name": "Ann"}},
            limits,
        )
        assert Limits().work - limits.work == work

    def test_a_large_document_is_no_matter(self) -> None:
        values = {"doc": "word " * 200_000, "rows": [{"name": "n" * 20, "size": 1.5}] * 2_000}
        text = (
            "{{ doc | fence('doc') }}{{ rows | tojson(indent=2) }}{% for r in rows %}{{ r.name | upper }}{% endfor %}"
        )
        assert len(run(text, **values)) > 1_000_000

    def test_can_be_set(self) -> None:
        program = load(compile_template(parse("{% for x in v %}x{% endfor %}")))
        assert program({"v": [1, 2]}, Limits(loops=2, output=2)) == "xx"
        for limits in (Limits(loops=1), Limits(output=1)):
            with pytest.raises(RenderError):
                program({"v": [1, 2]}, limits)


@pytest.mark.parametrize(
    "program",
    [
        [1],
        [[]],
        [["emit"]],
        [["emit", ["nothing"]]],
        [["emit", ["get"]]],
        [["emit", ["filter", ["value", 1], ["system"]]]],
        None,
        [["for", ["x"], ["value", [1]], None, []]],
        [["if", [[]], []]],
        [["emit", ["compare", ["value", 1], "<"]]],
        {"a": 1},
        [["block", []]],
        [["emit", ["filter", ["value", "a"], ["tojson", ["value", 10**9]]]]],
        [["emit", ["value", object()]]],
        [["emit", ["get", "a", {}]]],
    ],
)
def test_a_damaged_program_is_one_error(program: Any) -> None:
    with pytest.raises(RenderError):
        render(program, {"a": [1]})


def test_a_deeply_nested_program_is_one_error() -> None:
    code: list[Any] = ["value", 1]
    for _ in range(100_000):
        code = ["not", code]
    with pytest.raises(RenderError):
        render([["emit", code]], {})


def test_placeholders_are_replaced_once_and_stay_when_missing() -> None:
    program = compile_placeholders("{{a}} {{ a }} {{b}} {{c}}")
    assert render(program, {"a": "{{b}}", "b": 1.0}) == "{{b}} {{ a }} 1 {{c}}"


def test_rendered_text_is_never_parsed_again() -> None:
    assert run("{{ a }}", a="{{ b }}{% if %}") == "{{ b }}{% if %}"


NAMES = ["doc", "a-b", "x_1"]
hostile = st.lists(
    st.sampled_from(["<", "/", "doc", "DOC", "-2", "-3", "-23", " ", ">", "\n", "a-b", "\u200b", "x_1", "é", "-"]),
    max_size=14,
).map("".join)


@given(hostile, st.sampled_from(NAMES))
def test_a_value_cannot_close_its_fence(value: str, name: str) -> None:
    fenced = FILTERS["fence"](value, name)
    opening, _, rest = fenced.partition("\n")
    closing = f"</{opening[1:]}"
    assert rest == f"{value}{'' if value.endswith(chr(10)) else chr(10)}{closing}"
    seen = "".join(value.lower().split()).replace("\u200b", "")
    assert closing[:-1] not in seen
    assert opening[:-1] not in seen


@pytest.mark.parametrize(
    ("value", "delimiter"),
    [
        ("a < b", "doc"),
        ("</doc>", "doc-2"),
        ("< / D o C", "doc-2"),
        ("<doc-2>", "doc-3"),
        ("<doc-20><doc-3", "doc-4"),
        ("<doc", "doc-2"),
    ],
)
def test_the_smallest_suffix_is_taken(value: str, delimiter: str) -> None:
    assert run("{{ v | fence('doc') }}", v=value) == f"<{delimiter}>\n{value}\n</{delimiter}>"


def test_a_fence_copes_with_many_delimiters() -> None:
    value = "".join(f"</doc-{number}>" for number in range(2, 100_000))
    assert run("{{ v | fence('doc') | length }}", v=value) == str(len(value) + len("<doc-100000>\n\n</doc-100000>"))


def test_a_loaded_program_keeps_nothing_between_renderings() -> None:
    values: Mapping[str, Any] = {"xs": ["a"], "x": "outer"}
    program = load(compile_template(parse("{% for x in xs %}{{ x }}{% endfor %}{{ x }}")))
    assert [program(dict(values)) for _ in range(2)] == ["aouter", "aouter"]
    assert text_of(values["x"]) == "outer"
