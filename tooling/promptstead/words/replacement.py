"""One part of a sentence, at any depth, in place of another."""

from promptstead.words.sentence import OWN_WORDS, Argument, Sentence
from promptstead.words.tables import template
from promptstead.words.template import fill


def replaced(sentence: Sentence, former: Sentence, now: Sentence) -> Sentence:
    """Return *sentence* with *now* wherever it, or an argument of it, says what *former* says."""
    if sentence.code == former.code and sentence.arguments == former.arguments:
        return now
    if sentence.code == OWN_WORDS:
        return sentence
    arguments: dict[str, Argument] = {
        name: replaced(value, former, now) if isinstance(value, Sentence) else value
        for name, value in sentence.arguments.items()
    }
    return Sentence(fill(template(sentence.code, "en"), arguments, "en"), sentence.code, arguments)
