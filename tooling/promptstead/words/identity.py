"""What a sentence says, apart from how: by it a finding is known again after its words were improved."""

from promptstead.words.former import FORMER
from promptstead.words.sentence import OWN_WORDS, Sentence, own_words
from promptstead.words.tables import is_known, template
from promptstead.words.template import fill


def identity(sentence: str) -> list[object]:
    """Return the code and the arguments of a sentence as JSON values; for a text of others, the text.

    Arguments that name a line (``line``, ``…_line``) are left out: text above moves them.
    """
    said = own_words(sentence)
    if said.code == OWN_WORDS:
        return [OWN_WORDS, str(said)]
    arguments = {name: value for name, value in said.arguments.items() if name != "line" and not name.endswith("_line")}
    return [said.code, {name: _identity(value) for name, value in sorted(arguments.items())}]


def former_text(sentence: str) -> str:
    """Return the English text that a sentence had while findings were known by their text.

    One that is in :data:`FORMER` had other words; any other has those that it was first said with.
    """
    said = own_words(sentence)
    if said.code == OWN_WORDS or not is_known(said.code):
        return str(said)
    former = {name: _former(value) for name, value in said.arguments.items()}
    return fill(FORMER.get(said.code) or template(said.code, "en"), former, "en")


def _identity(value: object) -> object:
    if isinstance(value, Sentence):
        return identity(value)
    return [_identity(each) for each in value] if isinstance(value, (list, tuple)) else value


def _former(value: object) -> object:
    if isinstance(value, Sentence):
        return former_text(value)
    return [_former(each) for each in value] if isinstance(value, (list, tuple)) else value
