"""Whatever a prompt or a model says is one piece of code in the report, and says there what it said."""

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from promptstead.report.markup import block, cell, code, html, line, visible

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
