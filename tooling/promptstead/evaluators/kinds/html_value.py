"""``html``: the answer is HTML, or holds some."""

import re
from collections.abc import Callable, Mapping

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, first_quoted, quoted
from promptstead.model import Json
from promptstead.words.sentence import say

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)((?:\s[^<>]*+)?/?)>")
_MARKUP = re.compile(r"<!--[^>]*+>|<!DOCTYPE\s[^<>]*+>|<[A-Za-z/][^<>]*+>", re.IGNORECASE)
_NAMES = """
a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code col
colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1
h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark menu
meta meter nav noscript object ol optgroup option output p picture pre progress q rp rt ruby s samp script
search section select slot small source span strong style sub summary sup svg table tbody td template textarea
tfoot th thead time title tr track u ul var video wbr
"""
ELEMENTS = frozenset(_NAMES.split())
"""The elements of the HTML Living Standard, without the obsolete ones."""


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Ask that the answer is HTML: it begins and ends with a tag, and has at least one element that HTML defines.

    White space around it and a doctype or comment before it are allowed; ``<?xml`` is not. HTML's own reading never
    fails, so that nothing is said of nesting or of closing tags. ``anywhere`` asks only that an element occurs in the
    text: one that HTML defines, or a custom one (with a hyphen) that is closed. ``elements`` are names that must occur.
    A tag is ``<`` and a name without white space between them, up to the next ``>``.
    """
    anywhere = options.get("anywhere", False)
    read = texts(options.get("elements", []))

    def judge(answer: Answer) -> Result:
        text = answer.text.strip()
        tags = [(match[1], match[2].lower()) for match in _TAG.finditer(text)]
        opened = {name for slash, name in tags if not slash}
        closed = {name for slash, name in tags if slash}
        known = opened & ELEMENTS or {name for name in opened & closed if "-" in name}
        if not known:
            return Result(False, say("evaluators.no-html", answer=quoted(answer.text)))
        if not anywhere and not (_MARKUP.match(text) and _MARKUP.fullmatch(text, max(0, text.rfind("<")))):
            return Result(False, say("evaluators.not-all-html", answer=quoted(answer.text)))
        missing = [name for name in (item.lower() for item in read(answer.case)) if name not in opened]
        if missing:
            return Result(False, say("evaluators.no-elements", elements=first_quoted(missing)))
        return Result(True, say("evaluators.html-with", elements=first_quoted(sorted(known))))

    return judge
