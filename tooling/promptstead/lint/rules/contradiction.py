"""Two instructions of the prompt contradict each other.

**Why it matters.** The model follows one of them, and which may change from call to call and from model to model.
Contradictions creep in when several people add instructions to a long text.

**Example.** `Be as detailed as possible.` in the system message and `Keep your answer short.` in the user message.

**How to fix.** Keep one of them; or say when each applies, in one sentence or in branches of a test.

This rule is a heuristic. In English and French it finds: `always` and `never` (or `do not`) with the same words after
them; answers that shall be short and shall be detailed; answers in two languages; Markdown asked for and forbidden;
tutoiement and vouvoiement. Sentences with a condition (if, when, unless, except, for) are left out, as are branches
of a test and code blocks.

Precision and recall on prompts nobody here wrote: none in the 641 that it was built on; in the 671 that were read once
it reported one, and none were right (a picture to be described in detail, and answers that shall be short), which led
to a correction; after it, none, nor in 1,684 texts of prompts, agents and skills that were read once (838 and 846).
So few findings cannot show 85 %: how often it is right is unknown, and so is how many contradictions it misses.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import mentions
from promptstead.lint.wording import Sentence, Wording, sentences
from promptstead.model import Problem
from promptstead.words.sentence import say

_ROLES = ("system", "developer", "user")
_WORDS = {
    "length one": (
        "short", "brief", "concis", "succinct", "terse", "in one ", "bref", "brève", "brièv", "en une ", "en un ",
    ),
    "length other": (
        "detailed", " detail", "thorough", "exhausti", "comprehensive", "verbose", "long", "depth",
        "at length", "détail", "complèt", "complet",
    ),
    "Markdown one": ("markdown",),
    "Markdown other": ("markdown",),
    "address one": ("tutoi", "tutoy"),
    "address other": ("vouvoi", "vouvoy"),
    "always en": ("always ",), "always fr": (" toujours",), "always fr infinitive": ("toujours ",),
    "never en": ("never ", "not ", "n't "), "never fr": (" jamais",), "never fr infinitive": ("ne jamais ",),
}  # fmt: skip
"""Name of a pattern -> parts of words, one of which is in whatever it matches."""
_TOPICS = ("length", "Markdown", "address")
_DIRECTIVES = tuple(name for name in _WORDS if name.startswith(("always", "never")))
_AROUND = 60
"""Characters around such a part that the pattern is tried on, before the text is cut into sentences."""
_MOST_HINTS = 50
_LANGUAGES = {
    "english": "English", "anglais": "English", "french": "French", "français": "French", "german": "German",
    "allemand": "German", "spanish": "Spanish", "espagnol": "Spanish", "italian": "Italian", "italien": "Italian",
}  # fmt: skip
_SMALL = frozenset(
    [
        *("a", "an", "the", "any", "all", "every", "your", "its", "their", "in", "of", "to"),
        *("le", "la", "les", "l", "un", "une", "des", "de", "du", "d", "vos", "votre", "ses"),
    ]
)
_SHOWN = 60


class _Stance(NamedTuple):
    """What a sentence says about a topic: two stances on one topic contradict each other."""

    topic: str
    stance: str


def check(context: Context) -> Iterator[Problem]:
    """Report each sentence that contradicts an earlier one, once a topic."""
    wordings = [wording for wording in context.wordings() if wording.role in _ROLES]
    if not any((_both_sides(wordings), _always_and_never(wordings), _two_languages(wordings))):
        return
    first: dict[str, tuple[str, Sentence]] = {}
    done: set[str] = set()
    for wording in wordings:
        for sentence in sentences(wording):
            for topic, stance in _stances(sentence):
                known, earlier = first.setdefault(topic, (stance, sentence))
                if known != stance and topic not in done:
                    done.add(topic)
                    yield _problem(sentence, earlier)


def _problem(sentence: Sentence, earlier: Sentence) -> Problem:
    span, path = sentence.wording.place(sentence.start, sentence.end)
    shown = " ".join(earlier.text.split())
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return Problem("CLA971", say("rules.CLA971", earlier=shown), span, say("rules.CLA971-hint"), path=path)


def _both_sides(wordings: Sequence[Wording]) -> bool:
    """Tell whether both sides of a topic may be there."""
    return any(_hinted(wordings, f"{topic} one") and _hinted(wordings, f"{topic} other") for topic in _TOPICS)


def _hinted(wordings: Sequence[Wording], name: str) -> bool:
    for wording in wordings:
        for word in _WORDS[name]:
            place = wording.lower.find(word)
            for _ in range(_MOST_HINTS):
                if place < 0:
                    break
                near = wording.lower[max(0, place - _AROUND) : place + _AROUND]
                if _patterns()[name].search(" ".join(near.split())):
                    return True
                place = wording.lower.find(word, place + len(word))
            else:
                return True  # so many that the whole text is worth reading
    return False


def _always_and_never(wordings: Sequence[Wording]) -> bool:
    """Tell whether a verb that follows `always` may follow `never` or `not`, too."""
    texts = [wording.lower for wording in wordings]
    if any("toujours" in text for text in texts) and any("jamais" in text for text in texts):
        return True
    verbs = {match for text in texts if "always " in text for match in re.findall(r"always\s+([a-z]+)", text)}
    return any(f"{word} {verb}" in text for text in texts for verb in verbs for word in ("never", "not", "n't", "n’t"))


def _two_languages(wordings: Sequence[Wording]) -> bool:
    """Tell whether texts in two languages may be asked for."""
    texts = [wording.lower for wording in wordings]
    named = [name for name in _LANGUAGES if any(name in text for text in texts)]
    return (
        len({_LANGUAGES[name] for name in named for text in texts if f"in {name}" in text or f"en {name}" in text}) > 1
    )


def _stances(sentence: Sentence) -> Iterator[_Stance]:
    """Yield what a sentence without a condition says."""
    text = " ".join(sentence.lower.replace("’", "'").split())
    found = list(_said(text))
    if found and not _patterns()["condition"].search(text) and sentence.wording.always(sentence.start):
        yield from found


def _said(text: str) -> Iterator[_Stance]:
    patterns = _patterns()
    for topic in _TOPICS:
        one, other = (
            mentions(text, _WORDS[name]) and patterns[name].search(text) is not None
            for name in (f"{topic} one", f"{topic} other")
        )
        if other and (not one or topic == "Markdown"):  # "do not use Markdown" holds "use Markdown"
            yield _Stance(topic, "other")
        elif one and not other:  # "short but complete" is a balance, no contradiction
            yield _Stance(topic, "one")
    if mentions(text, tuple(_LANGUAGES)):
        found = {_LANGUAGES[match[1]] for match in patterns["language"].finditer(text)}
        if len(found) == 1:
            yield _Stance("language", found.pop())
    for name in _DIRECTIVES:
        for match in patterns[name].finditer(text) if mentions(text, _WORDS[name]) else ():
            content = _content(match[1] + match[2])
            if len(content) > 1:
                yield _Stance(" ".join(content), name.partition(" ")[0])


def _content(clause: str) -> list[str]:
    """Return the words of a clause that carry its meaning; the verb, which comes first, without its ending."""
    words = [word for word in re.findall(r"[\w-]+", clause) if word not in _SMALL]
    return [re.sub(r"(?:ez|er|es|e|s)$", "", words[0]), *words[1:]] if words else []


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    answer = (
        r"(?:it|(?:your|the|all|every|each) (?:answers?|responses?|repl(?:y|ies)|output)"
        r"|(?:vos|votre|la|les) réponses?)"
    )
    be = (
        rf"(?:(?:^|[,;:] |\band |\bplease |\balways |\byou (?:must|should) )(?:always )?be|\bkeep {answer}"
        r"|\b(?:your|the) (?:answers?|responses?|repl(?:y|ies)) (?:must|should) be|\b(?:soyez|sois)) (?:\w+ ){0,2}?"
    )
    tell = r"(?:answer|respond|reply|réponds|répondez)"
    rest = "[^.,;:!?()]*"
    sources = {
        "condition": r"\b(?:if|when|whenever|unless|except|where|while|for|otherwise|until|before|after|without|"
        r"whatever|"
        r"si|s'ils?|quand|lorsque?|sauf|sinon|hors|pour|avant|après|tant que|même)\b",
        "length one": rf"{be}(?:short|brief|concise|succinct|terse|bref|brève|concise?|succincte?)\b"
        rf"|\b{tell} (?:\w+ )?(?:briefly|concisely|succinctly|brièvement|succinctement|in one (?:word|sentence|"
        rf"line)|en une (?:phrase|ligne)|en un mot)\b",
        "length other": rf"{be}(?:detailed|thorough|exhaustive|comprehensive|verbose|long|exhausti(?:f|ve)|"
        rf"détaillée?s?|complète?s?|complet)\b"
        rf"|\b{tell} (?:\w+ )?(?:in (?:\w+ )?(?:detail|depth)|at length|thoroughly|exhaustively|en détail|"
        rf"longuement|de façon détaillée)\b"
        rf"|\b(?:be|{answer}|{tell}(?: \w+)?(?: in)?) as (?:much detail|detailed|long"
        rf"|thorough) as possible\b|\ble plus (?:de détails|détaillée?) possible\b",
        "Markdown one": r"\b(?:use|in|as|with|en|utilisez(?: le)?|utilise(?: le)?|au format) "
        r"(?:valid |clean |proper |github(?:-flavou?red)? )?markdown\b(?! (?:code|fences?|blocks?|headings?|"
        r"headers?|tables?|links?))",
        "Markdown other": r"\b(?:no|(?:do not|don't|never) (?:use|write|include|return|output)(?: any)?|pas de|sans|"
        r"jamais de) "
        r"markdown\b(?! (?:code|fences?|blocks?|headings?|headers?|tables?|links?))",
        "address one": r"\b(?:tutoyez|tutoie|(?:avec|utilisez|employez) le tutoiement)\b",
        "address other": r"\b(?:vouvoyez|vouvoie|(?:avec|utilisez|employez) le vouvoiement)\b",
        "language": rf"\b(?:{tell}|write|écris|écrivez|rédige|rédigez)(?: (?:only|always|exclusively|uniquement|"
        rf"toujours|your answer|everything))? "
        rf"(?:in|en) ({'|'.join(_LANGUAGES)})\b(?! (?:or|and|ou|et)\b)",
        "always en": rf"\balways ([a-z]+)({rest})",
        "always fr": rf"\b([a-zà-ÿ]+(?:ez|e|s)) toujours({rest})",
        "always fr infinitive": rf"\btoujours ([a-zà-ÿ]+(?:er|ir|re))\b({rest})",
        "never en": rf"\b(?:never|do not|don't|must not) ([a-z]+)({rest})",
        "never fr": rf"\bn(?:e |')([a-zà-ÿ]+) jamais({rest})",
        "never fr infinitive": rf"\bne jamais ([a-zà-ÿ]+)({rest})",
    }
    return {name: re.compile(source) for name, source in sources.items()}


RULE = Rule(
    "CLA971",
    "contradiction",
    "contradictory directives",
    everywhere("warning"),
    check,
    heuristic=True,
)
