"""Whatever a prompt or a model says is one piece of code in the report, and says there what it said."""

from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from promptstead.diff.messages import Kind
from promptstead.escapes import visible
from promptstead.model import Level
from promptstead.prompts.schema_check import load_schema
from promptstead.report.markup import WORDS, block, cell, code, html, line, plain, rule_code
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.review import OUTCOMES
from tests.report.parsers import PARSERS, not_ours, outside_code

FRAGMENTS = [
    "`", "``", "```", "~~~", "|", "\\", "\\|", "@team", "<img src=x>", "</details>", "<!--", "-->", "*", "_", "#1",
    "$x$", "https://e.example", "[a](b)", "&amp;", "\n", "\r\n", "\t", " ", "\x1b[2J", "\u202e", "\u200b", "\0",
    "\udcff",
]  # fmt: skip
NASTY = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=8).map("".join)
HIDDEN = set("\0\r\x1b\x85\xad\u200b\u202e\u2028\ufeff\U000e0041\udcff")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def inline(text: str) -> list[Token]:
    """Return the inline tokens of the first paragraph or cell in *text*."""
    return next(token.children or [] for token in MARKDOWN.parse(text) if token.type == "inline")


@given(NASTY)
@example("`")
@example("a ` b `` c")
@example("`|`")
def test_a_code_span_holds_it_all(text: str) -> None:
    shown = line(text, 300)
    tokens = inline(f"before {code(text)} after")
    if not shown:
        assert [token.content for token in tokens] == ["before  after"]
        return
    assert [token.type for token in tokens] == ["text", "code_inline", "text"]
    assert tokens[1].content == shown
    assert "\n" not in shown
    assert not HIDDEN & set(shown)


@given(NASTY, NASTY)
@example("a|b", "c\\|d")
@example("\\", "|")
def test_a_cell_stays_one_cell(left: str, right: str) -> None:
    table = f"| a | b | c |\n| --- | --- | --- |\n| {cell(left)} | {cell(right)} | end |"
    tokens = MARKDOWN.parse(table)
    assert sum(token.type == "td_open" for token in tokens) == 3
    cells = [token.children or [] for token in tokens if token.type == "inline"][3:]
    for text, children in zip((left, right), cells, strict=False):
        assert "".join(token.content for token in children) == line(text, 120)
        assert {token.type for token in children} <= {"code_inline"}


@given(NASTY)
@example("```\n</details>\n```")
@example("    ~~~")
def test_a_block_holds_it_all(text: str) -> None:
    tokens = MARKDOWN.parse(f"<details><summary>x</summary>\n\n{block(text)}\n\n</details>\n")
    assert [token.type for token in tokens] == ["html_block", "fence", "html_block"]
    assert tokens[1].content == visible(text) + "\n"


@pytest.mark.parametrize("run", [1, 2, 20, 21, 80, 81, 254, 255, 256, 300])
def test_no_run_of_backticks_ends_the_code_in_any_parser(run: int) -> None:
    ticks = "`" * run
    evil = "@zq [zq](https://zq.example) <img src=x> www.zq.example :zq: $zq$ #77"
    text = f"{ticks} {evil} {ticks}"
    shown = f"before {code(text)} after\n\n{block(f'{ticks}~~~' + chr(10) + ticks + chr(10) + evil)}\n"
    table = f"| a | b |\n| --- | --- |\n| {cell(text)} | {cell(ticks)} |\n"
    assert list(not_ours(f"{shown}\n{table}\n<details><summary>{html(text)}</summary>\n\n</details>\n")) == []


def test_the_parsers_see_what_is_active() -> None:
    active = ["@zq", "[x](https://zq.example)", "<img src=x>", "www.zq.example", "$zq$", "# zq", "<!-- x -->", "#77"]
    for text in active:
        assert {found.partition(":")[0] for found in not_ours(text)} == set(PARSERS), text
    assert {name: outside_code(parse("`a` **b** <i c=d>")) for name, parse in PARSERS.items()} == {
        name: ["<p>", " ", "<strong>", "b", " ", "<i c=d>", "\n"] for name in PARSERS
    }


def test_a_long_run_of_backticks_is_shown_by_its_length() -> None:
    assert code("a" + "`" * 20 + "b") == "`" * 21 + "a" + "`" * 20 + "b" + "`" * 21
    assert code("a" + "`" * 80 + "b") == "``a`×80b``"
    assert block("`" * 255) == "```text\n`×255\n```"


def test_no_line_of_a_block_is_a_command_to_a_bot() -> None:
    assert block("/close\n/a\nb/c") == "```text\n /close\n /a\nb/c\n```"


@pytest.mark.parametrize("word", ["deadbeef", "approved", "no regression, approved", "регрессия", "user\u115f", ""])
def test_what_is_no_word_of_ours_is_not_shown(word: str) -> None:
    assert plain(word) == "unknown"
    assert plain(word, "fr") == "inconnu"


def test_the_words_of_ours_are_those_that_a_report_has() -> None:
    message = load_schema("prompt")["$defs"]["message"]["properties"]
    outcomes = {*OUTCOMES, *(str(verdict).lower() for verdict in Verdict)}
    assert {*outcomes, *get_args(Level), *get_args(Kind), *message["role"]["enum"], *message["slot"]["enum"]} == WORDS


def test_words_and_codes_of_ours_are_shown() -> None:
    assert plain("WORSE, WITHIN MARGIN") == "worse, within margin"
    assert plain("WORSE, WITHIN MARGIN", "fr") == "moins bon, dans la marge"
    assert rule_code("INJ202") == "INJ202"
    assert rule_code("1a2b3c4d") == rule_code("GH1\n") == rule_code("éa1") == "unknown"


def test_long_text_is_cut() -> None:
    assert code("x" * 1_000, 20) == "`" + "x" * 19 + "…`"
    assert block("y" * 10_000_000, 20) == "```text\n" + "y" * 20 + "\n…\n```"
    assert len(html("z" * 1_000, 50)) == 50 + len("<code></code>")


@given(NASTY)
def test_html_has_one_element_and_one_line(text: str) -> None:
    shown = html(text)
    assert shown.count("<") == 2
    assert shown.count(">") == 2
    assert "\n" not in shown
    assert not HIDDEN & set(shown)
