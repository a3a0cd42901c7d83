import pytest

from promptstead.detectors import reserved
from promptstead.detectors.personal_data import Kind, find
from promptstead.detectors.reserved import is_nobodys, is_surely_a_persons


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "jeanne@example.com"),
        ("email", "Jeanne.Martin@mail.example.org"),
        ("email", "a@b.test"),
        ("email", "prenom.nom@banque.fr"),
        ("email", "Service-Clients@banque.fr"),
        ("email", "no-reply@banque.fr"),
        ("email", "example@orange.fr"),
        ("email", "bob@gmail.com"),
        ("email", "alice@b.com"),
        ("email", "alice.martin@y.org"),
        ("email", "john.doe@gmail.com"),
        ("email", "jean.dupont@wanadoo.fr"),
        ("email", "sarah@acme.com"),
        ("email", "j.doe@contoso.com"),
        ("email", "gpts@webrox.fr"),
        ("email", "acme-tools@acme-tools.io"),
        ("email", "myappsupport@gmail.com"),
        ("email", "test123@gmail.com"),
        ("email", "12345+octo@users.noreply.github.com"),
        ("email", "git@gitlab.banque.fr"),
        ("email", "icon@2x.png"),
        ("phone", "01 99 00 12 34"),
        ("phone", "+33 6 39 98 01 02"),
        ("phone", "0033 (0)2 61 91 00 00"),
        ("phone", "020 7946 0018"),
        ("phone", "+44 7700 900123"),
        ("phone", "(202) 555-0123"),
        ("phone", "+1 202 555 0199"),
        ("phone", "800-234-5678"),
        ("phone", "(555) 867-5309"),
        ("phone", "+1 415 555 2671"),
        ("phone", "+1-234-567-8900"),
        ("phone", "+49 111 1111111"),
        ("phone", "0800 123 456"),
        ("phone", "01 23 45 67 89"),
        ("card", "4242 4242 4242 4242"),
        ("card", "378282246310005"),
        ("card", "4000-0566-5566-5556"),
        ("iban", "FR14 2004 1010 0505 0001 3M02 606"),
        ("iban", "gb82west12345698765432"),
        ("nir", "2 69 05 49 588 157 80"),
    ],
)
def test_reserved_for_examples_or_of_a_function(kind: Kind, value: str) -> None:
    assert is_nobodys(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "marie.durand@orange.fr"),
        ("email", "johnathan@orange.fr"),
        ("email", "bob.tremblay@gmail.com"),
        ("email", "Alice.Moreau@Wanadoo.FR"),
        ("email", "example.martin@orange.fr"),
        ("email", "jane.martin@x.com"),
        ("email", "m@examples.fr"),
        ("phone", "06 12 93 47 85"),
        ("phone", "+33 1 42 68 53 00"),
        ("phone", "020 7219 3000"),
        ("phone", "202-456-1111"),
        ("phone", "+49 30 227 32222"),
        ("card", "4970 1012 3456 7893"),
        ("iban", "DE75512108001245126199"),
        ("nir", "2 84 05 88 321 025 32"),
        ("siret", "732 829 320 00074"),
    ],
)
def test_of_somebody(kind: Kind, value: str) -> None:
    assert [value[start:end] for _, start, end, _ in find(kind, value)] == [value], "it is found at all"
    assert not is_nobodys(kind, value)


@pytest.mark.parametrize("kind", ["iban", "card", "nir"])
def test_every_listed_number_would_be_found(kind: Kind) -> None:
    numbers = {"iban": reserved.IBANS, "card": reserved.CARDS, "nir": reserved.NIRS}[kind]
    assert [number for number in numbers if not list(find(kind, f"card {number}"))] == []


@pytest.mark.parametrize(
    ("address", "around", "surely"),
    [
        ("knoop.mike@zapier.com", "", True),
        ("p_durand@banque.fr", "", True),
        ("moneymaker@gmail.com", "", True),
        ("sheryl@zapier.com", "Sheryl Soo (", True),
        ("sheryl@zapier.com", "write to ", False),
        ("poke@interaction.co", "just send an email to ", False),
        ("jdurand+x.y@banque.fr", "", False),
        ("v1.2@banque.fr", "", False),
    ],
)
def test_whether_an_address_is_surely_a_persons(address: str, around: str, surely: bool) -> None:
    assert is_surely_a_persons(address, around) is surely
