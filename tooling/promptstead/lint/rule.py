"""What a rule is, and what it is given."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from promptstead.config.settings import Config
from promptstead.documents.document import Document
from promptstead.model import Code, Input, Level, Part, Problem, Prompt, Span, Stage
from promptstead.prompts.loaded import Loaded
from promptstead.template.analysis import Output, PathUse, Text, flow, paths
from promptstead.template.compiler import placeholders

if TYPE_CHECKING:
    from promptstead.lint.wording import Wording

Read = TypeVar("Read")
Levels = Mapping[Stage, Level]
Find = Callable[[str], Loaded | None]
"""Prompt id -> that prompt of the same repository, or None where there is none."""


class Base(NamedTuple):
    """The revision that prompts are compared with: what messages call it, and prompt id -> its prompt, or None."""

    label: str
    prompt: Callable[[str], Prompt | None]


def everywhere(level: Level) -> Levels:
    """Return the levels of a rule that weighs the same at every stage."""
    return {"edit": level, "review": level, "release": level}


class Context:
    """One prompt as the rules see it, with the analyses that several of them share.

    *find* is None where the other prompts of the repository are not at hand, *base* where no revision is compared with.
    *today* is an ISO date.
    """

    def __init__(
        self,
        loaded: Loaded,
        prompt: Prompt,
        config: Config,
        stage: Stage,
        find: Find | None = None,
        base: Base | None = None,
        today: str = "",
    ) -> None:
        self.loaded = loaded
        self.prompt = prompt
        self.config = config
        self.stage = stage
        self.find = find
        self.base = base
        self.today = today
        self.beyond = False
        """Whether a rule looked at what lies in no tree: it may find something else there when no file has changed."""
        self._flows: dict[Part, tuple[Text | Output, ...]] = {}
        self._uses: dict[Part, list[PathUse]] = {}
        self._wordings: list[Wording] | None = None
        self._shared: dict[Callable[[Context], Any], Any] = {}

    @property
    def document(self) -> Document:
        """Return the prompt file."""
        return self.loaded.document

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Yield each message part with the role that speaks it."""
        for message in self.prompt.messages:
            for part in message.parts:
                yield message.role, part

    def uses(self, part: Part) -> list[PathUse]:
        """Return every path that the part's template reads; GitHub Models files read whole inputs only."""
        if part not in self._uses:
            template = self.loaded.templates.get(part.at)
            self._uses[part] = [] if template is None else list(paths(template))
        return self._uses[part]

    def flow(self, part: Part) -> tuple[Text | Output, ...]:
        """Return what the part writes, in order: fixed text and values."""
        if part not in self._flows:
            template = self.loaded.templates.get(part.at)
            if template is not None:
                self._flows[part] = tuple(flow(template))
            else:
                self._flows[part] = (
                    tuple(_placeholder_flow(part.template)) if self.prompt.dialect == "github-models" else ()
                )
        return self._flows[part]

    @property
    def unparsed(self) -> bool:
        """Whether a message is in no template language, so that nobody knows what it says and what it does not."""
        templates = self.loaded.templates
        return self.prompt.dialect == "promptstead" and any(part.at not in templates for _, part in self.parts())

    def wordings(self) -> "list[Wording]":
        """Return the fixed text of each text part, in order; empty parts are left out."""
        if self._wordings is None:
            from promptstead.lint.wording import Wording

            self._wordings = [
                Wording(role, part, pieces, self.loaded)
                for role, part in self.parts()
                if part.type == "text" and (pieces := self.flow(part))
            ]
        return self._wordings

    def shared(self, reading: "Callable[[Context], Read]") -> "Read":
        """Return what *reading* makes of this prompt, made once for all rules that ask for it."""
        if reading not in self._shared:
            self._shared[reading] = reading(self)
        found: Read = self._shared[reading]
        return found

    def place(self, part: Part, start: int, end: int, source: str | None) -> tuple[Span, str]:
        """Return the span of ``template[start:end]`` of *part* or its partial *source*, and the partial's path."""
        if source is None:
            return self.document.locate(part.at, start, end), ""
        return Span(start, end), self.loaded.partial_paths.get(source, source)

    def text(self, part: Part, source: str | None) -> str:
        """Return the template text of *part*, or of its partial *source*."""
        return part.template if source is None else self.prompt.partials.get(source, "")

    def declared(self, name: str) -> Input | None:
        """Return the input *name*, or None."""
        return self.prompt.inputs.get(name)


def _placeholder_flow(text: str) -> Iterator[Text | Output]:
    position = 0
    for name, start, end in placeholders(text):
        if start - 2 > position:
            yield Text(text[position : start - 2], position, start - 2, None)
        yield Output(frozenset({name}), (), False, start, end, None)
        position = end + 2
    if position < len(text):
        yield Text(text[position:], position, len(text), None)


class Rule(NamedTuple):
    """A lint rule. The docstring of its module is its page; one that a package brings has *page*.

    :ivar levels: stage -> level; silent at the stages that are absent.
    :ivar fix: whether its findings come with a fix, and whether that is safe or needs a review.
    :ivar invalid: it also sees files that are not valid prompts.
    """

    code: Code
    name: str
    summary: str
    levels: Levels
    check: Callable[[Context], Iterable[Problem]]
    fix: Literal["safe", "review", "none"] = "none"
    heuristic: bool = False
    page: str = ""


def found_while_reading(context: Context) -> Iterable[Problem]:
    """Return nothing: the reader reports this rule's problems itself, also of files that are no valid prompt."""
    return ()
