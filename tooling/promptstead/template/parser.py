"""Template text to a tree: the blocks. Expressions are read by :mod:`promptstead.template.expressions`."""

from collections.abc import Callable
from functools import lru_cache

from promptstead.did_you_mean import nearest
from promptstead.template.errors import MAX_BLOCKS, MAX_TEXT, TemplateError, error_at
from promptstead.template.expressions import KEYWORDS, Expressions
from promptstead.template.lexer import Piece, pieces
from promptstead.template.literals import literal_text
from promptstead.template.nodes import Emit, Expression, For, If, Include, Node, Template, Text
from promptstead.words.sentence import Sentence, say

_BLOCKS = ("if", "elif", "else", "endif", "for", "endfor", "include", "raw", "endraw")
_INSTEAD: dict[str, Callable[[], Sentence]] = {
    "set": lambda: say("files.write-where-used"),
    **dict.fromkeys(("macro", "call", "import", "from"), lambda: say("files.include-partial")),
    **dict.fromkeys(("extends", "block"), lambda: say("files.include-shared")),
    "filter": lambda: say("files.filter-each-value"),
    "with": lambda: say("files.use-full-path"),
    "do": lambda: say("files.compute-values-before"),
    "break": lambda: say("files.pass-wanted-items"),
    "continue": lambda: say("files.use-if-in-loop"),
    "autoescape": lambda: say("files.nothing-is-escaped"),
    "trans": lambda: say("files.one-file-a-language"),
}


SHORT = 64 * 1024
"""Characters of a template up to which it is kept, parsed, for a while."""


class _Open:
    """A block that is not closed yet; nodes go to *body*, the body of its branch that is being read."""

    def __init__(
        self, kind: str, piece: Piece, condition: Expression | None = None, targets: tuple[str, ...] = ()
    ) -> None:
        self.kind = kind
        self.piece = piece
        self.condition = condition
        self.targets = targets
        self.body: list[Node] = []
        self.branches: list[tuple[Expression, tuple[Node, ...]]] = []
        self.in_else = False


def parse(text: str, source: str | None = None) -> Template:
    """Parse the *text* of a template; includes stay unresolved.

    :param source: the name of the partial that the text is, put into every error.
    :raises TemplateError: the text is not a template of the language, or beyond its bounds.
    """
    try:
        if len(text) > MAX_TEXT:
            message = say("files.template-too-long", most=MAX_TEXT)
            raise TemplateError(message, start=0, end=0, hint=say("files.split-prompt"))
        return Template(text, _body(text) if len(text) <= SHORT else _Parser().parse(pieces(text)), source)
    except TemplateError as error:
        error.source = source
        raise


@lru_cache(256)
def _body(text: str) -> tuple[Node, ...]:
    """Return what a template of common length is made of; two revisions of a prompt have most of them in common."""
    return _Parser().parse(pieces(text))


class _Parser:
    def __init__(self) -> None:
        self._top: list[Node] = []
        self._open: list[_Open] = []

    def parse(self, found: list[Piece]) -> tuple[Node, ...]:
        for piece in found:
            if piece.kind == "text":
                self._add(Text(piece.value, piece.start, piece.end))
            elif piece.kind == "output":
                tokens = self._tokens(piece)
                value = tokens.expression()
                tokens.expect_end()
                self._add(Emit(value, piece.start, piece.end))
            else:
                self._block(piece)
        if self._open:
            block = self._open[-1]
            message = say("files.block-not-closed", tag=block.kind)
            raise error_at(block.piece, message, say("files.close-block", tag=block.kind))
        return tuple(self._top)

    def _tokens(self, piece: Piece) -> Expressions:
        return Expressions(piece.tokens, any(block.kind == "for" and not block.in_else for block in self._open))

    def _add(self, node: Node) -> None:
        (self._open[-1].body if self._open else self._top).append(node)

    def _block(self, piece: Piece) -> None:
        tokens = self._tokens(piece)
        name = tokens.advance()
        if name.kind == "end":
            raise error_at(piece, say("files.empty-tag"))
        match name.value:
            case "if":
                self._push(_Open("if", piece, condition=tokens.expression()))
            case "for":
                self._for(piece, tokens)
            case "elif":
                self._elif(piece, tokens)
            case "else":
                self._else(piece)
            case "endif" | "endfor":
                self._end(name.value[3:], piece)
            case "include":
                self._include(piece, tokens)
            case _:
                raise _unknown(name.value, name.start, name.end)
        tokens.expect_end()

    def _push(self, block: _Open) -> None:
        if len(self._open) == MAX_BLOCKS:
            raise error_at(block.piece, say("files.blocks-too-deep", most=MAX_BLOCKS))
        self._open.append(block)

    def _for(self, piece: Piece, tokens: Expressions) -> None:
        targets: list[str] = []
        while True:
            token = tokens.advance()
            if token.kind != "name" or token.value in KEYWORDS or token.value == "loop" or token.value in targets:
                raise error_at(token, say("files.loop-variables"), say("files.write-for"))
            targets.append(token.value)
            if len(targets) == 2 or not tokens.skip(","):
                break
        tokens.expect("in", lambda: say("files.after-loop-variables"))
        over = tokens.expression()
        if tokens.at("if", "recursive"):
            message = say("files.not-in-loops", source=tokens.current.value)
            raise error_at(tokens.current, message, say("files.use-if-in-loop"))
        self._push(_Open("for", piece, condition=over, targets=tuple(targets)))

    def _branch(self, piece: Piece, name: str) -> _Open:
        """Return the innermost block, which a branch tag continues."""
        if not self._open or self._open[-1].in_else or (name == "elif" and self._open[-1].kind == "for"):
            raise error_at(piece, say("files.tag-misplaced", tag=name))
        return self._open[-1]

    def _elif(self, piece: Piece, tokens: Expressions) -> None:
        block = self._branch(piece, "elif")
        _close_branch(block)
        block.condition = tokens.expression()

    def _else(self, piece: Piece) -> None:
        if [token.value for token in piece.tokens[1:2]] == ["if"]:
            raise error_at(piece, say("files.else-if"), say("files.write-elif"))
        block = self._branch(piece, "else")
        _close_branch(block)
        block.in_else = True

    def _end(self, kind: str, piece: Piece) -> None:
        if not self._open or self._open[-1].kind != kind:
            hint = say("files.block-open", tag=self._open[-1].kind) if self._open else say("files.no-block-open")
            raise error_at(piece, say("files.closes-nothing", tag=kind), hint)
        block = self._open.pop()
        if not block.in_else:
            _close_branch(block)
        otherwise = tuple(block.body)
        start, end = block.piece.start, piece.end
        if kind == "if":
            self._add(If(tuple(block.branches), otherwise, start, end))
        else:
            over, body = block.branches[0]
            self._add(For(block.targets, over, body, otherwise, start, end))

    def _include(self, piece: Piece, tokens: Expressions) -> None:
        token = tokens.advance()
        if token.kind != "string":
            raise error_at(token, say("files.include-literal"), say("files.write-include"))
        path = literal_text(token)
        check_include_path(path, token.start, token.end)
        if tokens.current.kind != "end":
            raise error_at(tokens.current, say("files.include-takes-name"))
        self._add(Include(path, None, token.start, token.end))


def _close_branch(block: _Open) -> None:
    """End the branch that is being read, and begin the next with an empty body."""
    assert block.condition is not None
    block.branches.append((block.condition, tuple(block.body)))
    block.body = []


def _unknown(name: str, start: int, end: int) -> TemplateError:
    if name in _INSTEAD:
        message = say("files.tag-not-in-templates", tag=name)
        return TemplateError(message, start=start, end=end, hint=_INSTEAD[name]())
    near = nearest(name, _BLOCKS)
    hint = say("files.did-you-mean", near=near) if near else say("files.known-tags")
    return TemplateError(say("files.unknown-tag", tag=name), start=start, end=end, hint=hint)


def check_include_path(path: str, start: int, end: int) -> None:
    """Make sure that an include's *path* stays in its folder on every system.

    :raises TemplateError: it is empty, absolute, has ``.``, ``..`` or empty segments, a backslash, a colon or a
        control character, or more than 500 characters.
    """
    segments = path.split("/")
    if not path or len(path) > 500 or not path.isprintable() or any(segment in ("", ".", "..") for segment in segments):
        message = say("files.path-outside", path=path[:80])
        raise TemplateError(message, start=start, end=end, hint=say("files.write-path-without-dots"))
    if "\\" in path or ":" in path:
        raise TemplateError(say("files.path-has-slashes"), start=start, end=end, hint=say("files.write-path"))
