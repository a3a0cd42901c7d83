"""The prompt faces a person, and nothing tells that person that it is AI.

**Why it matters.** Article 50(1) of the AI Act: people who talk to an AI system must be told so, unless it is obvious.
It has applied since 2026-08-02.

**Example.** `You are a customer service agent. Reply to the customer.` and no word about AI.

**How to fix.** Say under `governance.disclosure` how people are told (a banner, the first line of the chat), or have
the text say it: `Introduce yourself as an AI assistant.` No fix is offered: how people are told is yours to know.

This rule is a heuristic: it takes a prompt to face a person when it calls itself a chatbot, a virtual assistant or a
service agent, when it replies to a customer, a patient and the like (in English or French), when it is about an
assistant that asks, helps or answers its users, or when it has a slot for earlier turns. It reads the first 1,500
characters of an instruction. Tools for developers, who know what they talk to, are left alone: the article asks to tell
nobody what is obvious. In GitHub Models' format, which has no place for a disclosure, it is a note.

Precision and recall on prompts nobody here wrote: 34 of 40 were right where it was read once; the others were tools
for developers (taken out after) and texts that no conversation shows.

| prompts | findings read | right | found of what is there |
| --- | --- | --- | --- |
| 641, built on, 45 of 160 findings | 45 | 43 | 149 of 298 |
| 671, read once, 40 of 171 findings | 40 | 34 | 152 of 298 |

The 298 of each half are two collections of chat assistants, all of which talk to people; what it misses does not speak
of users, or is not in English or French.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.facts import load_facts
from promptstead.lint.phrases import phrase
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.lint.texts import mentions
from promptstead.lint.wording import Wording
from promptstead.model import Level, Problem, Span
from promptstead.words.sentence import say

_STEMS = ("chatbot", "chat bot", "virtual", "virtuel", "conversationnel", "customer", "client", "patient", "usager",
          "visitor", "visiteur", "guest", "candidate", "candidat", "applicant", "citizen", "citoyen", "shopper",
          "tenant", "locataire", "abonné", "assuré", "salarié", "employé", "employee", "voyageur",
          "passenger", "concierge", "utilisat")  # fmt: skip

OPENING = 1500
"""Characters of an instruction in which it is expected to say whom it talks to."""

_NEAR = 80
"""Characters around the word user in which it is looked for what is done with users."""


def check(context: Context) -> Iterator[Problem]:
    """Report the first place that shows that a person reads the answer, if nothing says that it is AI."""
    if context.prompt.data.get("governance", {}).get("disclosure"):
        return
    wordings = [each for each in context.wordings() if each.role in ("system", "developer", "user")]
    found = next(_facing(wordings), None)
    if found is None:
        slot = next((index for index, each in enumerate(context.prompt.messages) if each.slot == "history"), None)
        if slot is None:
            return
        found = context.document.span(("messages", slot, "slot")), ""
    if any(_tells().search(each.lower) for each in wordings):
        return
    span, path = found
    date = load_facts("ai-act")["applies"]["article_50"]
    level: Level | None = "note" if context.prompt.dialect == "github-models" else None
    yield Problem("GOV954", say("rules.GOV954", date=date), span, say("rules.GOV954-hint"), path=path, level=level)


def _facing(wordings: list[Wording]) -> Iterator[tuple[Span, str]]:
    for wording in wordings:
        if wording.role == "user":
            continue
        match = None
        if mentions(wording.lower, _STEMS):
            match = _faces().search(wording.lower, 0, OPENING)
        if match is None and wording.lower.find("user", 0, OPENING) >= 0:
            match = _conversation(wording.lower)
        if match:
            yield wording.place(*match.span())


def _conversation(lower: str) -> re.Match[str] | None:
    """Return the first place that says that the assistant talks with its users, who need not know what it is."""
    if not _about_itself().search(lower, 0, OPENING):
        return None
    place = lower.find("user", 0, OPENING)
    while place >= 0:
        match = _converses().search(lower, max(0, place - _NEAR), min(OPENING, place + _NEAR))
        if match:
            return None if _obvious().search(lower, 0, OPENING) else match
        place = lower.find("user", place + _NEAR, OPENING)
    return None


@cache
def _about_itself() -> re.Pattern[str]:
    """How a text says that it is about the assistant itself, and not about an application that has users."""
    return re.compile(
        r"\byou are\b|\byou['’]re\b|\byour (?:role|task|purpose|goal|job|functionality|objective|primary|mission)\b"
        r"|\bact as\b|\b(?:assistant|gpt|bot|chatbot|coach|tutor)\b|\bi am\b|\bas an? "
    )


@cache
def _obvious() -> re.Pattern[str]:
    """Signs of a tool for developers, who know what they talk to: art. 50 asks to tell nobody what is obvious."""
    return re.compile(
        r"\b(?:codebase|repository|repo|pull requests?|commits?|vs ?code|vscode|ide|terminal|cli|unit tests?"
        r"|test suite|npm"
        r"|git(?:hub)?|dotnet|\.net|typescript|refactor\w*|compil\w+|source files?|coding (?:agent"
        r"|assistant)|devops|code analysis"
        r"|code changes|software (?:systems|discovery)|apex|salesforce|postgres\w*|sql server)\b"
    )


@cache
def _faces() -> re.Pattern[str]:
    person = "(?:customer|client|patient|visitor|guest|candidate|applicant|citizen|shopper|tenant|employee|passenger)s?"
    french = "(?:client|patient|usager|visiteur|candidat|abonné|assuré|locataire|salarié|employé|voyageur|citoyen)e?s?"
    service = "(?:customer|client) (?:service|support|care)(?: (?:agent|assistant|representative|bot|specialist))?"
    return phrase(
        rf"\b(?:you are|act as|you're) (?:(?! of | for | to )[^.]){{0,60}}?"
        rf"\b(?:chat ?bot|virtual (?:assistant|agent)|{service}|concierge)\b(?! ticket)",
        r"(?<!not )(?<!never )(?<!n't )\b(?:(?:reply|respond|talk|speak|chat|write)(?:s|ing)? (?:directly )?"
        r"(?:to |with )"
        r"|answer(?:s|ing)? (?:directly )?(?:(?:the )?questions (?:of |from |by ))?)"
        rf"(?:the |a |an |our |your |each |this )?{person}\b",
        r"\b(?:tu es|vous êtes) [^.]{0,60}?\b(?:agent conversationnel|assistante? virtuel(?:le)?|chatbot|"
        r"conseill(?:er|ère) (?:clientèle|client|virtuel(?:le)?)|service client)\b",
        r"\b(?:réponds?|répondez|écris|écrivez|parles?|parlez|adresse-toi|adressez-vous|réponse|destinée?|adressée?) "
        rf"(?:directement )?(?:au |aux |à l['’]|à (?:un |une |la |votre |notre |chaque |ce |cette )){french}\b",
        rf"\b(?:réponds|répondez) aux questions (?:des |d['’]une? |de l['’]){french}\b",
    )


@cache
def _converses() -> re.Pattern[str]:
    return phrase(
        r"(?<!not )(?<!never )(?<!n't )(?<!n’t )\b(?:ask|tell|greet|welcom|inform|remind|thank|help|assist|guid|support"
        r"|advis|(?:respond|reply|talk|speak|listen)(?:s|ing)? (?:directly )?(?:to|with)|answer|prompt"
        r"|(?:chat|convers|interact|engag|work|brainstorm)(?:s|e|es|ing)? (?:directly )?with)(?:e|es|s|ing)? "
        r"(?:(?:the |your |our |each |a |an |human )*(?:end[ -])?users?)\b"
        r"(?![-_/.]|['’]?s? (?:interface|stor(?:y|ies)|table|experience|session|account|model|role|agent|id)s?\b)",
        r"\b(?:the |your |a )?users? (?:will|may|might|can) (?:\w+ )?(?:ask|provide|upload|share|describe|say|tell|send"
        r"|paste|give|submit|request|type|want|specify|supply|chat|talk|speak)s?\b",
        r"\b(?:when|if|once|after) (?:the |a )?user (?:asks|provides|uploads|shares|describes|says|tells|sends|pastes"
        r"|gives|submits|requests|types|wants|specifies)\b",
        r"(?<!not )(?<!never )(?<!n't )(?<!n’t )\bprovid(?:e|es|ing) (?:the |your )?users? with\b",
        r"\b(?:provide|give|show|present|offer|explain|deliver|respond|reply|recommend|suggest)s? (?:[\w-]+ ){1,8}?"
        r"(?:to|for) (?:the )?users?\b(?![-_/.])",
    )


@cache
def _tells() -> re.Pattern[str]:
    return phrase(
        r"\b(?:say|tell|state|inform|introduce|disclose|mention|remind|announce|identify|explain)[^.]{0,80}"
        r"\b(?:ai|artificial intelligence|automated|virtual assistant|chat ?bot|bot|language model)\b",
        r"\b(?:dis|dites|dire|indiquez?|précisez?|informez?|présente-toi|présentez-vous|rappelle[rz]?|annonce[rz]?|"
        r"mentionne[rz]?|signale[rz]?)\b[^.]{0,80}"
        r"\b(?:ia|intelligence artificielle|automatique|automatisée?|assistant virtuel|robot|agent conversationnel)\b",
    )


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("GOV954", "undisclosed-ai", "faces a person and does not say that it is AI", LEVELS, check, heuristic=True)
