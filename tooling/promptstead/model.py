"""The words of the project as data: prompts, cases, recorded outputs and what is wrong with them. No I/O.

Positions are offsets in code points into the text of a file as read (byte-order mark removed);
:mod:`promptstead.documents.document` turns them into lines and columns.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol, TypeGuard

from promptstead.words.sentence import NOTHING_SAID, Sentence

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict with string keys."""

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""No entries: the default of a mapping, which nobody can change."""


def is_number(value: Json) -> TypeGuard[int | float]:
    """Tell whether a JSON value is a number, which true and false are to Python alone."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


KeyPath = tuple[str | int, ...]
"""The way to a value in a document: mapping keys and list indices, outermost first."""

Trust = Literal["trusted", "untrusted"]
AttachmentKind = Literal["image", "file"]
Dialect = Literal["promptstead", "github-models"]
Source = Literal["live", "reference", "imported"]
Level = Literal["error", "warning", "note"]
Stage = Literal["edit", "review", "release"]

CoreCode = Literal["SCH001", "SCH002", "SCH003", "SCH004", "SCH005", "TPL106"]
"""What is reported while files are read, whether or not they are linted."""
RuleCode = Literal[
    "TPL101", "TPL102", "TPL103", "TPL104", "TPL105", "TPL107", "INJ201", "INJ202", "INJ203", "INJ204", "INJ205",
    "INJ206", "SEC301", "SEC302", "SEC303", "SEC304", "OUT401", "OUT402", "OUT403", "OUT404", "OUT405", "EXA501",
    "EXA502", "EXA503", "EXA504", "EXA505", "TST601", "TST602", "TST603", "TST604", "MOD701", "MOD702", "MOD703",
    "MOD704", "MOD705", "TOK801", "TOK802", "TOK803", "VER902", "GOV951", "GOV952", "GOV953", "GOV954", "GOV955",
    "LOC961", "LOC962", "CLA971", "CLA972", "SCH006", "SUP991", "EXA506",
]  # fmt: skip
"""What one rule of lint looks for each; ``lint/rule_table.py`` has its module."""
Code = CoreCode | RuleCode

STAGES: tuple[Stage, ...] = ("edit", "review", "release")


Stored = Callable[[str], bytes | None]
"""Digest of an answer that is kept outside the repository -> what the store has under it, None where it has nothing;
raises PromptsteadError where there is no store."""


class Tree(Protocol):
    """Files of one revision, or of the working tree; paths are POSIX, relative to the repository's root."""

    label: str
    """What messages call it: ``working tree``, or a short commit id."""

    def files(self, under: str = "") -> list[str]:
        """Return the sorted paths of the files below the folder *under*, or of all."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file.

        :raises PromptsteadError: the file is too large, unreadable, or a link that leaves the repository.
        """

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those *paths* that exist; the same errors as :meth:`read`."""

    def open(self, path: str) -> BinaryIO | None:
        """Return a file opened for reading, or None where there is no such file; whoever asks closes it.

        It may be larger than what :meth:`read` gives; the same errors.
        """


class Span(NamedTuple):
    """A stretch of a file's text, ``text[start:end]``."""

    start: int
    end: int


class Fix(NamedTuple):
    """Replacements on the text itself that mend a problem; ``safe`` when meaning cannot change."""

    description: Sentence
    edits: tuple[tuple[Span, str], ...]
    safe: bool


class Problem(NamedTuple):
    """Something wrong at a place in a file, found by any layer; lint gives it a level and a stage."""

    code: Code
    message: Sentence
    span: Span = Span(0, 0)
    hint: Sentence = NOTHING_SAID
    fix: Fix | None = None
    path: str = ""
    """The file it is in, where that is not the file being read (a partial, a cases file)."""
    level: Level | None = None
    """Where this one weighs less, or more, than its rule usually does."""


class Input(NamedTuple):
    """One input of a prompt. Untrusted unless the file says otherwise."""

    name: str
    schema: Mapping[str, Json]
    trust: Trust = "untrusted"
    description: str = ""
    example: Json = None
    has_example: bool = False
    default: Json = None
    has_default: bool = False
    required: bool = True
    """False where a default exists or the file says ``required: false``."""
    attachment: AttachmentKind | None = None
    """What callers give is an image or a file, and no text."""


class Part(NamedTuple):
    """A piece of a message: ``text``, ``image`` or ``file``.

    *template* is the text, or the URL or data of the attachment; empty where *path* names its file.
    """

    type: Literal["text", "image", "file"]
    template: str
    at: KeyPath
    detail: str = ""
    filename: str = ""
    path: str = ""
    """As written in the file."""


class Attachment(NamedTuple):
    """A file that goes with a request: its media type and its SHA-256, by its bytes, and their number."""

    path: str
    type: str
    size: int
    sha256: str


class Message(NamedTuple):
    """One message: a role and its parts, or a slot (role empty, no parts): ``history`` or ``examples``."""

    role: str
    parts: tuple[Part, ...]
    slot: str = ""
    plain: bool = True
    """The content was one string, and is sent as one."""


class Example(NamedTuple):
    """A worked pair shown to the model (few-shot), apart from cases."""

    inputs: Mapping[str, Json]
    output: Json
    at: KeyPath


class EvaluatorSpec(NamedTuple):
    """A named check over an output: its type, its options, and the file and path that declare it."""

    name: str
    type: str
    options: Mapping[str, Json]
    file: str
    at: KeyPath


class Turn(NamedTuple):
    """What the user says next in a conversation, and what is asked of the answer to it.

    The first turn of a conversation is the prompt's own: *user* is empty there.
    """

    user: str
    expected: Json = None
    has_expected: bool = False
    evaluators: tuple[EvaluatorSpec, ...] = ()


class Stub(NamedTuple):
    """What a tool answers in a conversation, whatever it is called with or with these *arguments* only."""

    tool: str
    result: Json
    arguments: Mapping[str, Json] | None = None


class Case(NamedTuple):
    """One test of a prompt. *file* and *at* say where it stands; *line* is set for rows of a dataset."""

    id: str
    inputs: Mapping[str, Json]
    expected: Json = None
    has_expected: bool = False
    history: tuple[Mapping[str, Json], ...] = ()
    tags: tuple[str, ...] = ()
    must_pass: bool = False
    cluster: str = ""
    evaluators: tuple[EvaluatorSpec, ...] = ()
    file: str = ""
    at: KeyPath = ()
    line: int = 0
    turns: tuple[Turn, ...] = ()
    stubs: tuple[Stub, ...] = ()

    @property
    def is_conversation(self) -> bool:
        """Whether more than one reply may be asked for."""
        return bool(self.turns or self.stubs)

    def every_evaluator(self) -> Iterator[EvaluatorSpec]:
        """Yield the evaluators of the case, then those of its turns."""
        yield from self.evaluators
        for turn in self.turns:
            yield from turn.evaluators


class Counterexample(NamedTuple):
    """An answer that must fail, to the case or row *case*, and the evaluators that must each catch it.

    It is whole (*output*, with calls as files keep them: name and arguments), or the case's reference answer edited in
    one of three ways: *replace* (text -> what stands in its place), *set* (place in its JSON -> value), *remove*.
    """

    id: str
    case: str
    caught_by: tuple[str, ...]
    why: str
    output: str | None = None
    tool_calls: tuple[Mapping[str, str], ...] = ()
    finish_reason: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    set: Mapping[str, Json] = NOTHING
    remove: tuple[str, ...] = ()
    file: str = ""
    at: KeyPath = ()
    turn: int = 0
    """Of a conversation, which answer is another one, from 1; 0 for the last."""


class Note(NamedTuple):
    """What a person said about one answer to *case*, which *answer*, a digest of it and its inputs, tells apart.

    *digest* names a note that is kept outside the repository: all that the file has of it.
    """

    case: str
    model: str
    answer: str
    by: str = ""
    date: str = ""
    text: str = ""
    verdict: Literal["good", "bad", ""] = ""
    tags: tuple[str, ...] = ()
    digest: str = ""
    file: str = ""
    at: KeyPath = ()


class Dataset(NamedTuple):
    """A file of cases.

    *columns* maps a case's place (``id``, ``inputs.question``, ``expected``) to a column or key of a row. *schema* is
    the JSON Schema of its rows, or the path of one below the prompt's folder.
    """

    path: str
    columns: Mapping[str, str] = NOTHING
    at: KeyPath = ()
    schema: Mapping[str, Json] | str | None = None


class Gate(NamedTuple):
    """What decides about a change: the primary evaluator, the non-inferiority margin (0..1) and the hard checks."""

    primary: str = ""
    margin: float = 0.05
    hard: tuple[str, ...] = ()


class ModelChoice(NamedTuple):
    """An alias or a snapshot as written, its parameters, and what the configuration resolved it to."""

    name: str
    params: Mapping[str, Json] = NOTHING
    provider: str = ""
    snapshot: str = ""


class Prompt(NamedTuple):
    """A prompt file, read and understood.

    *data* is the document as plain JSON values, for whoever needs a key that has no field.
    """

    id: str
    path: str
    dialect: Dialect
    data: Mapping[str, Json]
    title: str
    description: str
    language: str
    inputs: Mapping[str, Input]
    messages: tuple[Message, ...]
    model: ModelChoice
    examples: tuple[Example, ...] = ()
    contract: int = 1
    """The number that applications pin; a person raises it with a change that breaks them."""
    output_format: Literal["text", "json"] = "text"
    output_schema: Mapping[str, Json] | None = None
    tools: tuple[Mapping[str, Json], ...] = ()
    evaluators: tuple[EvaluatorSpec, ...] = ()
    gate: Gate = Gate()
    cases: tuple[Case, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    notes: tuple[Note, ...] = ()
    partials: Mapping[str, str] = NOTHING
    """Name as included -> text, of every partial that a message reaches."""
    attachments: Mapping[str, Attachment] = NOTHING
    """Path as written -> what its file is, of every part that names one."""

    def every_evaluator(self) -> Iterator[EvaluatorSpec]:
        """Yield the evaluators of the prompt, then those of its cases."""
        yield from self.evaluators
        for case in self.cases:
            yield from case.every_evaluator()


class Usage(NamedTuple):
    """Tokens as the server counted them; None where it did not say (unknown, never zero)."""

    input: int | None = None
    """All that was sent, also what was cached."""
    output: int | None = None
    """All that was answered, also what was reasoning."""
    cached: int | None = None
    """Of the input, what was read from a cache."""
    cache_written: int | None = None
    """Of the input, what was written to a cache."""
    reasoning: int | None = None
    """Of the output, what was thought and not said."""


class Step(NamedTuple):
    """One reply of a model in a conversation, exactly as received; *tool_calls* in wire shape."""

    output: str
    finish_reason: str = ""
    usage: Usage = Usage()
    tool_calls: tuple[Json, ...] = ()
    request: str = ""
    """Digest of the request that asked for it, all that was said before included; of a model's own answer alone."""
    seconds: float | None = None
    cost: float | None = None

    def as_sample(self) -> "Sample":
        """Return the reply as an answer of its own."""
        return Sample(*self[:4], self.seconds, self.cost)


class Sample(NamedTuple):
    """One answer, exactly as received; *tool_calls* in wire shape.

    That to a conversation is its last reply, with the tokens, seconds and cost of all *steps*.
    """

    output: str
    finish_reason: str = ""
    usage: Usage = Usage()
    tool_calls: tuple[Json, ...] = ()
    seconds: float | None = None
    """Measured around the call; None where it was not. It changes without meaning, so that no outputs file holds it."""
    cost: float | None = None
    """By the configured price; None where nobody knows. In no outputs file either."""
    digest: str = ""
    """Of an answer that is kept outside the repository: all that the outputs file has of it."""
    scores: Mapping[str, float] | None = None
    """Name -> what another tool measured of it; an imported answer alone has some."""
    steps: tuple[Step, ...] = ()
    """Every reply of a conversation, in order; of any other answer none."""

    def as_step(self, request: str) -> Step:
        """Return the answer as a reply of a conversation, to the request of that digest."""
        return Step(*self[:4], request, self.seconds, self.cost)

    @property
    def is_at_hand(self) -> bool:
        """Whether the answer itself is here; of one that is kept outside only the digest may be."""
        return not self.digest or self != Sample("", digest=self.digest)


class RecordedOutput(NamedTuple):
    """The recorded answers of one model to one case; *request* ties a live one, *inputs* ties any other."""

    case: str
    model: str
    source: Source
    samples: tuple[Sample, ...]
    request: str = ""
    inputs: str = ""
    attempts: int = 1
    golden: Mapping[str, Json] | None = None
    at: KeyPath = ()
    unavailable: str = ""
    """Why the answers, which are kept outside the repository, are not at hand."""
    received: str = ""
    """Digest of what was received, written when a live answer is accepted."""
    own: str = ""
    """Keys of its entry that begin with ``x-``, which are anybody's own data, as JSON; empty where there are none."""
