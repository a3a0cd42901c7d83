"""Includes: partials are found through a loader, parsed, and put where they are included."""

from collections.abc import Callable

from promptstead.errors import PromptsteadError
from promptstead.template.errors import MAX_BLOCKS, MAX_INCLUDES, MAX_TEXT, TemplateError
from promptstead.template.nodes import For, If, Include, Node, Template
from promptstead.template.parser import parse
from promptstead.words.sentence import own_words, say

Loader = Callable[[str], str | None]
"""Returns the text of a partial by its name as included, or None when there is none.

Raises PromptsteadError where the partial cannot be read.
"""


def resolve(template: Template, loader: Loader) -> Template:
    """Return *template* with every include, at any depth, replaced by one that carries its parsed partial.

    :raises TemplateError: a partial is missing, includes itself, is wrong, or the whole is beyond the bounds (16
        levels of includes, 64 levels of blocks, 1 MiB of included text). ``source`` says in which partial the error
        stands.
    """
    return _Resolver(loader).template(template, 0)


class _Resolver:
    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._parsed: dict[str, Template] = {}
        self._chain: list[str] = []
        self._left = MAX_TEXT

    def template(self, template: Template, depth: int) -> Template:
        try:
            return template._replace(body=self._nodes(template.body, depth))
        except _Misplaced as error:
            raise TemplateError(
                error.message, start=error.start, end=error.end, hint=error.hint, source=template.source
            ) from None

    def _nodes(self, nodes: tuple[Node, ...], depth: int) -> tuple[Node, ...]:
        return tuple(self._node(node, depth) for node in nodes)

    def _node(self, node: Node, depth: int) -> Node:
        if isinstance(node, Include):
            return node._replace(template=self._include(node, depth))
        if isinstance(node, (If, For)):
            if depth == MAX_BLOCKS:
                raise _Misplaced(say("files.blocks-too-deep", most=MAX_BLOCKS), start=node.start, end=node.end)
            otherwise = self._nodes(node.otherwise, depth + 1)
            if isinstance(node, For):
                return node._replace(body=self._nodes(node.body, depth + 1), otherwise=otherwise)
            branches = tuple((condition, self._nodes(body, depth + 1)) for condition, body in node.branches)
            return node._replace(branches=branches, otherwise=otherwise)
        return node

    def _include(self, node: Include, depth: int) -> Template:
        if node.path in self._chain:
            cycle = " → ".join([*self._chain[self._chain.index(node.path) :], node.path])
            message = say("files.includes-itself", partial=node.path, cycle=cycle)
            raise _Misplaced(message, start=node.start, end=node.end)
        if len(self._chain) == MAX_INCLUDES:
            raise _Misplaced(say("files.includes-too-deep", most=MAX_INCLUDES), start=node.start, end=node.end)
        if node.path not in self._parsed:
            try:
                text = self._loader(node.path)
            except PromptsteadError as error:
                message = say("files.in-file", file=node.path, why=own_words(error.message))
                raise _Misplaced(message, start=node.start, end=node.end, hint=own_words(error.hint)) from error
            if text is None:
                raise _Misplaced(say("files.no-partial", partial=node.path), start=node.start, end=node.end)
            self._parsed[node.path] = parse(text, node.path)
        parsed = self._parsed[node.path]
        # The tag itself counts too, so that includes of empty partials cannot multiply without end.
        self._left -= len(parsed.text) + node.end - node.start
        if self._left < 0:
            raise _Misplaced(say("files.included-too-long", most=MAX_TEXT), start=node.start, end=node.end)
        self._chain.append(node.path)
        resolved = self.template(parsed, depth)
        self._chain.pop()
        return resolved


class _Misplaced(TemplateError):
    """An error whose source is the template that is being walked; :meth:`_Resolver.template` adds it."""
