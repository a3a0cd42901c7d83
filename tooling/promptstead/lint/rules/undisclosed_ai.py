"""The prompt faces a person, and nothing tells that person that it is AI.

**Why it matters.** Article 50(1) of the AI Act: people who talk to an AI system must be told so, unless it is obvious.
It has applied since 2026-08-02.

**Example.** `You are a customer service agent. Reply to the customer.` and no word about AI.

**How to fix.** Say under `governance.disclosure` how people are told (a banner, the first line of the chat), or have
the text say it: `Introduce yourself as an AI assistant.` No fix is offered: how people are told is yours to know.

This rule is a heuristic: it takes a prompt to face a person when it calls itself a chatbot, a virtual assistant or a
service agent, when it replies to a customer, a patient and the like (in English or French), or when it has a slot for
earlier turns. It reads the first 1,500 characters of an instruction. On the 21 valid prompts in real repositories and
191 edited versions of them it reported nothing, and none faces a person; of 2,590 published English prompts for chat
assistants and agents it reported 6, and all were right, though its phrases were narrowed on these; of our own 8, with
the disclosure removed, 3, rightly. It misses prompts that say it in other words. In GitHub Models' format, which has no
place for a disclosure, it is a note.
"""

import re
from collections.abc import Iterator
from functools import cache

from promptstead.lint.facts import load_facts
from promptstead.lint.phrases import phrase
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.lint.wording import Wording
from promptstead.model import Level, Problem, Span
from promptstead.words.sentence import say

_STEMS = ("chatbot", "chat bot", "virtual", "virtuel", "conversationnel", "customer", "client", "patient", "usager",
          "visitor", "visiteur", "guest", "candidate", "candidat", "applicant", "citizen", "citoyen", "shopper",
          "tenant", "locataire", "abonné", "assuré", "salarié", "employé", "employee", "voyageur",
          "passenger", "concierge")  # fmt: skip

OPENING = 1500
"""Characters of an instruction in which it is expected to say whom it talks to."""


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
        if wording.role != "user" and any(stem in wording.lower for stem in _STEMS):
            match = _faces().search(wording.lower, 0, OPENING)
            if match:
                yield wording.place(*match.span())


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
