"""Values that look like personal data and are nobody's: reserved for examples and tests, or published as such."""

from promptstead.detectors.personal_data import Kind, compact

_DOMAINS = {"example", "exemple", "test", "invalid", "localhost"}
"""RFC 2606 and RFC 6761, and the French word, which people use likewise."""

_SHARED = {
    "abuse", "accessibility", "accueil", "admin", "bonjour", "contact", "commercial", "compliance", "direction",
    "dpo", "email", "firstname", "hello", "help", "helpdesk", "hostmaster", "hr", "info", "information", "job",
    "jobs", "lastname", "mail", "marketing", "me", "media", "name", "news", "newsletter", "no", "nom", "noreply",
    "office", "postmaster", "prenom", "prénom", "presse", "press", "privacy", "reclamation", "reclamations",
    "recruitment", "recrutement", "reply", "rgpd", "rh", "sales", "sav", "secretariat", "security", "service",
    "services", "someone", "support", "team", "user", "username", "webmaster", "you",
}  # fmt: skip
"""Words of an address that belongs to a function and not to a person (RFC 2142, usage), or that stands for a name."""

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
    words = local.replace("-", ".").replace("_", ".").replace("+", ".").split(".")
    return not _DOMAINS.isdisjoint(domain.split(".")) or not _SHARED.isdisjoint(words)


def _is_no_persons_phone(value: str) -> bool:
    for prefix in ("+33", "0033", "+44", "0044"):
        if value.startswith(prefix):
            value = "0" + value[len(prefix) :].removeprefix("0")
    american = value.removeprefix("+1") if value.startswith("+1") else value
    if len(american) == 10 and american[0] in "23456789":
        return american[3:8] == "55501" or american[:3] in {"800", "888", "877", "866", "855", "844", "833"}
    return value.startswith((*_PHONES, "08"))
