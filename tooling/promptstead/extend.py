"""What a package brings to promptstead: evaluators, rules, formats.

This module is for the authors of packages, and a promise: what is here keeps its meaning within a major version. A
package names what it brings as entry points, in the groups "promptstead.evaluators" and "promptstead.formats" as
``vendor/name``, in "promptstead.rules" by the rule's code. Functions are called in a process of their own, with data
alone; what they say is bounded in size and time.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict with string keys."""
KeyPath = tuple[str | int, ...]
"""The way to a value in a prompt file: keys and list indices, outermost first."""
Level = Literal["error", "warning", "note"]
Stage = Literal["edit", "review", "release"]

NO_OPTIONS: Mapping[str, Json] = MappingProxyType({"type": "object", "additionalProperties": False})
"""The JSON Schema of an evaluator that has no options."""


class Answer(NamedTuple):
    """One answer of a model; *tool_calls* in wire shape."""

    text: str
    finish_reason: str = ""
    tool_calls: tuple[Json, ...] = ()


class Case(NamedTuple):
    """The case that was answered; *expected* counts where *has_expected* says so."""

    id: str
    inputs: Mapping[str, Json]
    expected: Json = None
    has_expected: bool = False
    tags: tuple[str, ...] = ()


class Result(NamedTuple):
    """What an evaluator says: true or false, a finite score, a label, or None for unscored; and one sentence why.

    Of a label the first 200 characters are kept, of a reason 500.
    """

    value: bool | float | str | None
    reason: str = ""


class Evaluator(NamedTuple):
    """An evaluator, which judges answers one by one.

    :ivar judge: (answer, options, case) -> result, or its value alone. What it raises leaves the answer unscored.
    :ivar summary: what it judges, in one sentence.
    :ivar options: JSON Schema (2020-12) of ``options`` in a prompt file; lint checks them against it.
    :ivar better: which of its scores are the better ones; a prompt may say otherwise.
    :ivar deterministic: whether it says the same of the same answer each time, so that it need not be asked twice.
    """

    judge: Callable[[Answer, Mapping[str, Json], Case], "Result | bool | float | str | None"]
    summary: str
    options: Mapping[str, Json] = NO_OPTIONS
    better: Literal["higher", "lower"] = "higher"
    deterministic: bool = True


class Finding(NamedTuple):
    """Something that a rule found: a sentence without a full stop, where, and what to do.

    *at* leads to the value in the prompt file, the file as a whole where it is empty; *start* and *end* are characters
    of the text there, or of the text of the *partial*. Without *end* the whole value is meant.
    """

    message: str
    at: KeyPath = ()
    hint: str = ""
    start: int = 0
    end: int | None = None
    partial: str = ""


class Text(NamedTuple):
    """A text of a prompt as its author wrote it: a part of a message, or a partial (*role* is empty then)."""

    role: str
    text: str
    at: KeyPath = ()
    partial: str = ""

    def finding(self, message: str, start: int = 0, end: int | None = None, hint: str = "") -> Finding:
        """Return a finding about ``text[start:end]``."""
        return Finding(message, self.at, hint, start, len(self.text) if end is None else end, self.partial)


class Prompt(NamedTuple):
    """A valid prompt as rules see it: *data* is the prompt file as JSON values."""

    id: str
    path: str
    language: str
    stage: Stage
    data: Mapping[str, Json]
    texts: tuple[Text, ...]
    cases: tuple[Case, ...]


class Rule(NamedTuple):
    """A rule of lint; its entry point is named by its code: four or more capitals of your own, and three digits.

    :ivar check: prompt -> what is wrong with it. Its docstring is the rule's page (``promptstead rule CODE``).
    :ivar name: words joined by hyphens, such as ``forbidden-word``.
    :ivar summary: what it finds, in one sentence.
    :ivar levels: the level of its findings, or stage -> level; it is silent at the stages that are absent.
    """

    check: Callable[[Prompt], Iterable[Finding]]
    name: str
    summary: str
    levels: Level | Mapping[Stage, Level] = "warning"


class Format(NamedTuple):
    """A form of what a command found, for ``--format vendor/name``.

    :ivar render: the JSON document that ``--format json`` gives -> text.
    :ivar summary: what it writes, in one sentence.
    :ivar documents: the documents that it renders, by their ``format``, such as ``promptstead/lint/v1``.
    """

    render: Callable[[Mapping[str, Json]], str]
    summary: str
    documents: tuple[str, ...]
