"""What ``promptstead record`` asks for, prompt by prompt, and the pending answers that come of it."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from promptstead.config.model_address import ANTHROPIC, OPENAI, address, asked_at
from promptstead.config.settings import Config
from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.samples import kept, kept_calls
from promptstead.model import Case, Json, ModelChoice, RecordedOutput, Sample
from promptstead.operations.recording.pending_file import ANSWERS, PendingFile
from promptstead.operations.recording.recorded_answers import valid_outputs
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.calls import answer_text
from promptstead.outputs.pending import Attempt, Key, key_of, pending_outputs
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.providers.provider import Reply, Request
from promptstead.words.sentence import Sentence, say

CUT_OFF = ("length", "max_tokens", "max_output_tokens", "incomplete")
FILTERED = "content_filter"


class Wish(NamedTuple):
    """What the options ask for; without models each prompt's own, *everything* also where it is recorded already."""

    case_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    samples: int = 1
    everything: bool = False


class Question(NamedTuple):
    """A case to ask a model, *times* over."""

    case: Case
    model: str
    digest: str
    times: int


class Accepted(NamedTuple):
    """What is to be known of an accepted answer without holding it: how many samples it has of which request."""

    request: str
    samples: int
    attempts: int


class Failure(NamedTuple):
    """A case without an answer that can be used, and why."""

    prompt: str
    case: str
    model: str
    why: str


class AnswersToAsk(PendingFile[Attempt]):
    """The pending answers of one prompt, and what is asked to get more.

    :param folder: where they go; empty for their own place.
    :raises PromptsteadError: the prompt, its outputs or its pending answers are not valid.
    """

    def __init__(self, workspace: Workspace, loaded: Loaded, folder: str = "") -> None:
        self.id = loaded.id
        self._config = workspace.config
        self.requests = Requests(loaded)
        self._cases = self.requests.prompt.cases
        self._loaded = loaded
        self._live = {
            (each.case, each.model): _accepted(each) for each in valid_outputs(loaded) if each.source == "live"
        }
        super().__init__(workspace, loaded, ANSWERS, folder)

    def questions(self, wish: Wish) -> tuple[list[Question], list[Failure]]:
        """Return what is to be asked, and the cases that cannot be.

        :raises PromptsteadError: the prompt names no model, or there is none of a name given.
        """
        found: list[Question] = []
        failures: list[Failure] = []
        here = Counter(key_of(attempt) for attempt in self.pending if attempt.sample is not None)
        if not self._cases:
            return found, failures
        for name in wish.models or ("",):
            refuse_unresolved(self.requests.choice(name), self._config, self.requests.prompt.path)
        for model in dict.fromkeys(self.requests.label(name) for name in wish.models or ("",)):
            for case in self._cases:
                if wish.case_ids and case.id not in wish.case_ids:
                    continue
                try:
                    digest = self.requests.digest(case, model)
                except PromptsteadError as error:
                    failures.append(Failure(self.id, case.id, model, f"cannot be rendered: {error.message}"))
                    continue
                key = case.id, model, digest
                accepted = self._accepted(key)
                times = wish.samples - here[key]
                if times > 0 and (wish.everything or accepted is None or accepted.samples < wish.samples):
                    found.append(Question(case, model, digest, times))
        return found, failures

    def outputs(self) -> Iterator[RecordedOutput]:
        """Yield the answers that are accepted, and the pending ones."""
        return chain(valid_outputs(self._loaded), pending_outputs(self.pending))

    def keep(self, question: Question, reply: Reply) -> Sentence | None:
        """Write an answer to the file and return why it cannot be used; None where it can."""
        why = unusable(reply, self.requests.prompt.tools)
        sample = None if why else Sample(reply.text, reply.finish_reason[:100], reply.usage, reply.tool_calls)
        key = question.case.id, question.model, question.digest
        self._record(key, kept(sample) if sample else None, why or "")
        return why

    def take(self, attempts: Sequence[Attempt]) -> tuple[int, int, set[int]]:
        """Take over the attempts that somebody else made at the requests that this prompt makes now.

        :returns: how many were taken, how many were here already, and the indices of both in *attempts*.
        """
        cases = {case.id: case for case in self._cases}
        digests: dict[tuple[str, str], str] = {}
        here = Counter(attempt._replace(number=1) for attempt in self.pending)
        taken = 0
        used: set[int] = set()
        for index, attempt in enumerate(attempts):
            asked = attempt.case, attempt.model
            if asked not in digests:
                digests[asked] = self._digest(cases.get(attempt.case), attempt.model)
            if digests[asked] != attempt.request:
                continue
            used.add(index)
            same = attempt._replace(number=1)
            if here[same]:
                here[same] -= 1
                continue
            self.open()
            self._record(key_of(attempt), attempt.sample, attempt.why, attempt.number)
            taken += 1
        self.sync()
        return taken, len(used) - taken, used

    def _digest(self, case: Case | None, model: str) -> str:
        """Return the digest of what is asked now; empty where nothing is, or *model* is not what we would call it."""
        try:
            return self.requests.digest(case, model) if case and self.requests.label(model) == model else ""
        except PromptsteadError:
            return ""

    def _accepted(self, key: Key) -> Accepted | None:
        accepted = self._live.get(key[:2])
        return accepted if accepted and accepted.request == key[2] else None

    def _record(self, key: Key, sample: Sample | None, why: str, least: int = 1) -> None:
        accepted = self._accepted(key)
        number = max(least, self._next(key, accepted.attempts if accepted else 0))
        self._add(Attempt(*key, number, sample, why))
        self.written += sample is not None


def _accepted(output: RecordedOutput) -> Accepted:
    return Accepted(output.request, len(output.samples), output.attempts)


def request_for(requests: Requests, case: Case, model: str = "") -> Request:
    """Return the call for *case*.

    :raises PromptsteadError: the case cannot be rendered, or the API cannot say what the prompt asks for.
    """
    asked = requests.compiled(model)["model"]
    return Request(asked_at(asked)[0], requests.request(case, model), asked.get("api", "chat"))


def refuse_unresolved(choice: ModelChoice, config: Config, location: str) -> None:
    """Refuse to call a model that nobody knows: most likely an alias that is misspelt.

    What OpenAI's own server is asked for is an alias, dated, or in the table of models; what stands behind another
    address nobody knows but who runs it.

    :raises PromptsteadError: it is none of these, or Anthropic's.
    """
    own = config.providers.get(OPENAI)
    elsewhere = (own is not None and own.base_url) or os.environ.get("OPENAI_BASE_URL")
    provider, name = address(choice.name, choice.provider, config.providers)
    if not name or choice.provider or provider != OPENAI or elsewhere:
        return
    _refuse_claude(name, choice.name, location)
    from promptstead.lint.models import is_dated, model_facts  # not needed where an alias says it

    if is_dated(name) or model_facts(choice) is not None or model_facts(choice._replace(snapshot=name)) is not None:
        return
    near = did_you_mean(name, config.models)
    raise PromptsteadError(
        f"model `{one_line(choice.name, 80)}` is neither an alias of the configuration nor a known model",
        hint=f"{near and f'{near} '}declare it under [models], with provider and snapshot",
        location=location,
    )


def _refuse_claude(name: str, shown: str, location: str) -> None:
    """Refuse to ask OpenAI for a model of Anthropic's.

    :raises PromptsteadError: it is one.
    """
    if name.startswith("claude-"):
        raise PromptsteadError(
            f"model `{one_line(shown, 80)}` is Anthropic's, and would be asked for at OpenAI's address",
            hint=f'name it `{ANTHROPIC}/{one_line(name, 80)}`, or an alias with `provider = "{ANTHROPIC}"`',
            location=location,
        )


def unusable(reply: Reply, tools: Sequence[Mapping[str, Json]]) -> Sentence | None:
    """Return why an answer must not be recorded as a good one; None where it may.

    :param tools: those of the prompt, which it may call.
    """
    if reply.finish_reason in CUT_OFF:
        return say("answers.cut-off", reason=reply.finish_reason)
    if reply.finish_reason == FILTERED:
        return say("answers.filtered")
    calls = kept_calls(reply.tool_calls)
    if calls is None:
        return say("answers.no-function")
    names = {tool["name"] for tool in tools}
    unknown = next((name for call in calls if (name := call["function"]["name"]) not in names), None)
    if unknown is not None:
        return say("answers.unknown-tool" if names else "answers.no-tools", tool=one_line(unknown, 80))
    try:
        answer_text(Sample(reply.text, tool_calls=calls)).encode()
    except UnicodeEncodeError:
        return say("answers.surrogate")
    return None


def unusable_sample(sample: Sample, tools: Sequence[Mapping[str, Json]]) -> Sentence | None:
    """Return why an answer that a run file keeps is no good one; None where it is."""
    return unusable(Reply(sample.output, sample.finish_reason, sample.usage, 0.0, sample.tool_calls), tools)
