"""The prompt asks for JSON in prose, and declares no JSON Schema for it.

**Why it matters.** Prose is not enforced: a field goes missing, a fence appears around the answer, and the application
that parses it fails at night. A provider that is given the schema cannot answer otherwise, and the answer can be
checked here.

**Example.** `Answer in JSON with the keys category and urgency.` and no `output`.

**How to fix.** Declare `output: {format: json, schema: …}` (in GitHub Models' format `responseFormat: json_schema` and
`jsonSchema`).

This rule is a heuristic: it looks for an instruction, in English or French, that asks for the answer itself as JSON.
Code, text in quotation marks, and JSON that the text only speaks of (an API, a library, a file) are left alone.

Precision and recall on prompts nobody here wrote (12 of 13 were right where it was read once, 10 of them in one family
of prompts):

| prompts | findings read | right | found of what is there |
| --- | --- | --- | --- |
| 641, built on | 11 | 11 | 11 of 13 |
| 671, read once | 13 | 12 | 12 of 12 |
| 889 more, read once after a correction | 3 | 2 | not read |

What is there was looked for among all lines with the word JSON. A schema that is quoted in a guide to prompts is still
reported.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import in_code, in_quotes
from promptstead.model import Problem
from promptstead.template.analysis import Text
from promptstead.words.sentence import say

_ROLES = ("system", "developer", "user")
_BEFORE = 120
"""Characters before the word JSON in which the verb that asks for it is looked for."""
_AFTER = 40
_NOT_ASKED = re.compile(r"\b(?:not|never|no|without|instead of|rather than|pas|jamais|sans)\b|n['’]t\b")
_CONDITION = re.compile(
    r"\b(?:if|when(?:ever)?|unless|where)\b[^.]{0,40}\b(?:asks?|wants?|requests?|needs?)\b"
    r"|\b(?:si|lorsque?|quand)\b[^.]{0,40}\b(?:demande|veut|souhaite)\w*"
)


def check(context: Context) -> Iterator[Problem]:
    """Report the first place where a message asks for JSON, when no schema says which."""
    if context.prompt.output_schema is not None:
        return
    for role, part in context.parts():
        if role not in _ROLES:
            continue
        for piece in context.flow(part):
            if not isinstance(piece, Text):
                continue
            found = _asking(piece.text)
            if found:
                span, path = context.place(part, piece.start + found[0], piece.start + found[1], piece.source)
                github_models = context.prompt.dialect == "github-models"
                hint = say("rules.OUT401-github-models-hint" if github_models else "rules.OUT401-hint")
                yield Problem("OUT401", say("rules.OUT401"), span, hint, path=path)
                return


def _asking(text: str) -> tuple[int, int] | None:
    """Return where the text asks for an answer in JSON."""
    lower = text.lower()
    place = lower.find("json") if len(lower) == len(text) else -1
    while place >= 0:
        start = max(lower.rfind("\n", 0, place) + 1, place - _BEFORE)
        end = lower.find("\n", place)
        line = lower[start : min(len(lower) if end < 0 else end, place + _AFTER)]
        for match in _asks().finditer(line):
            first, last = match.span(match.lastgroup or 0)
            asked = start + first, start + last
            if _own_answer(line, first, last) and not in_code(text, asked[1] - 1) and not in_quotes(text, asked[0]):
                return asked
        place = lower.find("json", place + 4)
    return None


def _own_answer(line: str, first: int, last: int) -> bool:
    clause = re.split(r"[.!?;:]", line[:first])[-1]
    if line[:first].rstrip().endswith((":", "–", "—")) and "--" in line[:first]:
        return False  # what an option of a command does
    return not (_NOT_ASKED.search(clause + line[first:last]) or _CONDITION.search(clause))


@cache
def _asks() -> re.Pattern[str]:
    begin = (
        r"(?:^\W*|[.!?;:,(—–]\W*|\d[.)]\s+"
        r"|\b(?:you|i) (?:(?:must|should|shall|will|can|may|are to|need to|have to) )?(?:only "
        r"|always |strictly |just )?"
        r"|\b(?:please|then|and|finally|only|always|just|simply|exclusively)\s+"
        r"|\b(?:goal|task|job|role|purpose) is to (?:only )?"
        r"|\b(?:vous (?:devez|allez)|tu dois|merci de|veuillez|et|puis|ensuite) )"
    )
    verb = (
        r"(?:answer|respond|reply|return|output|produce|provide|give|write|format|generate|emit|print|list|present"
        r"|deliver|express|structure|summari[sz]e"
        r"|réponds?|répondez|répondre|renvoie[sz]?|renvoyez|renvoyer|retourne[rsz]?|retournez|produi(?:s|sez|re)"
        r"|donne[rsz]?|donnez|fourni(?:s|ssez|r)|écri(?:s|vez|re)|rédige[rz]?|présente[rz]?|formate[rz]?|listez?)"
    )
    kind = (
        r"(?:(?:only|just|exclusively|strictly|simply|solely|nothing but|a|an|one|single|the|this"
        r"|following|valid|minimal"
        r"|strict|well-formed|raw|pure|compact|structured|proper|clean|plain|pars(?:e)?able|machine-readable|flat"
        r"|uniquement|seulement|strictement|toujours|un|une|du|le|objet|tableau|document|valide|brut)\s+){0,5}"
    )
    thing = r"(?:\[?\*{0,2})json\b"
    not_it = (
        r"(?!['’\w/({\[]|\.\w|-\w| ?(?:schemas?|lines|-?rpc|ld\b|examples?|responses?|payloads?|data|parsing|templates?"
        r"|config|serial|errors?|bod(?:y|ies)|mode\b|or\b|when\b|if\b|for\b|si\b))"
    )
    how = r"(?:as|in|into|using|with|en|au format|sous (?:la )?forme (?:de |d['’]une? )?(?:objet|tableau)?)"
    thing_asked = (
        r"(?:it|them|everything|(?:(?:your|the|this|all|each|every|final|structured|extracted|following|requested|votre"
        r"|ta|le|la|les|vos|tes|l['’]) ?){0,3}"
        r"(?:answers?|responses?|repl(?:y|ies)|outputs?|results?|findings?|scores?|analysis|evaluations?|assessments?"
        r"|reports?|summary|data|information|fields|classifications?|labels?|verdicts?|decisions?"
        r"|ratings?|list|entities"
        r"|predictions?|réponses?|résultats?|analyse|données|informations|champs|liste|évaluation|synthèse))"
    )
    what = (
        rf"(?:(?:{thing_asked}|uniquement|seulement|strictement|toujours|exclusivement|only|always"
        rf"|exclusively)\s+){{0,2}}?"
    )
    answer = r"(?:answers?|responses?|repl(?:y|ies)|outputs?|results?)"
    must = r"(?:must|should|shall|has to|needs? to|have to)"
    spoken = (
        rf"(?:\b(?:your|the|all|every|each|final)\s+(?:\w+\s+)?{answer}|\bit)\s+{must}\s+(?:\w+\s+){{1,5}}?"
        rf"|\byour {answer} (?:is|are) (?:only |always )?(?:in )?"
        r"|\b(?:la|votre|ta|chaque|les|vos|tes) réponses? (?:doi(?:t|vent)|devra|est|sera)\s+(?:[\w'’]+\s+){1,5}?"
    )
    return re.compile(
        rf"{begin}(?P<asks>{verb}\s+(?:{kind}|{what}{how}\s+{kind}(?:format:?\s+)?){thing}{not_it})"
        rf"|(?P<says>(?:{spoken}){thing}{not_it})"
    )


RULE = Rule(
    "OUT401",
    "prose-schema",
    "structured output asked for in prose, no JSON Schema",
    everywhere("warning"),
    check,
    heuristic=True,
)
