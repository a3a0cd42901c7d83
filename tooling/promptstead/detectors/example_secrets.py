"""Secrets that are none: what documentation shows, what was typed to have an example, what stands for a value."""

import re
from binascii import a2b_base64

from promptstead.detectors.example_domains import is_example_domain
from promptstead.detectors.made_up import is_made_up, is_words

_NO_VALUE = re.compile(r"(?i)(?:base64|oauth2?|sha-?[0-9]+|md5|aes-?[0-9]+|utf-?8|[0-9]+-?[a-z]+$)")
_DOCUMENTED = (
    "EXAMPLE",  # every key in the documentation of AWS
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "4twFt5NiznN84AWoo1d7KO1T_yoc0Z6XOpOVsw",  # jwt.io, RFC 7519
    "eyJpc3MiOiJzdXBhYmFzZS1kZW1v",  # Supabase's for a computer of one's own
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",  # Azurite
    "16C7e42F292c6912E7710c838347Ae178B4a",  # GitHub
    "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",  # Telegram
    "SG.ngeVfQFYQlKU0ufo8x5d1A", "4eC39HqLyjWDarjtT1zdp7dc",  # SendGrid, Stripe
    "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy", "xoxp-23984754863-2348975623103",  # Slack
    "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "AIzaSyDOCAbC123dEf456GhI789jKl01-MnO",  # Google
)  # fmt: skip
"""Parts of the keys that the documentation of a service shows."""
_SOMEBODY = re.compile(rb"1234567890|(?i:john ?doe|jane ?doe|example|[\"/.-]test[\"/.@-]|user123)")
"""What the content of a token that was made to show one has in it."""
_ADDRESS = re.compile(r"://(?P<user>[^:]*):(?P<password>[^@]*)@(?P<host>.*)")
_NO_PASSWORD = re.compile(
    r"(?i)(?:my|the|db|a)?[-_]?(?:pass(?:word|wd|phrase|code)?|passw0rd|p@ss(?:w[o0]rd)?|pwd?|secret|token|key|api[-_]?key|port|mot[-_]?de[-_]?passe|mdp)"
    r"[-_]?[0-9]{0,6}!?|[0-9]{1,5}|%s|\*+|admin|root|guest|test(?:ing)?|postgres|mysql|redis|hunter2"
)
_NO_USER = frozenset(("user", "username", "usr", "myuser", "login", "utilisateur", "u", "foo"))


def is_example(name: str, value: str) -> bool:
    """Tell whether a value in a known format is documented or made up."""
    match name:
        case "a password in a URL":
            found = _ADDRESS.fullmatch(value)
            return found is None or _is_no_password(**found.groupdict())
        case "a private key":
            return False
        case "a JSON Web Token":
            return _is_documented(value) or _SOMEBODY.search(_content(value)) is not None
        case _:
            return _is_documented(value) or is_made_up(value.removeprefix("AccountKey=").rpartition("/services/")[2])


def is_documented(name: str, value: str) -> bool:
    """Tell whether a value in a known format is one that documentation shows, or of a host reserved for examples."""
    if name == "a password in a URL":
        return is_example_domain(value.rpartition("@")[2])
    return _is_documented(value)


def _is_documented(value: str) -> bool:
    return any(part in value for part in _DOCUMENTED)


def _content(token: str) -> bytes:
    try:
        return a2b_base64(token.split(".")[1].replace("-", "+").replace("_", "/") + "===")
    except ValueError:
        return b""


def _is_no_password(user: str, password: str, host: str) -> bool:
    if is_example_domain(host) or _NO_PASSWORD.fullmatch(password) or password.casefold() == user.casefold():
        return True
    typed = user.casefold() in _NO_USER and not is_random(password)
    return typed or (not password.isalpha() and is_words(password)) or is_made_up(password)


def is_random(value: str) -> bool:
    """Tell whether *value* has digits among letters as no word has them, and is no placeholder and no address."""
    value = value.rstrip(".!?:")
    digits = sum(character.isdigit() for character in value)
    letters = any(character.isalpha() for character in value)
    if not digits or not letters or value.startswith(("/", "http")) or _NO_VALUE.match(value) or is_words(value):
        return False
    mixed = value not in (value.lower(), value.upper())
    signs = any(sign in value for sign in "!@#$%&*?+=")
    return digits > 1 and (mixed or signs or (digits > 3 and len(value) >= 16))
