"""Data of a special category is processed, and no legal basis for it is declared.

**Why it matters.** GDPR art. 9(1) forbids to process health, religion, ethnic origin, political opinions, trade union
membership, sexual orientation, genetic and biometric data, unless one of the exceptions of art. 9(2) applies. Whoever
approves the prompt has to see which one.

**Example.**

```yaml
governance: {personal_data: special}
inputs:
  symptoms: {description: what the patient reports}
```

**How to fix.** Declare it, with the basis of art. 6 and the exception of art. 9(2):

```yaml
governance:
  personal_data: special
  legal_basis: GDPR art. 6(1)(e) and art. 9(2)(h), care by a professional bound to secrecy
```

What is declared is certain: `personal_data: special` without `legal_basis` is a note while editing, a warning in a
review and an error in a release; a basis that does not name art. 9 is a warning from the review on.

One part is a heuristic: an input whose name or description names such data (in English or French), where governance
says nothing about personal data. That is a note while editing and a warning after. It is not reported where
`personal_data` is declared, whatever it says: somebody decided. Files of GitHub Models' format cannot declare any of
this and are left alone, so how often it is right in real repositories is unknown. In this project's own eight prompts,
with their declarations taken out, it reported two of the four that declare special data, and none of the others; the
two that it missed hold such data only if a customer or an employee happens to write it.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.lint.texts import strings
from promptstead.model import Level, Problem
from promptstead.prompts.gaps import is_gap
from promptstead.words.sentence import say

_KEYS = ("title", "description")


def check(context: Context) -> Iterator[Problem]:
    """Report declared special data without a basis, and inputs that name such data where nothing is declared."""
    if context.prompt.dialect != "promptstead":
        return
    governance = context.prompt.data.get("governance") or {}
    kind = governance.get("personal_data")
    if kind == "special":
        yield from _declared(context, governance.get("legal_basis"))
    elif kind is None:
        yield from _undeclared(context)


def _declared(context: Context, basis: str | None) -> Iterator[Problem]:
    if basis is None:
        span = context.document.span(("governance", "personal_data"))
        yield Problem("SEC304", say("rules.SEC304-no-basis"), span, say("rules.SEC304-hint"))
    elif not is_gap(basis) and not re.search(r"(?<![0-9])9(?![0-9])", basis):
        span = context.document.span(("governance", "legal_basis"))
        message = say("rules.SEC304-no-exception")
        yield Problem("SEC304", message, span, say("rules.SEC304-hint"), level=_heuristic_level(context))


def _undeclared(context: Context) -> Iterator[Problem]:
    for name, spec in context.prompt.inputs.items():
        texts = [name.replace("_", " "), spec.description]
        texts.extend(text for at, text in strings(dict(spec.schema)) if at[-1] in _KEYS)
        found = _special().search(" \n".join(texts))
        if found:
            span = context.document.key_span(("inputs", name))
            message = say("rules.SEC304-undeclared", name=name, found=found[0])
            yield Problem("SEC304", message, span, say("rules.SEC304-hint"), level=_heuristic_level(context))


def _heuristic_level(context: Context) -> Level:
    return "note" if context.stage == "edit" else "warning"


@cache
def _special() -> re.Pattern[str]:
    terms = {
        "health": r"patients?|diagnos[ei]s|symptom\w*|symptômes?|medical|médica(?:l|le|ux|les)"
        r"|health (?:data|condition|record|status)s?|état de santé|données de santé|dossier de soins"
        r"|allerg\w+|handicaps?|disabilit\w+|pregnan\w+|grossesse|medications?|prescriptions?|sick leave|arrêt maladie",
        "religion": r"religio\w+|religieu\w+|faith",
        "origin": r"ethnic\w*|ethni\w+|racial\w*|origine raciale",
        "opinions": r"political opinions?|opinions? politiques?",
        "union": r"trade union\w*|union membership|appartenance syndicale",
        "sexuality": r"sexual orientation|orientation sexuelle|sex life|vie sexuelle",
        "body": r"biometric\w*|biométri\w+|genetic\w*|génétique\w*",
    }
    return re.compile(rf"\b(?:{'|'.join(f'(?P<{name}>{term})' for name, term in terms.items())})\b", re.IGNORECASE)


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "error"}
RULE = Rule(
    "SEC304",
    "special-category-data",
    "special-category data without a declared legal basis",
    LEVELS,
    check,
    heuristic=True,
)
