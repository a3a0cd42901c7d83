"""The parser of what stands between the delimiters: expressions, and the filters' arguments."""

import re

from promptstead.did_you_mean import nearest
from promptstead.template.errors import MAX_NESTING, TemplateError, error_at
from promptstead.template.filter_names import FILTERS, INSTEAD, REQUIRED, Parameter
from promptstead.template.lexer import Token
from promptstead.template.literals import integer, literal_text
from promptstead.template.nodes import (
    Compare,
    Defined,
    Expression,
    FilterCall,
    Filtered,
    ListOf,
    Literal,
    Logic,
    Not,
    Path,
)
from promptstead.template.tokens import Tokens
from promptstead.words.sentence import NOTHING_SAID, Sentence, say

LOOP_KEYS = ("index", "index0", "first", "last", "length")
CONSTANTS: dict[str, bool | None] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "none": None,
    "None": None,
}
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "self", *CONSTANTS})

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_FENCE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Expressions(Tokens):
    """The tokens of one tag, read as expressions.

    :param in_loop: whether ``loop`` means something here.
    """

    def __init__(self, tokens: tuple[Token, ...], in_loop: bool) -> None:
        super().__init__(tokens)
        self._depth = 0
        self._in_loop = in_loop

    def expression(self) -> Expression:
        """Read an expression.

        :raises TemplateError: it is not one, or is nested deeper than 64 levels.
        """
        self._depth += 1
        if self._depth > MAX_NESTING:
            token = self.current
            raise error_at(token, say("files.expression-too-deep", most=MAX_NESTING))
        value = self._logic("or")
        self._depth -= 1
        return value

    def _logic(self, operator: str) -> Expression:
        items = [self._logic("and") if operator == "or" else self._not()]
        while self.skip(operator):
            items.append(self._logic("and") if operator == "or" else self._not())
        return items[0] if len(items) == 1 else Logic(operator, tuple(items), items[0].start, items[-1].end)

    def _not(self) -> Expression:
        starts = []
        while self.at("not"):
            starts.append(self.advance().start)
        if len(starts) > MAX_NESTING - self._depth:
            message = say("files.too-many-nots", most=MAX_NESTING)
            raise TemplateError(message, start=starts[0], end=self.previous.end)
        self._depth += len(starts)
        value = self._comparison()
        self._depth -= len(starts)
        for start in reversed(starts):
            value = Not(value, start, value.end)
        return value

    def _comparison(self) -> Expression:
        first = self._operand()
        rest: list[tuple[str, Expression]] = []
        while True:
            last = rest[-1][1] if rest else first
            if self.at("in", "not") and isinstance(last, Defined) and last.end == self.previous.end:
                raise error_at(last, say("files.parenthesize-test"), say("files.write-parenthesized-test"))
            if self.current.kind == "operator" and self.current.value in _COMPARISONS:
                operator = self.advance().value
            elif self.skip("in"):
                operator = "in"
            elif self.skip("not"):
                self.expect("in", lambda: say("files.after-not"))
                operator = "not in"
            else:
                return Compare(first, tuple(rest), first.start, rest[-1][1].end) if rest else first
            rest.append((operator, self._operand()))

    def _operand(self) -> Expression:
        value = self._primary()
        while True:
            if self.at("|"):
                value = self._filters(value)
            elif self.skip("is"):
                value = self._test(value)
            else:
                return value

    def _test(self, value: Expression) -> Expression:
        negated = self.skip("not")
        token = self.advance()
        if token.value != "defined":
            raise error_at(token, say("files.test-not-in-templates", test=token.value), say("files.only-tests"))
        if not isinstance(value, Path):
            raise error_at(value, say("files.defined-asks-name"), say("files.write-is-defined"))
        return Defined(value, negated, value.start, token.end)

    def _filters(self, value: Expression) -> Expression:
        calls: list[FilterCall] = []
        while self.skip("|"):
            calls.append(self._filter())
        return Filtered(value, tuple(calls), value.start, self.previous.end)

    def _filter(self) -> FilterCall:
        token = self.current
        if token.kind != "name":
            raise self.unexpected(say("files.no-filter-name"))
        self.advance()
        if token.value not in FILTERS:
            raise error_at(token, say("files.unknown-filter", filter=token.value), _instead(token.value))
        given: dict[int, Expression] = {}
        parameters = FILTERS[token.value]
        if self.skip("("):
            while not self.at(")"):
                self._argument(token, parameters, given)
                if not self.skip(","):
                    break
            self.expect(")", lambda: say("files.after-arguments", filter=token.value))
        return FilterCall(token.value, _arguments(token, parameters, given), token.start, self.previous.end)

    def _argument(self, token: Token, parameters: tuple[Parameter, ...], given: dict[int, Expression]) -> None:
        start = self.current.start
        value = self.expression()
        place = len(given)
        if isinstance(value, Path) and not value.keys and self.skip("="):
            names = [parameter.name for parameter in parameters]
            if value.root not in names:
                message = say("files.no-parameter", filter=token.value, parameter=value.root)
                near = nearest(value.root, names)
                hint = say("files.did-you-mean", near=near) if near else NOTHING_SAID
                raise TemplateError(message, start=start, end=value.end, hint=hint)
            place = names.index(value.root)
            value = self.expression()
        elif any(key >= place for key in given):
            raise TemplateError(say("files.position-after-name"), start=start, end=value.end)
        if place >= len(parameters) or place in given:
            message = say("files.too-many-arguments", filter=token.value)
            raise TemplateError(message, start=start, end=value.end)
        if parameters[place].literal and not isinstance(value, Literal):
            message = say("files.argument-must-be-literal", filter=token.value)
            raise TemplateError(message, start=start, end=value.end)
        given[place] = value

    def _primary(self) -> Expression:
        token = self.current
        if token.kind == "string":
            self.advance()
            if self.current.kind == "string":
                raise self.unexpected(say("files.two-literals"))
            return Literal(literal_text(token), token.start, token.end)
        if token.kind in ("integer", "float") or token.value == "-":
            return self._number()
        if self.skip("("):
            value = self.expression()
            self.expect(")", lambda: say("files.to-close-parenthesis"))
            return self._no_lookup(value)
        if self.skip("["):
            return self._list(token.start)
        if token.kind == "name" and token.value in CONSTANTS:
            self.advance()
            return Literal(CONSTANTS[token.value], token.start, token.end)
        if token.kind == "name" and token.value not in KEYWORDS:
            return self._path()
        raise self.unexpected()

    def _list(self, start: int) -> Expression:
        items: list[Expression] = []
        while not self.at("]"):
            items.append(self.expression())
            if not self.skip(","):
                break
        self.expect("]", lambda: say("files.to-close-list"))
        return self._no_lookup(ListOf(tuple(items), start, self.previous.end))

    def _no_lookup(self, value: Expression) -> Expression:
        if self.at(".", "["):
            token = self.current
            raise error_at(token, say("files.only-names-have-keys"), say("files.write-key-lookup"))
        if self.at("("):
            raise self.unexpected()
        return value

    def _number(self) -> Literal:
        start = self.current.start
        negative = self.at("-")
        minus = self.advance() if negative else None
        token = self.current
        if token.kind not in ("integer", "float"):
            self._position -= 1 if minus else 0
            raise self.unexpected()
        self.advance()
        number = float(token.value) if token.kind == "float" else integer(token)
        if number in (float("inf"), float("-inf")):
            raise TemplateError(say("files.number-is-too-large"), start=start, end=token.end)
        return Literal(-number if negative else number, start, token.end)

    def _path(self) -> Expression:
        first = self.advance()
        keys: list[str | int] = []
        while True:
            if self.skip("."):
                key = self.advance()
                if key.kind != "name":
                    raise error_at(key, say("files.name-after-point"), say("files.write-item-or-key"))
                keys.append(key.value)
            elif self.skip("["):
                keys.append(self._key())
                self.expect("]", lambda: say("files.after-key"))
            else:
                break
        if self.at("("):
            raise self.unexpected()
        path = Path(first.value, tuple(keys), first.start, self.previous.end)
        if len(keys) > MAX_NESTING:
            raise error_at(path, say("files.path-beyond-values", most=MAX_NESTING))
        if path.root == "loop":
            self._check_loop(path)
        return path

    def _key(self) -> str | int:
        token = self.current
        if token.kind == "string":
            return literal_text(self.advance())
        if token.kind == "integer" or token.value == "-":
            number = self._number().value
            if isinstance(number, int):
                return number
        raise error_at(token, say("files.key-must-be-literal"), say("files.use-items"))

    def _check_loop(self, path: Path) -> None:
        if not self._in_loop:
            raise error_at(path, say("files.loop-outside"))
        if len(path.keys) != 1 or path.keys[0] not in LOOP_KEYS:
            known = ", ".join(f"loop.{key}" for key in LOOP_KEYS)
            raise error_at(path, say("files.unknown-of-loop"), say("files.there-are", names=known))


def _instead(name: str) -> Sentence:
    """Return what to do where there is no filter *name*."""
    if name in INSTEAD:
        return INSTEAD[name]()
    near = nearest(name, FILTERS)
    return say("files.did-you-mean", near=near) if near else say("files.there-are", names=", ".join(FILTERS))


def _arguments(token: Token, parameters: tuple[Parameter, ...], given: dict[int, Expression]) -> tuple[Expression, ...]:
    """Return the arguments by position, defaults filled in up to the last one given, and checked."""
    count = max(given, default=-1) + 1
    for place, parameter in enumerate(parameters):
        if parameter.default is REQUIRED and place not in given:
            message = say("files.filter-needs", filter=token.value, parameter=parameter.name)
            raise error_at(token, message, say("files.write-call", filter=token.value))
    arguments = tuple(
        given.get(place, Literal(parameters[place].default, token.end, token.end))  # type: ignore[arg-type]
        for place in range(count)
    )
    first = arguments[0] if arguments else None
    if token.value == "fence" and isinstance(first, Literal):
        _check_fence(first)
    if token.value == "tojson" and isinstance(first, Literal):
        _check_indent(first)
    return arguments


def _check_fence(name: Literal) -> None:
    if not isinstance(name.value, str) or not _FENCE_NAME.fullmatch(name.value):
        raise error_at(name, say("files.fence-name"), say("files.write-fence"))


def _check_indent(width: Literal) -> None:
    if type(width.value) is not int or not 0 <= width.value <= 8:
        raise error_at(width, say("files.tojson-indents"))
