"""The JSON report of a review as types: what ``review_json`` writes, and all that the other renderers read.

A comment is rendered from a report that another job wrote, so everything that it shows stands in here.
"""

from typing import NotRequired, TypedDict

from promptstead.model import Json
from promptstead.words.sentence_json import SentenceDocument

FORMAT = "promptstead/review/v2"


class PieceDocument(TypedDict):
    """A stretch of text and what became of it; the kinds are those of ``diff.words.Piece``."""

    kind: str
    text: str


class ValueDocument(TypedDict):
    """A value that was added, removed or changed; *pieces* is the word diff where both sides are text."""

    kind: str
    path: str
    old: Json
    new: Json
    pieces: list[PieceDocument]


class ReasonDocument(TypedDict):
    """What a change of the contract means for callers."""

    consequence: str
    reason: SentenceDocument


class ContractDocument(TypedDict):
    """The gravest consequence for callers, and every reason.

    *old* and *new* are the numbers on both sides; *declared* says that the new one announces the break.
    """

    consequence: str
    old: NotRequired[int]
    new: NotRequired[int]
    declared: NotRequired[bool]
    reasons: list[ReasonDocument]


class MessageDocument(TypedDict):
    """What became of one message."""

    kind: str
    role: str
    old_role: str
    position: int | None
    old_position: int | None
    pieces: list[PieceDocument]


class LeftOutDocument(TypedDict):
    """A case that is not compared or not evaluated, and why."""

    case: str
    why: SentenceDocument


class RenderedChangeDocument(TypedDict):
    """Cases whose messages change alike, and how those of the first of them do."""

    cases: list[str]
    messages: list[MessageDocument]


class RenderedDocument(TypedDict):
    """What became of the rendered messages: the ways to change, and how many cases are sent as before."""

    changes: list[RenderedChangeDocument]
    same: int
    broken: list[LeftOutDocument]
    left_out: int


class NamesDocument(TypedDict):
    """Names of cases, counterexamples or evaluators by what became of them."""

    added: list[str]
    removed: list[str]
    changed: list[str]


class NoteDocument(TypedDict):
    """What a person said about an answer; empty, but for what it is about, where it is kept *outside* the repository.

    *verdict* is ``good``, ``bad`` or empty.
    """

    case: str
    model: str
    by: str
    date: str
    verdict: str
    tags: list[str]
    text: str
    outside: bool


class NotesDocument(TypedDict):
    """Notes that came and went."""

    added: list[NoteDocument]
    removed: list[NoteDocument]


class ChangeDocument(TypedDict):
    """What changed in one prompt, part by part; *summary* says it in a few words."""

    id: str
    kind: str
    old_id: str | None
    summary: SentenceDocument
    contract: ContractDocument
    messages: list[MessageDocument]
    partials: list[ValueDocument]
    attachments: NotRequired[list[ValueDocument]]
    inputs: list[ValueDocument]
    output: list[ValueDocument]
    tools: list[ValueDocument]
    model: list[ValueDocument]
    examples: list[ValueDocument]
    governance: list[ValueDocument]
    description: list[ValueDocument]
    cases: NamesDocument
    counterexamples: NotRequired[NamesDocument]
    evaluators: NamesDocument
    gate: list[ValueDocument]
    notes: NotRequired[NotesDocument]
    weakened: list[SentenceDocument]


class FailureDocument(TypedDict):
    """An evaluator that failed, and why."""

    evaluator: str
    reason: SentenceDocument


class PairDocument(TypedDict):
    """A case whose outcome changed, with both answers."""

    case: str
    inputs: dict[str, Json]
    base_answer: str | None
    head_answer: str | None
    base_failures: list[FailureDocument]
    head_failures: list[FailureDocument]
    base_notes: NotRequired[list[NoteDocument]]
    head_notes: NotRequired[list[NoteDocument]]


class ViolationDocument(TypedDict):
    """A case that fails what must not fail; *case* is empty where a hard check does not run at all."""

    case: str
    check: str
    reason: SentenceDocument


class LetPassDocument(TypedDict):
    """A counterexample that an evaluator of the head lets pass; *why* says what is wrong with that answer."""

    counterexample: str
    case: str
    evaluator: str
    reason: SentenceDocument
    why: str


class RepeatsDocument(TypedDict):
    """What several answers to a case show of one side; *k* is the fewest of a case, None for scores."""

    between_samples: float | None
    between_cases: float | None
    k: int | None
    pass_at_k: float | None
    pass_hat_k: float | None


class BothRepeatsDocument(TypedDict):
    """Repeats of base and head."""

    base: RepeatsDocument
    head: RepeatsDocument


class ComparisonDocument(TypedDict):
    """What is said about the answers of one model on the base and one on the head.

    Rates are means over *pairs*: shares of passes, or scores where *scale* says so.
    """

    base_model: str
    head_model: str
    reference_answers: bool
    verdict: str
    blocks: bool
    primary: str
    margin: float
    pairs: int
    scale: str
    threshold: float
    base_rate: float | None
    head_rate: float | None
    difference: float | None
    lower: float | None
    upper: float | None
    error: float | None
    p_value: float | None
    adjusted_p_value: float | None
    compared_together: int
    method: str | None
    clusters: int | None
    further_cases: int | None
    verdict_alone: NotRequired[str]
    better: NotRequired[str]
    reasons: list[SentenceDocument]
    fixed: list[PairDocument]
    broken: list[PairDocument]
    unchanged: int
    left_out: list[LeftOutDocument]
    violations: list[ViolationDocument]
    repeats: NotRequired[BothRepeatsDocument]


class FindingDocument(TypedDict):
    """What a lint rule found; lines and columns count from 1, the end is exclusive.

    *sentence* and *hint_sentence* are *message* and *hint* with what they say as data.
    """

    code: str
    rule: str
    level: str
    message: str
    sentence: NotRequired[SentenceDocument]
    hint: str
    hint_sentence: NotRequired[SentenceDocument]
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    prompt: str
    key: str


class LintDocument(TypedDict):
    """New findings, how many of them fail the review, and how many old ones are gone."""

    new: list[FindingDocument]
    failing: int
    fixed: int


class DeclaredDocument(TypedDict):
    """A prompt whose contract breaks and says so by its number."""

    prompt: str
    old: int
    new: int


class TokensDocument(TypedDict):
    """Mean tokens of a call on either side; null where no answer says."""

    base: float | None
    head: float | None


class PromptDocument(TypedDict):
    """One prompt of a review; *outcome* is what a reviewer must know first."""

    id: str
    path: str
    outcome: str
    blocks: bool
    error: SentenceDocument | None
    change: ChangeDocument | None
    comparisons: list[ComparisonDocument]
    let_pass: NotRequired[list[LetPassDocument]]
    lint: LintDocument
    rendered: RenderedDocument | None
    not_evaluated: list[LeftOutDocument]
    evaluated: int
    tokens: TokensDocument


class ReviewDocument(TypedDict):
    """A review: the gravest prompt first. *head_commit* is null for a working tree.

    *unlisted* are the prompts that are there and that the head's settings no longer name.
    """

    format: str
    base: str
    head: str
    base_commit: str
    head_commit: str | None
    blocks: bool
    contracts: NotRequired[list[DeclaredDocument]]
    outcomes: dict[str, int]
    counts: dict[str, int]
    evaluated: int
    unlisted: NotRequired[list[str]]
    weakens: list[SentenceDocument]
    prompts: list[PromptDocument]
