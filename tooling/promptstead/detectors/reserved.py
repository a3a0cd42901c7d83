"""Values that look like personal data and are nobody's: reserved for examples and tests, or published as such."""

import re

from promptstead.detectors.example_domains import is_example_domain
from promptstead.detectors.personal_data import Kind, compact

_SHARED = frozenset((
    "abuse", "accessibility", "accounts", "accueil", "admin", "adoption", "agency", "ai", "alerts", "api", "app",
    "apps", "assistance", "atencion", "ayuda", "beta", "billing", "bonjour", "booking", "bookings", "bot", "bugs",
    "business", "careers", "client", "clients", "commande", "commandes", "commercial", "community", "compliance",
    "comptabilite", "contact", "contacto", "contato", "contatto", "customer", "customerservice", "data", "demo",
    "dev", "developer", "developers", "devops", "direction", "donotreply", "dpo", "email", "enquiries", "enquiry",
    "events", "facturation", "feedback", "finance", "firstname", "founders", "gdpr", "general", "git", "gpt",
    "gpts", "hallo", "hello", "help", "helpdesk", "hi", "hola", "hostmaster", "hr", "info", "information",
    "inquiries", "it", "job", "jobs", "kontakt", "lastname", "legal", "livraison", "mail", "mailbox", "marketing",
    "me", "media", "member", "members", "membership", "name", "news", "newsletter", "no", "nom", "noreply",
    "notification", "notifications", "office", "ops", "order", "orders", "partners", "partnership", "partnerships",
    "payroll", "postmaster", "prenom", "press", "presse", "privacy", "product", "project", "projects", "prénom",
    "reception", "reclamation", "reclamations", "recruitment", "recrutement", "reply", "report", "reports",
    "request", "requests", "reservation", "reservations", "rgpd", "rh", "root", "sales", "sav", "secretariat",
    "security", "service", "services", "shop", "someone", "soporte", "store", "studio", "subscribe", "suporte",
    "support", "team", "unsubscribe", "updates", "user", "username", "ventas", "vente", "ventes", "web",
    "webmaster", "welcome", "you",
))  # fmt: skip
"""Words of an address that belongs to a function and not to a person (RFC 2142, usage), or that stands for a name."""
_IN_SHARED = ("support", "contact", "feedback", "noreply", "helpdesk", "service", "customer", "info", "sales")
"""What such an address begins or ends with, whatever else is in it."""
_PLACEHOLDERS = frozenset((
    "abc", "alice", "anyone", "bar", "bob", "carol", "charlie", "dave", "doe", "dummy", "eve", "example", "exemple",
    "fake", "foo", "jane", "janedoe", "janesmith", "jdoe", "jeandupont", "joe", "joebloggs", "john", "johndoe",
    "johnsmith", "jsmith", "mallory", "sample", "somebody", "test", "tester", "testuser", "usager", "utilisateur",
    "xyz",
))  # fmt: skip
"""Names of those whom examples are about: an address of nothing else is made up, wherever it is."""

_PHONES = (
    # France: numbers for audiovisual works, Arcep decision 2018-0881
    "019900", "026191", "035301", "046571", "053649", "063998",
    # United Kingdom: Ofcom's numbers for drama
    "02079460", "01632960", "07700900", "08081570", "09098790", "0306999",
    # sequences that stand for a number
    "0123456789", "0612345678", "0102030405", "0601020304", "0600000000", "0100000000", "0123456",
)  # fmt: skip
"""Beginnings of national numbers."""

CARDS = {
    "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "4444333322221111",
    "4917610000000000", "5555555555554444", "5105105105105100", "5200828282828210", "5454545454545454",
    "2223003122003222", "2223000048400011", "378282246310005", "371449635398431", "378734493671000",
    "374245455400126", "6011111111111117", "6011000990139424", "6011000400000000", "30569309025904",
    "38520000023237", "36227206271667", "3530111333300000", "3566002020360505",
    "6200000000000005", "6205500000000000004",
}  # fmt: skip
"""Test numbers that the networks and payment services publish."""
_TEST_CARDS = ("400000", "411111", "424242")
"""Beginnings of further test numbers of payment services."""

NIRS = {"255081416802538", "269054958815780"}
"""The number that explanations of the NIR use, and the one on the specimen of the Vitale card."""

IBANS = {
    "AT483200000012345864", "AT611904300234573201", "BE71096123456769", "BG80BNBG96611020345678",
    "CH5604835012345678009", "CH9300762011623852957", "CY17002001280000001200527600", "CZ6508000000192000145399",
    "DE02120300000000202051", "DE89370400440532013000", "DE91100000000123456789", "DK5000400440116243",
    "EE382200221020145685", "ES7921000813610123456789", "ES9121000418450200051332", "FI2112345600000785",
    "FR1420041010050500013M02606", "FR7612345987650123456789014", "FR7630006000011234567890189",
    "GB29NWBK60161331926819", "GB33BUKB20201555555555", "GB82WEST12345698765432", "GR1601101250000000012300695",
    "HR1210010051863000160", "HU42117730161111101800000000", "IE29AIBK93115212345678", "IE64IRCE92050112345678",
    "IS140159260076545510730339", "IT60X0542811101000000123456", "LI21088100002324013AA", "LT121000011101001000",
    "LU120010001234567891", "LU280019400644750000", "LV80BANK0000435195001", "MC5811222000010123456789030",
    "MT84MALT011000012345MTLCAST001S", "NL02ABNA0123456789", "NL91ABNA0417164300", "NO9386011117947",
    "PL61109010140000071219812874", "PT50000201231234567890154", "RO49AAAA1B31007593840000",
    "SE4550000000058398257466", "SI56263300012039086", "SK3112000000198742637541",
}  # fmt: skip
"""Examples of SWIFT's IBAN registry (ISO 13616) and of the sites that explain the format."""


def is_nobodys(kind: Kind, value: str) -> bool:
    """Tell whether *value*, as it stands in a text, is reserved, published as an example, or belongs to a function."""
    number = compact(value)
    match kind:
        case "iban":
            return number.upper() in IBANS
        case "card":
            return number in CARDS or number.startswith(_TEST_CARDS)
        case "nir":
            return number in NIRS
        case "phone":
            return _is_no_persons_phone(number)
        case "email":
            return _is_no_persons_address(value.casefold())
        case _:
            return False


def _is_no_persons_address(address: str) -> bool:
    local, _, domain = address.partition("@")
    if is_example_domain(domain) or domain.endswith(_NO_DOMAINS):
        return True
    words = [word for word in re.split(r"[-_+.]", local.rstrip("0123456789")) if word]
    if not words or not _SHARED.isdisjoint(words) or local.startswith(_IN_SHARED) or local.endswith(_IN_SHARED):
        return True
    main = domain.split(".")[-2]
    if len(main) == 1 and domain.endswith((".com", ".net", ".org")) and domain not in _ONE_LETTER:
        return True
    return "".join(words) in (*_PLACEHOLDERS, main, main.replace("-", "")) or words in _NAMES


def is_surely_a_persons(address: str, around: str) -> bool:
    """Tell whether an address is a person's and not, perhaps, that of a function or a product.

    It has two names, belongs to a provider of mailboxes, or its name stands in the text *around* it as names do.
    """
    local, _, domain = address.partition("@")
    names = [name for name in re.split(r"[._]", local.partition("+")[0].rstrip("0123456789")) if name.isalpha()]
    return len(names) > 1 or domain.casefold().split(".")[0] in _PROVIDERS or local.capitalize() in around


def _is_no_persons_phone(value: str) -> bool:
    for prefix in ("+33", "0033", "+44", "0044"):
        if value.startswith(prefix):
            value = "0" + value[len(prefix) :].removeprefix("0")
    american = value.removeprefix("+1") if value.startswith("+1") else value
    if len(american) == 10 and american[0] in "23456789":
        return "555" in (american[:3], american[3:6]) or american[:3] in _FREEPHONE or _is_typed(american)
    return value.startswith((*_PHONES, "08")) or _is_typed(value)


def _is_typed(number: str) -> bool:
    """Tell whether a number is a sequence or a repetition: ``+1234567890``, ``+49 111 111 1111``."""
    digits = number.lstrip("+0")
    repeated = any(digit * 6 in digits for digit in set(digits))
    return repeated or len(set(digits)) <= 2 or "23456" in digits or "98765" in digits


_PROVIDERS = frozenset((
    "aliceadsl", "aol", "bbox", "bluewin", "btinternet", "comcast", "fastmail", "free", "gmail", "gmx", "googlemail",
    "hotmail", "icloud", "laposte", "libero", "live", "mac", "mailbox", "msn", "naver", "neuf", "numericable", "orange",
    "outlook", "pm", "posteo", "proton", "protonmail", "qq", "sfr", "sky", "t-online", "tutanota", "verizon",
    "virginmedia", "wanadoo", "web", "yahoo", "yandex", "ymail", "zoho",
))  # fmt: skip
"""Whoever has a mailbox there is a person."""
_ONE_LETTER = frozenset(("q.com", "x.com", "z.com", "i.net", "q.net", "x.org"))
"""The domains of one letter that were given out before IANA kept all others back, in December 1993."""
_FREEPHONE = frozenset(("800", "888", "877", "866", "855", "844", "833"))
_NAMES = [[first, last] for first in ("john", "jane", "joe") for last in ("doe", "smith", "bloggs", "public")] + [
    ["jean", "dupont"], ["marie", "dupont"], ["max", "mustermann"], ["erika", "mustermann"], ["juan", "perez"],
    ["mario", "rossi"],
]  # fmt: skip
"""Persons whom examples are about, in several languages."""
_NO_DOMAINS = (
    ".css", ".csv", ".gif", ".html", ".jpeg", ".jpg", ".js", ".json", ".jsx", ".md", ".pdf", ".png", ".service", ".svg",
    ".toml", ".ts", ".tsx", ".txt", ".value", ".webp", ".xml", ".yaml", ".yml", ".local", ".internal", ".lan",
)  # fmt: skip
"""Endings of what looks like an address and is a file, a package, a unit of systemd or a name in one network."""
