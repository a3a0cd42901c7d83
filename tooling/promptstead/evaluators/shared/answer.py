"""An answer as evaluators see it: its text, its JSON read once, and the case that it answers."""

from collections.abc import Mapping, Sequence

from promptstead.evaluators.shared.results import Result
from promptstead.evaluators.shared.strict_json import NotJson, parse, unfenced
from promptstead.model import NOTHING, Case, Json, Sample

MAX_CHARACTERS = 2_000_000
"""A longer answer is not judged: every check on it is unscored."""


class Answer:
    """One answer to *case*. Its JSON is read at most once for all evaluators; they must not change it.

    *text* is what is judged: the whole output of *sample*, or a text inside it. *sample* also has what is known of the
    call: tokens, finish reason, tool calls, seconds, cost. *results* is what the checks before this one gave, by name.
    *transcript* is what was said before in a conversation, the results of the tools that led to this answer included.
    *made_up* says that somebody wrote the answer to be caught, so that what is published as an example counts in it.
    """

    __slots__ = ("_parsed", "case", "made_up", "results", "sample", "text", "transcript")

    def __init__(
        self,
        text: str,
        case: Case,
        sample: Sample | None = None,
        transcript: Sequence[Mapping[str, Json]] = (),
        *,
        made_up: bool = False,
    ) -> None:
        self.text = text
        self.case = case
        self.sample = Sample(text) if sample is None else sample
        self.transcript = transcript
        self.made_up = made_up
        self.results: Mapping[str, Result] = NOTHING
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
