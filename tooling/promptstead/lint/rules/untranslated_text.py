"""A sentence in English was left in a prompt that is French.

**Why it matters.** It is a sentence that the translator did not see: it says what the original said before it was
changed, and a model that reads two languages answers in the other one now and then.

**Example.** `language: fr` and, among French instructions, `Do not give the name of the customer.`

**How to fix.** Translate it. What is to stay English goes in quotation marks, backquotes or a code block.

This rule is a heuristic: it reads sentences of five words or more, outside code and quotation marks, in prompts whose
`language` is French or, where none is declared, whose words are. It is silent where the text speaks of English, of an
example or of a translation just before. On 50 sentences of a French text nobody here wrote
(the Declaration of Human Rights) it reported none, rightly; the 1,312 prompts that other rules are measured on are not
in French, and no public collection of French prompts was at hand, so how often a finding is right is unknown. Of 500
English instructions from 200 of these, 427 would be found in a French prompt (85 %).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.lint.texts import in_code, in_quotes, mentions
from promptstead.lint.wording import VALUE, Wording, sentences
from promptstead.model import Problem
from promptstead.words.sentence import say

_ROLES = ("system", "developer", "user")
_SIGNS = (" les ", " des ", " une ", " vous ", " est ")
"""Words one of which is in any French text: asked first, since hardly a prompt has them."""
_FRENCH = frozenset((
    "le", "la", "les", "un", "une", "des", "du", "de", "au", "aux", "et", "ou", "est", "sont", "que", "qui", "dans",
    "pour", "par", "sur", "avec", "vous", "votre", "vos", "ne", "pas", "ce", "cette", "ces", "il", "elle", "en",
    "se", "sa", "son", "ses", "si", "plus", "tu", "ton", "ta", "tes", "réponse", "répondez", "réponds",
))  # fmt: skip
_ENGLISH = frozenset((
    "the", "and", "you", "your", "with", "that", "this", "these", "those", "of", "to", "is", "are", "be", "do",
    "not", "don't", "never", "must", "should", "if", "when", "for", "from", "it", "its", "they", "their", "in",
    "at", "by", "or", "an", "as", "only", "always", "please", "will", "can", "may", "what", "which", "has", "have",
    "was", "were", "use", "using", "used", "write", "provide", "ensure", "explain", "show", "avoid", "include",
    "includes", "keep", "how", "all", "any", "into", "before", "after", "help", "give", "make", "more", "than",
    "other", "each", "between", "about", "also", "based", "within", "through", "such", "while", "where", "who",
    "why", "no",
))  # fmt: skip
_FEWEST = 5
_MOST = 10
"""Sentences of one prompt that are reported."""
_BEFORE = 200
"""Characters before a sentence in which the text may say that English follows."""
_SHOWN = 60


def check(context: Context) -> Iterator[Problem]:
    """Report each English sentence of a French prompt."""
    language = context.prompt.language.lower()
    if language and not language.startswith("fr"):
        return
    wordings = [wording for wording in context.wordings() if wording.role in _ROLES]
    if not language and not (any(mentions(wording.lower, _SIGNS) for wording in wordings) and _is_french(wordings)):
        return
    found = 0
    for wording in wordings:
        for start, end in _english(wording):
            span, path = wording.place(start, end)
            text = " ".join(wording.text[start:end].split())
            shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
            yield Problem("LOC962", say("rules.LOC962", text=shown), span, say("rules.LOC962-hint"), path=path)
            found += 1
            if found == _MOST:
                return


def _is_french(wordings: Sequence[Wording]) -> bool:
    words = [word for wording in wordings for word in _word().findall(wording.lower)]
    french = sum(word in _FRENCH for word in words)
    return french > 10 and french > 2 * sum(word in _ENGLISH for word in words)


def _english(wording: Wording) -> Iterator[tuple[int, int]]:
    for sentence in sentences(wording):
        words = _word().findall(sentence.lower)
        english = sum(word in _ENGLISH for word in words)
        if len(words) < _FEWEST or english < 2 or 4 * english < len(words) or VALUE in sentence.text:
            continue
        if any(word in _FRENCH for word in words) or _accented().search(sentence.lower):
            continue
        start = sentence.start
        if in_code(wording.text, start) or in_quotes(wording.text, start) or sentence.text[0] in "\"'«“‘":
            continue
        if not _says_so().search(wording.lower, max(0, start - _BEFORE), sentence.end):
            yield start, sentence.end


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"[a-zà-ÿœ]+(?:['’]t)?")


@cache
def _accented() -> re.Pattern[str]:
    return re.compile("[àâçéèêëîïôùûœ]")


@cache
def _says_so() -> re.Pattern[str]:
    return re.compile(r"\b(?:anglais\w*|english|exemples?|examples?|traduction|traduire|traduisez|original\w*)\b")


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("LOC962", "untranslated-text", "English left in a French prompt", LEVELS, check, heuristic=True)
