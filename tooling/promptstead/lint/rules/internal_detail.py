r"""The text names something internal: a host, an address, a connection, a database, a role, a limit.

**Why it matters.** OWASP LLM07: what stands in a prompt gets out. A host name, the name of the production database, or
"the internal limit is 5,000" tells an attacker where to aim and what to ask for; and a limit that only the prompt knows
is none.

**Example.** `Look the order up on http://crm.corp.internal:8080 in the table orders_prod.`

**How to fix.** Let the application do what needs the detail, and give the model the result. A value that the model
needs, such as a limit that the customer may know, is an input, or stays; suppress the finding with the reason.

This rule is a heuristic. It reports names under `.internal`, `.corp`, `.lan`, `.local` and `.intra`, private IPv4
addresses, UNC paths and connection strings, databases and servers whose name says production, privileged roles with
what they may do, and limits that are called internal or confidential, in English and French. It does not report
`localhost`, example domains, networks (`10.0.0.0/16`), connections made of variables, or a limit that is simply stated;
addresses and connections in blocks of code and in examples are left alone.

It is off by default: select `SEC303` by its whole code, or give it a level in `lint.levels`.

**How often it is right.** On 641 public prompts none of its 6 findings was right before the examples were left alone;
now it reports nothing there, and nothing on 671 others that were looked at once, at the end. Nobody writes the names of
internal hosts into a public prompt: how often it is right in private ones is unknown, which is why it is off.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.texts import paragraphs
from promptstead.model import Problem
from promptstead.words.sentence import Sentence, say

_MOST = 50


class _Detail(NamedTuple):
    message: Callable[[], Sentence]
    signs: tuple[str, ...]
    """One of these, in lower case, is in every text that holds one."""
    pattern: str


_DETAILS = (
    _Detail(
        lambda: say("rules.SEC303-host"),
        (".internal", ".corp", ".lan", ".local", ".intra", ".home.arpa"),
        r"(?<![\w.$/\\-])(?:(?i:https?)://)?(?:[a-z0-9][a-z0-9-]*\.){1,6}"
        r"(?:internal|corp|lan|local|intra|intranet|home\.arpa)(?![\w-]|\.\w|\()(?::[0-9]{2,5})?",
    ),
    _Detail(
        lambda: say("rules.SEC303-address"),
        ("10.", "192.168.", "172."),
        r"(?<![\w.-])(?<!NET )(?<!ersion )"
        r"(?:10(?:\.[0-9]{1,3}){3}|192\.168(?:\.[0-9]{1,3}){2}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2})"
        r"(?<!\.0)(?<!\.255)(?![\w.]*[0-9])(?!/[0-9])",
    ),
    _Detail(
        lambda: say("rules.SEC303-connection"),
        (
            "jdbc:",
            "postgres",
            "mysql://",
            "mongodb",
            "redis",
            "amqp",
            "sqlserver://",
            "ldap",
            "server=",
            "data source=",
        ),
        r"(?i:jdbc:[a-z]+:(?://)?|(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver|ldaps?)://)"
        r"(?!localhost|127\.|example|[<{\[$\ufffc]|(?:user|username)\b)(?=\S{0,100}[.@]|(?i:jdbc))[\w.:@/-]{4,200}"
        r"|\b(?i:server|data source)=(?!localhost|\(|<|\{|\.|\$|your|\ufffc)[^;\n$]{2,80};"
        r"\s?(?i:database|initial catalog)=(?!your|\$)[^;\n$]{2,80}",
    ),
    _Detail(
        lambda: say("rules.SEC303-file-server"),
        ("\\\\",),
        r"(?<![\w\\`])\\\\[A-Za-z][\w-]{2,30}\\[A-Za-z][\w$-]+(?:\\[\w$.-]+){0,20}",
    ),
    _Detail(
        lambda: say("rules.SEC303-database"),
        ("prod", "prd"),
        r"\b(?i:database|schema|table|server|cluster|bucket|host|base(?: de données)?|serveur|schéma)"
        r"(?i: named| called| nommée?| appelée?)? [`\"'«]{0,2} ?"
        r"(?=[\w.-]{0,60}?(?:[_.-]|\b)(?:prod|prd|production)(?:[_.-]|\b))[a-z0-9]+(?:[_.-][a-z0-9]+)+",
    ),
    _Detail(
        lambda: say("rules.SEC303-role"),
        ("role", "rôle", "compte", "account", "group"),
        r"\b(?i:admin(?:istrator)?|superuser|root|sysadmin) (?i:role|account|group)s?\b[^.;\n]{0,40}"
        r"\b(?i:can|grants?|may|has full|full access|is allowed)\b"
        r"|\bROLE_[A-Z][A-Z_]{3,40}\b"
        r"|\b(?i:rôle|compte|groupe) (?i:admin(?:istrateur)?|superutilisateur|root)\b[^.;\n]{0,40}"
        r"\b(?i:peut|peuvent|donne|permet|accès complet|tous les droits)\b",
    ),
    _Detail(
        lambda: say("rules.SEC303-limit"),
        ("limit", "threshold", "ceiling", "plafond", "seuil"),
        r"\b(?i:internal|undisclosed|confidential|secret|hidden) (?:\w+ )?"
        r"(?i:limit|threshold|ceiling)s?\b[^.;\n]{0,60}[0-9]"
        r"|\b(?i:limite|plafond|seuil)s? (?:de \w+ |d['’]\w+ )?"
        r"(?i:internes?|confidentiel(?:le)?s?|non communiquée?s?|secr[eè]te?s?)\b[^.;\n]{0,60}[0-9]",
    ),
)


def check(context: Context) -> Iterator[Problem]:
    """Report each internal detail in the fixed text of a message."""
    for wording in context.wordings():
        for message, signs, pattern in _DETAILS:
            found = (
                (start + match.start(), start + match.end())
                for start, paragraph in paragraphs(wording.text, wording.lower, signs)
                for match in _compiled(pattern).finditer(paragraph)
            )
            for start, end in islice(found, _MOST):
                if signs in _SHOWN and _is_shown(wording.text, start):
                    continue
                span, path = wording.place(start, end)
                yield Problem("SEC303", message(), span, say("rules.SEC303-hint"), path=path)


_SHOWN = tuple(detail.signs for detail in _DETAILS[1:3])
"""Addresses and connections, which every example of a program or a dialogue has."""


def _is_shown(text: str, start: int) -> bool:
    """Tell whether what stands at *start* is in a block of code or in an element with examples."""
    fences = _compiled(r"(?m)^[ \t]*(?:```|~~~)").findall(text, 0, start)
    elements = _compiled(r"(?i)<(/?)examples?\b[^<>\n]{0,40}>").findall(text, 0, start)
    return len(fences) % 2 == 1 or sum(-1 if closing else 1 for closing in elements) > 0


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


RULE = Rule(
    "SEC303",
    "internal-detail",
    "internal host, database, limit or role named",
    everywhere("warning"),
    check,
    heuristic=True,
)
