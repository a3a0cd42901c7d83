"""All that the rules say about their cases, in both languages, as the file in which a change of wording is seen.

``python -m tests.lint.messages`` writes ``messages.txt`` anew.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from promptstead.words.sentence import OWN_WORDS, Sentence, own_words, say
from tests.lint.test_rules import CASES, Run

FILE = Path(__file__).parent / "messages.txt"
OF_THOUSANDS = (
    say("rules.more-findings", more=1234, worst=say("rules.TPL101", name="complaint")),
    say("rules.too-many-findings", most=5000),
    say("rules.too-many-findings-hint"),
)
"""What is said where there are more findings than a case is written for."""


def said(folder: Path) -> list[Sentence]:
    """Return every message, hint and description of a fix of every case, in order, each once."""
    found = {_head(each): each for each in OF_THOUSANDS}
    for code, cases in CASES.items():
        for index, case in enumerate(cases):
            for each in Run(folder / code / str(index), code, case).lint():
                for text in filter(None, (each.message, each.hint, each.fix and each.fix.description)):
                    found[_head(own_words(text))] = own_words(text)
    return [found[head] for head in sorted(found)]


def shown(sentences: list[Sentence]) -> str:
    """Return the text of the file: code, arguments and both languages of each sentence."""
    return "".join(f"{_head(each)}\n  en  {each.to('en')}\n  fr  {each.to('fr')}\n" for each in sentences)


def codes(sentence: Sentence) -> Iterator[str]:
    """Yield the code of a sentence and of those within it."""
    yield sentence.code
    for value in sentence.arguments.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Sentence):
                yield from codes(each)


def _head(sentence: Sentence) -> str:
    arguments = {name: _plain(value) for name, value in sorted(sentence.arguments.items())}
    if sentence.code == OWN_WORDS:
        arguments = {"text": str(sentence)}
    return f"{sentence.code} {json.dumps(arguments, ensure_ascii=False)}" if arguments else sentence.code


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return _head(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        FILE.write_text(shown(said(Path(folder))), encoding="utf-8")
