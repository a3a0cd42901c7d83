"""Untrusted text in GitHub's Markdown.

Everything from a prompt or a model stands in code spans or code blocks, where nothing is a mention, a link, HTML or
markup.
"""

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """Return *text* with characters that show nothing, or reorder what is shown, written as escapes."""
    return _HIDDEN.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def code(text: str, limit: int = 300) -> str:
    """Return *text* as a code span on one line, cut after *limit* characters."""
    shown = line(text, limit)
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str, limit: int = 120) -> str:
    """Return *text* as a code span for a table, where a bar inside the span would end the cell."""
    return code(text, limit).replace("|", "\\|")


def html(text: str, limit: int = 300) -> str:
    """Return *text* as HTML code on one line, cut after *limit* characters."""
    escaped = line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{escaped}</code>"


def line(text: str, limit: int) -> str:
    """Return *text* on one line, what is hidden in it made visible, cut after *limit* characters."""
    shown = " ".join(visible(text).split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def block(text: str, limit: int = 4_000) -> str:
    """Return *text* as a fenced code block, cut after *limit* characters."""
    shown = visible(text[: limit + 1])
    shown = shown if len(shown) <= limit else shown[:limit] + "\n…"
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def sentence(text: str) -> str:
    """Return a sentence of ours with what it quotes; all of it as code, since what it quotes is not ours."""
    return code(text.replace("`", ""), 300)


def plain(word: str) -> str:
    """Return a word that only promptstead writes into a report, and nothing else where it is not one."""
    return word if len(word) < 60 and all(part.isalpha() for part in word.replace(", ", " ").split(" ")) else "unknown"


def rule_code(text: str) -> str:
    """Return the code of a rule, and nothing else where it is none."""
    return text if text.isalnum() and len(text) < 20 else "unknown"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
