"""An answer as evaluators see it: its text, its JSON read once, and the case that it answers."""

from promptstead.evals.strict_json import NotJson, parse, unfenced
from promptstead.model import Case, Json

MAX_CHARACTERS = 2_000_000
"""A longer answer is not judged: every check on it is unscored."""


class Answer:
    """One answer to *case*. Its JSON is read at most once for all evaluators; they must not change it."""

    __slots__ = ("_parsed", "case", "text")

    def __init__(self, text: str, case: Case) -> None:
        self.text = text
        self.case = case
        self._parsed: dict[bool, Json] = {}

    def json(self, fenced: bool = False) -> Json:
        """Return the JSON value that the answer is; with *fenced*, also one inside a single Markdown code fence.

        :raises NotJson: it is no such value.
        """
        if fenced not in self._parsed:
            try:
                self._parsed[fenced] = parse(unfenced(self.text) if fenced else self.text)
            except NotJson as error:
                self._parsed[fenced] = error
        value = self._parsed[fenced]
        if isinstance(value, NotJson):
            raise value
        return value
