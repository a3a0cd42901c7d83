"""What is left of a Markdown text outside its code, by the parsers of GitHub, of GitLab and of editors."""

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser

import cmarkgfm  # type: ignore[import-untyped]
import comrak
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]
from markdown_it import MarkdownIt

GFM = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
COMRAK = (
    "alerts", "autolink", "block_directive", "description_lists", "footnotes", "inline_footnotes", "insert",
    "math_code", "math_dollars", "multiline_block_quotes", "shortcodes", "spoiler", "strikethrough", "superscript",
    "table", "tagfilter", "tasklist", "underline",
)  # fmt: skip
OURS = {"details", "summary", "sub", "p", "strong", "del", "s", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
"""The elements that a comment of ours has outside code."""
ACTIVE = re.compile(r"[@#`<>!~$|\\&_]|://|www\.|:\S|^\s*/|zq")
"""What none of our words hold outside code; ``zq`` is in every text of theirs."""


def cmark_gfm(text: str) -> str:
    """Return HTML as GitHub's parser makes it, before anything is taken out of it."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG
    return str(cmarkgfm.markdown_to_html_with_extensions(text, options=options, extensions=GFM))


def gitlab(text: str) -> str:
    """Return HTML as GitLab's parser makes it, with every extension that it has."""
    extensions, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    for name in COMRAK:
        setattr(extensions, name, True)
    rendering.unsafe_ = True
    return str(comrak.render_markdown(text, extension_options=extensions, render_options=rendering))


_MARKDOWN_IT = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PARSERS: Mapping[str, Callable[[str], str]] = {
    "cmark-gfm": cmark_gfm,
    "comrak": gitlab,
    "markdown-it": lambda text: str(_MARKDOWN_IT.render(text)),
}


class _Outside(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("code", "pre"):
            self._inside.append(tag)
        elif not self._inside:
            self.left.append(f"<{tag}{''.join(f' {name}={value}' for name, value in attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.left.append(data)

    def handle_comment(self, data: str) -> None:
        self.left.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.left.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.left.append(f"<?{data}>")


def outside_code(html: str) -> list[str]:
    """Return what HTML has outside ``code`` and ``pre``: start tags with their attributes, texts and comments."""
    reader = _Outside()
    reader.feed(html)
    reader.close()
    return reader.left


def not_ours(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what a parser finds in a comment of ours that may do something, with the parser's name.

    :param allowed: what stands there by right besides the elements of OURS, such as the marker.
    """
    for name, parse in PARSERS.items():
        for piece in outside_code(parse(text)):
            if piece in allowed or piece == "<details open=None>":
                continue
            element = re.fullmatch(r"<(\w+)>", piece)
            if element[1] not in OURS if element else ACTIVE.search(piece):
                yield f"{name}: {piece[:120]!r}"
