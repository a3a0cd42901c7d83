"""Untrusted text in GitHub's Markdown.

Everything from a prompt or a model stands in code spans or code blocks, where nothing is a mention, a link, HTML or
markup. GitHub's parser (cmark-gfm) and GitLab's (comrak) know no code span between more than 80 backticks, and
cmark-gfm takes 255 for the end of any longer fence: longer runs are shortened, so that all parsers see the same code.
"""

import re

from promptstead.escapes import visible
from promptstead.words.tables import label
from promptstead.words.template import Language

MAX_RUN = 20
"""Most backticks that are shown in a row."""
WORDS = frozenset(
    (
        *("improvement", "regression", "worse, within margin", "no regression", "inconclusive", "not evaluated"),
        *("not valid", "fails what must not fail", "error", "warning", "note", "added", "removed", "changed"),
        *("system", "developer", "user", "assistant", "tool", "history", "examples"),
    )
)
"""What a report says in plain words: verdicts and outcomes, levels, what became of messages, roles and slots."""
_LONG_RUN = re.compile(f"`{{{MAX_RUN + 1},}}")
_SLASH = re.compile("^/", re.MULTILINE)
_QUOTED = re.compile("`[^`]+`")
_PROSE = re.compile(r"""(?!\d+[.)](?: |$))[^\W_](?:[\w ,.;()'"’“”…?–—=%+-]|:(?= |$)|/(?!/))*""")
_LINKED = re.compile(r"www\.|\b[0-9a-f]{7,}\b", re.IGNORECASE)
"""What forges make a link of though it has the letters of prose: a host, and the id of a commit."""
_RULE = re.compile("[A-Z]{2,6}[0-9]{1,4}")


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
    shown = " ".join(_shown(text).split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def block(text: str, limit: int = 4_000) -> str:
    """Return *text* as a fenced code block, cut after *limit* characters.

    Bots, and GitLab's older versions, look for commands such as ``/close`` at the start of lines and do not know each
    fence for one: there a space stands before the slash.
    """
    shown = _shown(text[: limit + 1])
    shown = _SLASH.sub(" /", shown if len(shown) <= limit else shown[:limit] + "\n…")
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def sentence(text: str) -> str:
    """Return a sentence of ours with what it quotes; all of it as code, since what it quotes is not ours."""
    return code(text.replace("`", ""), 300)


def plain(word: str, language: Language = "en") -> str:
    """Return words that only promptstead writes into a report, in *language*; any others are unknown."""
    return label(language, word.lower() if word.lower() in WORDS else "unknown")


def rule_code(text: str) -> str:
    """Return the code of a rule, and nothing else where it is none."""
    return text if _RULE.fullmatch(text) else "unknown"


def prose(text: str) -> str:
    """Return a sentence of ours as it is where what it quotes is nothing but words or code, else all of it as code."""
    words = _QUOTED.sub("x", text)
    return text if _PROSE.fullmatch(words) and not _LINKED.search(words) else sentence(text)


def _shown(text: str) -> str:
    return _LONG_RUN.sub(lambda run: f"`×{len(run[0])}", visible(text))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
