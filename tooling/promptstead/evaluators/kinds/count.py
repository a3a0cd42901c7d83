"""``count``: how often a text or a piece of Markdown occurs in the answer."""

import re
from collections.abc import Callable, Mapping

from promptstead.evaluators.kinds.length import lines, words
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import bounds, texts
from promptstead.evaluators.shared.results import Result, Unscored, first_quoted
from promptstead.model import Json
from promptstead.words.sentence import Sentence, say

MAX_TEXTS = 50
MAX_CHARACTERS = 1_000

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_PATTERNS = {
    "bullets": r"^[ \t]*+[*+•–-][ \t]++[^\s]",
    "numbered": r"^[ \t]*+[0-9]{1,9}[.)][ \t]++[^\s]",
    "headings": r"^ {0,3}#{1,6}[ \t]++[^\s]",
    "highlights": r"(?<![\w*])(\*{1,3})(?=[^\s*])[^*\n]++(?<=\S)\1(?![\w*])"
    r"|(?<![\w_])(_{1,3})(?=[^\s_])[^_\n]++(?<=\S)\2(?![\w_])",
    "placeholders": r"\[(?![ xX]\])[^\[\]\n]++\](?![(\[]|:[ \t]*+(?:[a-z]++:|<|/|#))",
    "titles": r"<<[^<>\n]++>>",
    "links": r"\[[^\[\]\n]++\]\([^()\n]++\)",
}
_SAID: dict[str, Callable[[int], Sentence]] = {
    "bullets": lambda n: say("evaluators.bullets", n=n),
    "numbered": lambda n: say("evaluators.numbered-items", n=n),
    "headings": lambda n: say("evaluators.headings", n=n),
    "highlights": lambda n: say("evaluators.highlights", n=n),
    "placeholders": lambda n: say("evaluators.placeholders", n=n),
    "titles": lambda n: say("evaluators.titles", n=n),
    "links": lambda n: say("evaluators.links", n=n),
    "code-blocks": lambda n: say("evaluators.code-blocks", n=n),
    "capital-words": lambda n: say("evaluators.capital-words", n=n),
}
_IN_WORD = r"[\w\u0300-\u036f]"
_RULE = re.compile(r"^[ \t]*+(?:\*[ \t]*+){3,}$|^[ \t]*+(?:-[ \t]*+){3,}$", re.MULTILINE)
_COMPILED = {name: re.compile(pattern, re.MULTILINE) for name, pattern in _PATTERNS.items()}


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Count ``text`` or ``element`` and compare with ``min`` and ``max``, both inclusive; without both it is a score.

    ``text`` may be a list: all occurrences of all its items count. Occurrences do not overlap and are compared code
    point by code point, with ``ignore_case`` by Unicode case folding. With ``whole_words`` no letter, digit, ``_`` or
    combining accent touches an occurrence. ``at: line-start`` counts lines that begin with the text, white space before
    it aside. An empty text, more than 50 texts and texts of more than 1,000 characters together leave the answer
    unscored.

    ``element`` counts Markdown outside fenced code. bullets: lines that begin with ``*``, ``-``, ``+``, ``•`` or ``–``
    and white space. numbered: lines that begin with a number and ``.`` or ``)``. headings: lines that begin with one to
    six ``#``. highlights: ``*…*``, ``_…_`` and the like doubled or tripled, within a line. placeholders: ``[…]`` within
    a line that is no link, no address of one (``[1]: https://…``) and no check box. titles: ``<<…>>`` within a line.
    links: ``[…](…)``. code-blocks: fenced ones. capital-words: words (as ``length`` has them) of at least two letters,
    all of them capitals.

    :raises PromptsteadError: ``min`` is above ``max``.
    """
    judged = bounds(options)
    if "element" in options:
        element: str = options["element"]
        said = _SAID[element]

        def judge_elements(answer: Answer) -> Result:
            found = _elements(answer.text, element)
            return judged(found, said(found))

        return judge_elements
    read = texts(options["text"])
    ignore_case = options.get("ignore_case", False)
    whole_words = options.get("whole_words", False)
    at_line = options.get("at", "anywhere") == "line-start"

    def judge(answer: Answer) -> Result:
        wanted = list(dict.fromkeys(read(answer.case)))
        if not wanted or "" in wanted:
            raise Unscored(say("evaluators.no-text-to-count"))
        if len(wanted) > MAX_TEXTS or sum(map(len, wanted)) > MAX_CHARACTERS:
            raise Unscored(say("evaluators.too-much-to-count", texts=MAX_TEXTS, characters=MAX_CHARACTERS))
        text = answer.text
        if ignore_case:
            text, wanted = text.casefold(), list(dict.fromkeys(map(str.casefold, wanted)))
        places = [line.lstrip() for line in lines(text)] if at_line else [text]
        found = sum(_occurrences(place, item, whole_words, at_line) for item in wanted for place in places)
        return judged(found, say("evaluators.occurrences", n=found, texts=first_quoted(wanted)))

    return judge


def _occurrences(text: str, wanted: str, whole_words: bool, at_start: bool) -> int:
    if not whole_words:
        return int(text.startswith(wanted)) if at_start else text.count(wanted)
    pattern = re.compile(rf"(?<!{_IN_WORD}){re.escape(wanted)}(?!{_IN_WORD})")
    return int(pattern.match(text) is not None) if at_start else sum(1 for _ in pattern.finditer(text))


def _elements(text: str, element: str) -> int:
    if element == "capital-words":
        return sum(1 for word in words(text) if word.isupper() and sum(map(str.isalpha, word)) > 1)
    prose, blocks = _without_code(text)
    if element == "code-blocks":
        return blocks
    if element == "bullets":
        prose = _RULE.sub("", prose)
    return sum(1 for _ in _COMPILED[element].finditer(prose))


def _without_code(text: str) -> tuple[str, int]:
    """Return *text* without its fenced code, and how many such blocks there are."""
    kept: list[str] = []
    fence, blocks = "", 0
    for line in lines(text):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, blocks = mark[1], blocks + 1
        elif not fence:
            kept.append(line)
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
    return "\n".join(kept), blocks
