"""The judgements that the answers of a prompt lack: asking for them, keeping them, accepting them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.evaluators.judgement_file import (
    FILE,
    PENDING,
    VERSION,
    Judgement,
    Key,
    dump_file,
    dump_judgement,
    merged,
    parse_judgements,
)
from promptstead.evaluators.shared.judge_requests import Ask, Judges, asks, judges_of
from promptstead.model import Case, Prompt, RecordedOutput, Sample
from promptstead.operations.recording.answers_to_ask import refuse_unresolved, unusable
from promptstead.operations.recording.pending_file import Form, PendingFile
from promptstead.operations.recording.recorded_answers import sealed_samples, valid_judgements, valid_outputs
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.sealed import opened
from promptstead.prompts.declared.judges import TYPE
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.providers.provider import Reply
from promptstead.words.sentence import Sentence

Answers = Iterable[tuple[Case, Sample]]


def _valid(raw: bytes, location: str) -> list[Judgement]:
    text = raw.decode("utf-8", "replace")
    judgements, problems = parse_judgements(text)
    if problems:
        line = text.count("\n", 0, problems[0].span.start) + 1
        raise PromptsteadError(problems[0].message, hint=problems[0].hint, location=f"{location}:{line}")
    return judgements


JUDGEMENTS = Form[Judgement](
    PENDING, VERSION, _valid, dump_judgement, lambda each: each.key, lambda each: each.attempts
)


class PendingJudgements(PendingFile[Judgement]):
    """The judges of one prompt: what they said that is recorded, or pending, and what they are to be asked.

    :param folder: where more goes; empty for its own place.
    :raises PromptsteadError: what is recorded, or pending, is no judgement.
    """

    def __init__(self, workspace: Workspace, loaded: Loaded, folder: str = "") -> None:
        self.id = loaded.id
        self._prompt = Requests(loaded).prompt
        self._workspace, self._loaded = workspace, loaded
        self._accepted = valid_judgements(loaded)
        self._attempts = {each.key: each.attempts for each in self._accepted}
        self._judges = judges_of(loaded)
        self._incomplete = bool(loaded.partial or loaded.doubt or _not_at_hand(loaded))
        self._unsure: set[str] | None = None
        """Judges of which not all judgements that are wanted are known."""
        super().__init__(workspace, loaded, JUDGEMENTS, folder)

    def asks(self, answers: Answers, samples: int = 1) -> list[tuple[Ask, int]]:
        """Return what is to be asked about *answers*, and how often each: until there are *samples* judgements."""
        taken = Counter[Key]()
        for each in (*self._accepted, *self.pending):
            taken[each.key] += len(each.samples)
        found = [(ask, samples - taken[ask.key]) for ask in asks(self._prompt, self._judges, answers)]
        return [(ask, times) for ask, times in found if times > 0]

    def keep(self, ask: Ask, reply: Reply) -> Sentence | None:
        """Write a judgement to the file and return why it cannot be used; None where it can."""
        why = unusable(reply, ())
        attempts = self._next(ask.key, self._attempts.get(ask.key, 0))
        judgement = judged(ask, reply)._replace(attempts=attempts, why=why or "")
        self._add(judgement._replace(samples=()) if why else judgement)
        self.written += not why
        return why

    def take(self, judgements: Sequence[Judgement], answers: Answers) -> int:
        """Take over the judgements of *answers* that somebody else got; return how many."""
        wanted = {ask.key for ask in asks(self._prompt, self._judges, answers)}
        here = set(self.pending)
        kept = {each.key: {sample._replace(digest="") for sample in each.samples} for each in self._accepted}
        new = [
            each
            for each in judgements
            if each.key in wanted
            and each not in here
            and not (each.samples and kept.get(each.key, set()).issuperset(each.samples))
        ]
        if new:
            self.open()
        for each in new:
            self._add(each)
        self.sync()
        return len(new)

    def accept(self, accepted: Answers, others: Answers) -> int:
        """Record the pending judgements of *accepted* answers and return how many requests they are.

        Those of *others*, which are pending themselves, stay so; the rest is dropped, and so is what is recorded about
        answers that are no more. What may belong to something that could not be read stays.
        """
        if not self.pending:
            return 0
        self.open()
        wanted = {ask.key for ask in asks(self._prompt, self._judges, accepted)}
        later = {ask.key for ask in asks(self._prompt, self._judges, others)} - wanted
        taken = [each for each in self.pending if each.key in wanted]
        if taken:
            kept = [each for each in self._accepted if each.key in wanted or self._may_be_wanted(each)]
            _write(self._workspace, self._loaded, merged([*kept, *taken]).values())
        left = [each for each in self.pending if each.key not in wanted]
        self._replace([each for each in left if each.key in later or self._may_be_wanted(each)])
        return len({each.key for each in taken if each.samples})

    def _may_be_wanted(self, judgement: Judgement) -> bool:
        """Tell whether a judgement that no answer wants may be of one that could not be read, or judged, now."""
        if self._unsure is None:
            names = {spec.options["prompt"] for spec in self._prompt.every_evaluator() if spec.type == TYPE}
            self._unsure = (
                names if self._incomplete else {name for name in names if not _can_be_asked(self._judges, name)}
            )
        return judgement.judge in self._unsure


def move_judgements(workspace: Workspace, loaded: Loaded) -> int:
    """Move what judges said out of the repository, and return how many judgements that are.

    :raises PromptsteadError: there is no store, or a line of the file is no judgement.
    """
    judgements = valid_judgements(loaded)
    count = sum(not each.is_sealed for each in judgements)
    if count:
        _write(workspace, loaded, judgements)
    return count


def _write(workspace: Workspace, loaded: Loaded, judgements: Iterable[Judgement]) -> None:
    if loaded.private:
        store = answer_store(workspace)
        judgements = [each._replace(samples=sealed_samples(each.samples, store)) for each in judgements]
    workspace.tree.write(workspace.library.companion_path(loaded.path, FILE), dump_file(judgements))


def _can_be_asked(judges: Judges, name: str) -> bool:
    try:
        judge = judges.judge(name)
        return bool(judge.model and judge.digest)
    except PromptsteadError:
        return False


def _not_at_hand(loaded: Loaded) -> bool:
    """Tell whether a recorded answer is kept where it cannot be read now."""
    recorded = (
        (opened([output], loaded.stored).outputs[0] for output in valid_outputs(loaded)) if loaded.private else ()
    )
    return any(output.unavailable for output in recorded)


def has_judges(loaded: Loaded) -> bool:
    """Tell whether a prompt or one of its cases has a judge."""
    prompt = loaded.prompt
    return prompt is not None and any(spec.type == TYPE for spec in prompt.every_evaluator())


def judged(ask: Ask, reply: Reply) -> Judgement:
    """Return a reply as a judgement."""
    sample = Sample(reply.text, reply.finish_reason[:100], reply.usage)
    return Judgement(ask.judge.id, ask.judge.model, ask.request, (sample,))


def current(loaded: Loaded, outputs: Iterable[RecordedOutput]) -> Iterator[tuple[Case, Sample]]:
    """Yield the samples of those *outputs* that answer a case of the prompt as it is now, and are at hand."""
    requests = Requests(loaded)
    for recorded in outputs:
        (output,) = opened([recorded], loaded.stored).outputs
        case = requests.case(output.case)
        if case is not None and not output.unavailable and requests.is_current(output):
            yield from ((case, sample) for sample in output.samples)


def accepted(loaded: Loaded) -> list[tuple[Case, Sample]]:
    """Return the recorded answers that are current.

    :raises PromptsteadError: their file is not valid.
    """
    return list(current(loaded, valid_outputs(loaded)))


def refuse_unresolved_judges(prompt: Prompt, judges: Judges, config: Config, *, missing: bool = False) -> None:
    """Refuse a prompt with a judge whose model nobody knows, before answers are paid for that nothing would judge.

    A judge that is not there, or is not valid, leaves its check unscored, which lint says.

    :param missing: refuse such a judge too, as nothing but judgements is asked for.
    :raises PromptsteadError: there is one.
    """
    for name in dict.fromkeys(spec.options["prompt"] for spec in prompt.every_evaluator() if spec.type == TYPE):
        try:
            requests = judges.judge(name).requests
            choice, path = requests.choice(), requests.prompt.path
        except PromptsteadError:
            if missing:
                raise
            continue
        refuse_unresolved(choice, config, path)
