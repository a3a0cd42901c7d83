"""What ``promptstead record`` asks for, prompt by prompt, and the pending answers that come of it."""

import os
from collections import Counter, deque
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
from promptstead.operations.recording.recorded_answers import conversations, valid_outputs
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.calls import answer_text
from promptstead.outputs.pending import Attempt, Key, dump_attempt, kept_replies, key_of, pending_outputs, told_apart
from promptstead.outputs.threads import KeptReply, Thread, asked_by, broken_replies, threads
from promptstead.prompts.conversation import Conversation
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests, Transcript
from promptstead.providers.provider import Reply, Request
from promptstead.words.sentence import Sentence, own_words, say

CUT_OFF = ("length", "max_tokens", "max_output_tokens", "incomplete")
FILTERED = "content_filter"


class Wish(NamedTuple):
    """What the options ask for; without models each prompt's own, *everything* also where it is recorded already."""

    case_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    samples: int = 1
    everything: bool = False


class Question(NamedTuple):
    """A case to ask a model, *times* over; *talk* is the conversation that it goes on with, once."""

    case: Case
    model: str
    digest: str
    times: int
    talk: Conversation | None = None

    @property
    def transcript(self) -> Transcript:
        """Return what was said before."""
        return self.talk.transcript if self.talk is not None else ()


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
            (each.case, each.model): _accepted(each)
            for each in valid_outputs(loaded)
            if each.source == "live" and not self._outgrown(each)
        }
        accepted = conversations(self.requests, valid_outputs(loaded), loaded.stored)
        self._broken = broken_replies(self.requests, accepted)
        self.further: deque[Question] = deque()
        """What is asked next in conversations, as replies come."""
        self.shortened: list[tuple[str, str, Thread]] = []
        """Accepted conversations that are whole without their last replies, as the case has fewer turns now."""
        super().__init__(workspace, loaded, ANSWERS, folder)

    def questions(self, wish: Wish) -> tuple[list[Question], list[Failure]]:
        """Return what is to be asked, and the cases that cannot be.

        :raises PromptsteadError: the prompt names no model, or there is none of a name given.
        """
        found: list[Question] = []
        failures: list[Failure] = []
        self.shortened = []
        here = Counter(key_of(attempt) for attempt in self.pending if attempt.sample is not None)
        spoken, _ = told_apart(self.pending, self.requests)
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
                if case.is_conversation:
                    said = kept_replies(spoken.get((case.id, model), ()))
                    self._talks(case, model, digest, wish, said, found, failures)
                    continue
                accepted = self._accepted(key)
                times = wish.samples - here[key]
                if times > 0 and (wish.everything or accepted is None or accepted.samples < wish.samples):
                    found.append(Question(case, model, digest, times))
        return found, failures

    def _talks(
        self,
        case: Case,
        model: str,
        digest: str,
        wish: Wish,
        said: Sequence[KeptReply],
        found: list[Question],
        failures: list[Failure],
    ) -> None:
        """Add what is to be asked of a conversation: the next turn of each that broke off, and new ones."""
        accepted = self._accepted((case.id, model, digest))
        broken = self._broken.get((case.id, model), [])
        if accepted is not None and not broken and accepted.samples >= wish.samples and not wish.everything:
            return
        try:
            talks = threads(self.requests, case, model, [*([] if wish.everything else broken), *said])
        except PromptsteadError as error:
            failures.append(Failure(self.id, case.id, model, f"cannot be rendered: {error.message}"))
            return
        for thread in talks:
            if thread.talk.why:
                failures.append(Failure(self.id, case.id, model, thread.talk.why))
            elif thread.next:
                found.append(Question(case, model, thread.next, 1, thread.talk))
        spare = [thread for thread in talks if thread.is_whole and not thread.number]
        missing = wish.samples - sum(thread.is_whole and thread.number > 0 for thread in talks)
        self.shortened += ((case.id, model, thread) for thread in spare[: max(0, missing)])
        new = max(0, wish.samples - len(talks))
        found.extend(Question(case, model, digest, 1, Conversation(case)) for _ in range(new))

    def _outgrown(self, output: RecordedOutput) -> bool:
        """Tell whether an accepted answer is a conversation, and its case none any more."""
        case = self.requests.case(output.case)
        return case is not None and not case.is_conversation and any(sample.steps for sample in output.samples)

    def keep_shortened(self) -> int:
        """Let the accepted conversations that were cut short wait to be accepted again; return how many they are."""
        for case, model, thread in self.shortened:
            for step in thread.steps:
                self._record((case, model, step.request), step.as_sample(), "")
        return len(self.shortened)

    def outputs(self) -> Iterator[RecordedOutput]:
        """Yield the answers that are accepted, and the pending ones."""
        accepted = conversations(self.requests, valid_outputs(self._loaded), self._loaded.stored)
        return chain(valid_outputs(self._loaded), pending_outputs(self.pending, self.requests, accepted))

    def keep(self, question: Question, reply: Reply) -> Sentence | None:
        """Write an answer to the file and return why it cannot be used; None where it can."""
        why = unusable(reply, self.requests.prompt.tools)
        sample = None if why else Sample(reply.text, reply.finish_reason[:100], reply.usage, reply.tool_calls)
        key = question.case.id, question.model, question.digest
        sample = kept(sample) if sample else None
        self._record(key, sample, why or "")
        return why if sample is None or question.talk is None else self._go_on(question, question.talk, sample)

    def _go_on(self, question: Question, talk: Conversation, sample: Sample) -> Sentence | None:
        """Say what comes next in a conversation, and return why nothing can; None where something does, or it ended."""
        talk.add(sample)
        if not talk.over:
            try:
                digest = self.requests.digest(question.case, question.model, talk.transcript)
            except PromptsteadError as error:  # what was said cannot be sent back
                return own_words(error.message)
            self.further.append(question._replace(digest=digest))
        return talk.why or None

    def take(self, attempts: Sequence[Attempt]) -> tuple[int, int, set[int]]:
        """Take over the attempts that somebody else made at the requests that this prompt makes now.

        :returns: how many were taken, how many were here already, and the indices of both in *attempts*.
        """
        cases = {case.id: case for case in self._cases}
        spoken, _ = told_apart((*self.pending, *attempts), self.requests)
        asked_now: dict[tuple[str, str], set[str]] = {}
        here = Counter(dump_attempt(attempt._replace(number=1)) for attempt in self.pending)
        taken = 0
        used: set[int] = set()
        for index, attempt in enumerate(attempts):
            asked = attempt.case, attempt.model
            if asked not in asked_now:
                said = kept_replies(spoken.get(asked, ()))
                asked_now[asked] = self._asked(cases.get(attempt.case), attempt.model, said)
            if attempt.request not in asked_now[asked]:
                continue
            used.add(index)
            same = dump_attempt(attempt._replace(number=1))
            if here[same]:
                here[same] -= 1
                continue
            self.open()
            self._record(key_of(attempt), attempt.sample, attempt.why, attempt.number)
            taken += 1
        self.sync()
        return taken, len(used) - taken, used

    def _asked(self, case: Case | None, model: str, said: Sequence[KeptReply]) -> set[str]:
        """Return the digests of what is asked now, in a conversation as far as what was *said* leads it.

        Nothing is where *model* is not what we would call it.
        """
        try:
            if case is None or self.requests.label(model) != model:
                return set()
            first = self.requests.digest(case, model)
            if not case.is_conversation:
                return {first}
            broken = self._broken.get((case.id, model), ())
            return asked_by(threads(self.requests, case, model, [*broken, *said])) | {first}
        except PromptsteadError:
            return set()

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


def request_for(requests: Requests, case: Case, model: str = "", transcript: Transcript = ()) -> Request:
    """Return the call for *case*, with what was said since in a conversation.

    :raises PromptsteadError: the case cannot be rendered, or the API cannot say what the prompt asks for.
    """
    asked = requests.compiled(model)["model"]
    return Request(asked_at(asked)[0], requests.request(case, model, transcript), asked.get("api", "chat"))


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
    replies = sample.steps or (sample,)
    received = (Reply(each.output, each.finish_reason, each.usage, 0.0, each.tool_calls) for each in replies)
    return next((why for reply in received if (why := unusable(reply, tools))), None)
