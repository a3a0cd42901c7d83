"""``no-secret``: the answer holds no secret."""

from collections.abc import Callable, Mapping

from promptstead.detectors.secret_formats import assigned, known
from promptstead.escapes import unescaped
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.options import texts
from promptstead.evaluators.shared.results import Result, holding
from promptstead.model import Json
from promptstead.words.sentence import say, word


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Look for secrets; the reason says what kind is there, and never shows it.

    The formats are those of the lint rule SEC301: keys and tokens of known services, private keys, JSON Web Tokens with
    their signature, a password in a URL. With ``assigned: true`` also what is assigned to a password or a key
    (``password: …``, ``api_key = …``) and has letters and digits as a secret has them, which is a heuristic. Documented
    examples and placeholders are none; ``allow`` names values that may occur. In a counterexample, keys that a
    service's documentation shows and passwords of hosts that are reserved for examples count: it is written with those.
    """
    allow = texts(options.get("allow", []))
    guess = options.get("assigned", False)

    def judge(answer: Answer) -> Result:
        text = unescaped(answer.text)  # an answer in JSON has its line breaks as escapes
        allowed = set(allow(answer.case))
        found = [
            word(name) for name, start, end in known(text, documented=answer.made_up) if text[start:end] not in allowed
        ]
        if guess:
            lower = text.lower()
            if len(lower) == len(text):  # a few letters grow in lower case, and places would be wrong
                named = [text[start:end] for start, end in assigned(text, lower)]
                found += [say("evaluators.looks-secret") for value in named if value not in allowed]
        if not found:
            return Result(True, say("evaluators.no-secret"))
        return Result(False, holding(found))

    return judge
