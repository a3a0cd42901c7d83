"""What a prompt asks of a model for one of its cases, and the digest that ties an answer to it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from promptstead.config.model_address import FAKE
from promptstead.digests import RequestFrame, inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Json, ModelChoice, Prompt, RecordedOutput, Sample
from promptstead.prompts.compile import case_messages, compile_prompt, compiled_model
from promptstead.prompts.conversation import Conversation
from promptstead.prompts.loaded import Loaded
from promptstead.runtime.attachments import references
from promptstead.runtime.bundle import BundledPrompt
from promptstead.runtime.request import build_request
from promptstead.words.sentence import Sentence, own_words, say

STALE_REQUEST = say("answers.stale-request")
STALE_INPUTS = say("answers.stale-inputs")
NOT_ACCEPTED = say("answers.not-accepted")
CASE_GONE = say("answers.case-gone")

Transcript = Sequence[Mapping[str, Json]]
"""What was said in a conversation behind the prompt's own messages."""


RequestDigest = Callable[..., str]
"""Case, model as recorded and, behind the first turn of a conversation, transcript -> digest of the request that the
prompt makes now; raises PromptsteadError where it makes none."""

InputsDigest = Callable[[Case], str]


class Requests:
    """The requests of one prompt, to the model that it names or to another. Nothing is compiled before it is needed.

    A model is named by an alias of the configuration, as ``provider/model``, or by the label of an answer:
    ``alias@snapshot``.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._frames: dict[str, RequestFrame] = {}

    @property
    def prompt(self) -> Prompt:
        """Return the prompt.

        :raises PromptsteadError: it is not valid.
        """
        if self._loaded.prompt is None:
            raise self._loaded.not_valid()
        return self._loaded.prompt

    def case(self, case_id: str) -> Case | None:
        """Return the case of that id; None where there is none."""
        return self._cases.get(case_id)

    def why_not(self, output: RecordedOutput) -> Sentence | None:
        """Return why a recorded output does not answer a case as it is now; None where it does."""
        return why_not(self.case(output.case), output, self.digest)

    def is_current(self, output: RecordedOutput) -> bool:
        """Tell whether an output answers its case as it is now."""
        return not self.why_not(output)

    def is_former(self, output: RecordedOutput) -> bool:
        """Tell whether an output surely answers its case no more; not where no request can be made."""
        why = self.why_not(output)
        return why is not None and not is_unknown(why)

    def choice(self, model: str = "") -> ModelChoice:
        """Return the model of that name with its provider and snapshot; without a name, the prompt's own.

        A name that nobody knows stands for the prompt's own: its answers are then tied to that.
        """
        own = self.prompt.model
        name = model.partition("@")[0]
        if name in ("", own.name):
            return own
        if name in self._loaded.models:
            alias = self._loaded.models[name]
            return ModelChoice(name, own.params, alias.provider, alias.snapshot)
        provider, slash, snapshot = model.partition("/")
        return ModelChoice(model, own.params, provider, snapshot) if provider and slash and snapshot else own

    def label(self, model: str = "") -> str:
        """Return what an answer of that model is recorded under.

        :raises PromptsteadError: the prompt names no model, or nobody knows that one.
        """
        choice = self.choice(model)
        if not choice.name:
            raise PromptsteadError(
                "this prompt names no model", hint="give it a `model`, or use --model", location=self._loaded.path
            )
        if model and choice.name != model.partition("@")[0] and choice.name != model:
            raise PromptsteadError(
                f"there is no model `{model}`", hint="name an alias from [models], or write provider/model"
            )
        if choice.provider == FAKE:
            return f"{FAKE}/{choice.snapshot}"
        plain = choice.name in (choice.snapshot, f"{choice.provider}/{choice.snapshot}")
        return choice.name if plain else f"{choice.name}@{choice.snapshot}"

    def compiled(self, model: str = "") -> dict[str, Json]:
        """Return the compiled prompt, for that model.

        :raises PromptsteadError: the prompt is not valid, or an example cannot be rendered.
        """
        own = self._own[0]
        choice = self.choice(model)
        if choice is self.prompt.model:
            return own
        return own | {"model": compiled_model(choice, self._loaded.providers)}

    def messages(self, case: Case, transcript: Transcript = ()) -> list[Json]:
        """Return the messages of *case*, with the digests of attachments in place of their data.

        Behind them stands what was said since.

        :raises PromptsteadError: the prompt is not valid, or the case cannot be rendered.
        """
        return case_messages(self._own[1], self.prompt, case, transcript)

    def request(self, case: Case, model: str = "", transcript: Transcript = ()) -> dict[str, Json]:
        """Return the whole request for *case*, as the client of the provider's API takes it, with all data.

        :raises PromptsteadError: as for the messages, the API cannot say what the prompt asks for, or an attachment is
            not at hand.
        """
        own = self._own[1]
        given: dict[str, bytes] = {}
        messages = case_messages(own, self.prompt, case, transcript, given)
        return build_request(self.compiled(model), own.filled(messages, self._given(messages, given)), own.static)

    def digest(self, case: Case, model: str = "", transcript: Transcript = ()) -> str:
        """Return the digest of the request that the prompt makes for *case* now; the same errors as the messages."""
        if model not in self._frames:
            self._frames[model] = RequestFrame(self.compiled(model))
        return self._frames[model].digest(self.messages(case, transcript))

    def _given(self, messages: list[Json], given: dict[str, bytes]) -> dict[str, bytes]:
        """Return *given* with the bytes of the files that the case names."""
        files, own = self._loaded.attachments, self.compiled().get("attachments", {})
        for _, digest in references(messages) if files else ():
            if files and digest not in own and digest not in given:
                given[digest] = files.data(digest)
        return given

    @cached_property
    def _cases(self) -> dict[str, Case]:
        return {case.id: case for case in reversed(self.prompt.cases)}

    @cached_property
    def _own(self) -> tuple[dict[str, Json], BundledPrompt]:
        compiled = compile_prompt(self._loaded)
        files = self._loaded.attachments
        return compiled, BundledPrompt(self._loaded.id, compiled, self._loaded.path, files.data if files else None)


def why_not(
    case: Case | None,
    output: RecordedOutput,
    request_digest: RequestDigest,
    inputs_digest: InputsDigest = inputs_digest,
) -> Sentence | None:
    """Return why a recorded output does not answer its case as it is now; None where it does."""
    if case is None:
        return CASE_GONE
    if output.source == "live":
        try:
            current = request_digest(case, output.model)
        except PromptsteadError as error:
            return cannot_render(error)
        if output.request != current:
            return STALE_REQUEST
    elif not output.inputs:
        return NOT_ACCEPTED
    elif output.inputs != inputs_digest(case):
        return STALE_INPUTS
    return next(
        (why for sample in output.samples if (why := _departure(case, output, sample, request_digest)) is not None),
        None,
    )


def _departure(case: Case, output: RecordedOutput, sample: Sample, request_digest: RequestDigest) -> Sentence | None:
    """Return where a recorded conversation is not the one that the case scripts now, and why it is not whole.

    An answer that was given before there were turns or stubs is the first reply.
    """
    if not sample.is_at_hand:
        return None
    by_hand = output.source != "live"
    if not case.is_conversation:
        gone = say("answers.hand-no-turns") if by_hand else say("answers.no-conversation-now")
        return gone if sample.steps else None
    talk = Conversation(case)
    for step in sample.steps or (sample.as_step(output.request),):
        if talk.over:
            break
        try:
            asked = "" if by_hand else request_digest(case, output.model, talk.transcript)
        except PromptsteadError as error:
            return cannot_render(error)
        if asked != step.request:
            return say("answers.stale-turn", turn=talk.turn)
        talk.add(step)
    else:
        if talk.over and not talk.why:
            return None
    if by_hand:
        return _misfit_by_hand(talk, bool(sample.steps))
    if talk.why:
        return talk.why
    if talk.over:
        return say("answers.more-replies", turns=len(talk.turns))
    return say("answers.reply-missing", turn=talk.turn)


def _misfit_by_hand(talk: Conversation, has_steps: bool) -> Sentence:
    """Return why replies that a person wrote do not fit the script, and what that person can do."""
    if talk.why:
        return say("answers.hand-no-stub", turn=talk.turn, call=talk.why.arguments["call"])
    if not has_steps:
        return say("answers.hand-no-steps", turns=len(talk.turns))
    if talk.over:
        return say("answers.hand-more-replies", turns=len(talk.turns))
    return say("answers.hand-reply-missing", turn=talk.turn)


def cannot_render(error: PromptsteadError) -> Sentence:
    """Return why there is no request: the prompt cannot be rendered for a case."""
    return say("answers.cannot-render", error=own_words(error.message))


def is_unknown(why: Sentence) -> bool:
    """Tell whether it is not known if an answer still belongs to its case, as the prompt cannot be rendered."""
    return why.code == "answers.cannot-render"
