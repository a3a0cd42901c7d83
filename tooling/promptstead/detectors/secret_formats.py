"""Secrets in a text: formats that are recognisable by themselves, and values that are assigned to a password or key.

Cheap where there is none: a format is searched for only in a text that holds its sign. The formats are those that
detect-secrets and the providers document; the tests compare the two.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from promptstead.detectors.written_breaks import unbroken

MOST = 50
"""Places of one format in one text that are looked at."""

_SHORTEST = 15
"""Characters of the shortest secret of a known format, a URL with a password; only private keys have white space."""


class Format(NamedTuple):
    """A kind of secret: one of *signs* is in every text that holds one."""

    name: str
    signs: tuple[str, ...]
    pattern: str


FORMATS = (
    Format("an AWS access key", ("AKIA", "ASIA"), r"A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Format("a Google API key", ("AIza",), r"AIza[\w-]{35}(?![\w-])"),
    Format("an Azure storage key", ("AccountKey=",), r"AccountKey=[A-Za-z0-9+/]{86}=="),
    Format("an OpenAI key", ("sk-",), r"sk-(?:(?:proj|svcacct|admin)-[\w-]{20,200}|[A-Za-z0-9]{40,60}(?![\w-]))"),
    Format("an Anthropic key", ("sk-ant-",), r"sk-ant-[a-z0-9]{3,10}-[\w-]{20,200}"),
    Format("a Hugging Face token", ("hf_",), r"hf_[A-Za-z0-9]{34}(?!\w)"),
    Format("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    Format("a GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    Format(
        "a GitLab token",
        ("glpat-", "gldt-", "glft-", "glrt-", "glptt-", "glcbt-", "glsoat-"),
        r"gl(?:pat|dt|ft|rt|ptt|cbt|soat)-[\w-]{20,200}",
    ),
    Format("a Slack token", ("xox",), r"xox[abeoprs]-[0-9A-Za-z-]{20,200}"),
    Format("a Slack webhook", ("hooks.slack",), r"hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{20,40}"),
    Format("a Stripe live key", ("k_live_",), r"[sr]k_live_[A-Za-z0-9]{16,200}"),
    Format("a Square secret", ("sq0csp-",), r"sq0csp-[\w-]{43}"),
    Format("a SendGrid key", ("SG.",), r"SG\.[\w-]{22}\.[\w-]{43}(?![\w-])"),
    Format("a Mailchimp key", ("-us",), r"[0-9a-f]{32}-us[0-9]{1,2}(?!\w)"),
    Format("a Twilio key", ("SK",), r"SK[0-9a-f]{32}(?!\w)"),
    Format("a Telegram bot token", (":AA",), r"[0-9]{8,10}:AA[\w-]{33}(?![\w-])"),
    Format("a Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[\w-]{60,80}"),
    Format("an Artifactory token", ("AKC",), r"AKC[A-Za-z0-9]{60,100}(?!\w)"),
    Format("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}(?!\w)"),
    Format("a PyPI token", ("pypi-AgE",), r"pypi-AgE[\w-]{50,300}"),
    Format("a JSON Web Token", ("eyJ",), r"eyJ(?<![\w-]eyJ)[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{20,1000}"),
    Format(
        "a private key", ("PRIVATE KEY",), r"-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?=\s+[\w+/:]{16})"
    ),
    Format("a password in a URL", ("://",), r"://[^\s:/@<>\"'`{}]{0,64}:(?!(?:pass|password|pwd|secret|token)@)[^\s:/@<>\"'`{}]{3,64}@[\w.-]{3,100}"),
)  # fmt: skip

_KEYWORDS = (
    "password", "passwd", "pwd", "passcode", "mot de passe", "secret", "token", "api key", "api_key", "api-key",
    "apikey", "access key", "access_key", "clé d'api", "clé api",
)  # fmt: skip
_ASSIGNED = (
    r"[\"'`*]{0,3}[ \t\u00a0\u202f]{0,2}(?:=|:|is\b|est\b)[*]{0,2}[ \t]{0,3}(?:Bearer )?"
    r"[\"'`]?([^\s\"'`,;()\[\]\ufffc]{8,80})"
)


def known(text: str, *, documented: bool = False) -> Iterator[tuple[str, int, int]]:
    """Yield the name and the place of each secret of a known format; placeholders are none.

    :param documented: whether keys that documentation shows count, and passwords of hosts reserved for examples.
    """
    text = unbroken(text)
    words = " ".join([word for word in text.split() if len(word) >= _SHORTEST])
    if "PRIVATE KEY" in text:
        words += "PRIVATE KEY"
    for name, signs, pattern in FORMATS if words else ():
        if any(sign in words for sign in signs):
            for match in islice(re.finditer(pattern, text), MOST):
                inside = text[match.start() - 1 : match.start()].isalnum() and not pattern.startswith(("://", "hooks"))
                if not inside and not _is_example(name, match[0], documented=documented):
                    yield name, *match.span()


def assigned(text: str, lower: str) -> Iterator[tuple[int, int]]:
    """Yield the place of each value that is assigned to a password, a key or a token and looks like one.

    *lower* is *text* in lower case, character by character.
    """
    text = unbroken(text)
    pattern = re.compile(_ASSIGNED)
    seen: set[int] = set()
    for keyword in _KEYWORDS:
        start = lower.find(keyword)
        while start >= 0 and len(seen) < MOST:
            start += len(keyword)
            match = pattern.match(text, start)
            if match and _is_random(match[1]) and match.start(1) not in seen:
                seen.add(match.start(1))
                yield match.span(1)
            start = lower.find(keyword, start)


def _is_example(name: str, value: str, *, documented: bool) -> bool:
    from promptstead.detectors.example_secrets import is_documented, is_example  # only a candidate needs them

    return is_example(name, value) and not (documented and is_documented(name, value))


def _is_random(value: str) -> bool:
    from promptstead.detectors.example_secrets import is_random

    return is_random(value)
