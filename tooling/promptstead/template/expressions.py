"""The parser of what stands between the delimiters: expressions, and the filters' arguments."""

import re

from promptstead.errors import did_you_mean
from promptstead.template.errors import MAX_NESTING, TemplateError
from promptstead.template.filters import FILTERS, INSTEAD, REQUIRED, Parameter
from promptstead.template.lexer import Token
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

MAX_SAFE_INTEGER = 2**53 - 1
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
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|.))|(?P<line>\r\n|\r)", re.DOTALL
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": "", "\r": "", "\r\n": ""}
_FENCE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_OPERATORS_OUT = {
    "+": "compute before the value is passed in",
    "-": "compute before the value is passed in",
    "*": "compute before the value is passed in",
    "/": "compute before the value is passed in",
    "%": "compute before the value is passed in",
    "~": "write the values one after the other: `{{ a }}{{ b }}`",
    "{": "pass maps in as inputs",
    "=": "use `==` to compare",
}


class Tokens:
    """The tokens of one tag, read from left to right.

    :param tokens: they end with one of kind ``end``.
    :param in_loop: whether ``loop`` means something here.
    """

    def __init__(self, tokens: tuple[Token, ...], in_loop: bool) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self.in_loop = in_loop

    @property
    def current(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._position]

    @property
    def previous(self) -> Token:
        """The token that was read last."""
        return self._tokens[self._position - 1]

    def advance(self) -> Token:
        """Return the current token and go to the next."""
        token = self.current
        if token.kind != "end":
            self._position += 1
        return token

    def at(self, *values: str) -> bool:
        """Tell whether the current token is one of these names or operators."""
        return self.current.kind in ("name", "operator") and self.current.value in values

    def skip(self, value: str) -> bool:
        """Go past the current token if it is this name or operator; tell whether it was."""
        found = self.at(value)
        if found:
            self.advance()
        return found

    def expect(self, value: str, why: str) -> None:
        """Go past this name or operator.

        :raises TemplateError: something else stands there.
        """
        if not self.skip(value):
            raise self.unexpected(f"`{value}` expected {why}")

    def expect_end(self) -> None:
        """Make sure that the tag is over.

        :raises TemplateError: something is left.
        """
        if self.current.kind != "end":
            raise self.unexpected()

    def unexpected(self, wanted: str = "") -> TemplateError:
        """Return the error for the current token."""
        token = self.current
        if token.kind == "end":
            return TemplateError(wanted or "an expression is missing", start=token.start, end=token.end)
        hint = ""
        if token.kind == "operator" and token.value in _OPERATORS_OUT:
            message, hint = f"`{token.value}` is not part of promptstead templates", _OPERATORS_OUT[token.value]
        elif token.value == "(":
            message, hint = (
                "calls are not part of promptstead templates",
                "pass the value in as an input, or use a filter",
            )
        elif token.kind == "name" and token.value == "if":
            message, hint = (
                "`… if … else …` is not part of promptstead templates",
                "use `{% if … %}…{% else %}…{% endif %}`",
            )
        elif token.value == ",":
            message, hint = (
                "a comma makes a tuple, which is not part of promptstead templates",
                "write a list: `[a, b]`",
            )
        else:
            message = wanted or f"`{token.value}` was not expected here"
        return TemplateError(message, start=token.start, end=token.end, hint=hint)

    def expression(self) -> Expression:
        """Read an expression.

        :raises TemplateError: it is not one, or is nested deeper than 64 levels.
        """
        self._depth += 1
        if self._depth > MAX_NESTING:
            token = self.current
            raise TemplateError(
                f"the expression is nested deeper than {MAX_NESTING} levels", start=token.start, end=token.end
            )
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
            raise TemplateError(f"more than {MAX_NESTING} levels of `not`", start=starts[0], end=self.previous.end)
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
                raise TemplateError(
                    "put parentheses around the test", start=last.start, end=last.end, hint="`(a is defined) in …`"
                )
            if self.current.kind == "operator" and self.current.value in _COMPARISONS:
                operator = self.advance().value
            elif self.skip("in"):
                operator = "in"
            elif self.skip("not"):
                self.expect("in", "after `not`")
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
            raise TemplateError(
                f"the test `{token.value}` is not part of promptstead templates",
                start=token.start,
                end=token.end,
                hint="`is defined` and `is not defined` are the only tests; compare with `==` instead",
            )
        if not isinstance(value, Path):
            raise TemplateError(
                "`is defined` asks about a name", start=value.start, end=value.end, hint="`a.b is defined`"
            )
        return Defined(value, negated, value.start, token.end)

    def _filters(self, value: Expression) -> Expression:
        calls: list[FilterCall] = []
        while self.skip("|"):
            calls.append(self._filter())
        return Filtered(value, tuple(calls), value.start, self.previous.end)

    def _filter(self) -> FilterCall:
        token = self.current
        if token.kind != "name":
            raise self.unexpected("the name of a filter is missing")
        self.advance()
        if token.value not in FILTERS:
            raise TemplateError(
                f"unknown filter `{token.value}`",
                start=token.start,
                end=token.end,
                hint=INSTEAD.get(token.value) or did_you_mean(token.value, FILTERS, f"there are {', '.join(FILTERS)}"),
            )
        given: dict[int, Expression] = {}
        parameters = FILTERS[token.value]
        if self.skip("("):
            while not self.at(")"):
                self._argument(token, parameters, given)
                if not self.skip(","):
                    break
            self.expect(")", f"after the arguments of `{token.value}`")
        return FilterCall(token.value, _arguments(token, parameters, given), token.start, self.previous.end)

    def _argument(self, token: Token, parameters: tuple[Parameter, ...], given: dict[int, Expression]) -> None:
        start = self.current.start
        value = self.expression()
        place = len(given)
        if isinstance(value, Path) and not value.keys and self.skip("="):
            names = [parameter.name for parameter in parameters]
            if value.root not in names:
                raise TemplateError(
                    f"`{token.value}` has no parameter `{value.root}`",
                    start=start,
                    end=value.end,
                    hint=did_you_mean(value.root, names),
                )
            place = names.index(value.root)
            value = self.expression()
        elif any(key >= place for key in given):
            raise TemplateError("an argument by position after one by name", start=start, end=value.end)
        if place >= len(parameters) or place in given:
            raise TemplateError(f"too many arguments for `{token.value}`", start=start, end=value.end)
        if parameters[place].literal and not isinstance(value, Literal):
            raise TemplateError(f"the argument of `{token.value}` must be a literal", start=start, end=value.end)
        given[place] = value

    def _primary(self) -> Expression:
        token = self.current
        if token.kind == "string":
            self.advance()
            if self.current.kind == "string":
                raise self.unexpected("two text literals in a row; write them as one")
            return Literal(literal_text(token), token.start, token.end)
        if token.kind in ("integer", "float") or token.value == "-":
            return self._number()
        if self.skip("("):
            value = self.expression()
            self.expect(")", "to close the parenthesis")
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
        self.expect("]", "to close the list")
        return self._no_lookup(ListOf(tuple(items), start, self.previous.end))

    def _no_lookup(self, value: Expression) -> Expression:
        if self.at(".", "["):
            token = self.current
            raise TemplateError(
                "only a name can be looked into",
                start=token.start,
                end=token.end,
                hint='write `a.b` or `a["b"]`; use `{% for %}` for items',
            )
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
        number = float(token.value) if token.kind == "float" else _integer(token)
        if number in (float("inf"), float("-inf")):
            raise TemplateError("the number is too large", start=start, end=token.end)
        return Literal(-number if negative else number, start, token.end)

    def _path(self) -> Expression:
        first = self.advance()
        keys: list[str | int] = []
        while True:
            if self.skip("."):
                key = self.advance()
                if key.kind != "name":
                    raise TemplateError(
                        "a name must follow the point",
                        start=key.start,
                        end=key.end,
                        hint='write `a[0]` for an item, `a["b c"]` for another key',
                    )
                keys.append(key.value)
            elif self.skip("["):
                keys.append(self._key())
                self.expect("]", "after the key")
            else:
                break
        if self.at("("):
            raise self.unexpected()
        path = Path(first.value, tuple(keys), first.start, self.previous.end)
        if len(keys) > MAX_NESTING:
            raise TemplateError(f"no value is deeper than {MAX_NESTING} levels", start=path.start, end=path.end)
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
        raise TemplateError(
            "a key must be a literal text or integer",
            start=token.start,
            end=token.end,
            hint="use `{% for key, value in map | items %}`",
        )

    def _check_loop(self, path: Path) -> None:
        if not self.in_loop:
            raise TemplateError("`loop` exists only inside `{% for %}`", start=path.start, end=path.end)
        if len(path.keys) != 1 or path.keys[0] not in LOOP_KEYS:
            raise TemplateError(
                "this is not known of a loop",
                start=path.start,
                end=path.end,
                hint=f"there are {', '.join(f'loop.{key}' for key in LOOP_KEYS)}",
            )


def _arguments(token: Token, parameters: tuple[Parameter, ...], given: dict[int, Expression]) -> tuple[Expression, ...]:
    """Return the arguments by position, defaults filled in up to the last one given, and checked."""
    count = max(given, default=-1) + 1
    for place, parameter in enumerate(parameters):
        if parameter.default is REQUIRED and place not in given:
            raise TemplateError(
                f"`{token.value}` needs `{parameter.name}`",
                start=token.start,
                end=token.end,
                hint=f"write `{token.value}(…)`",
            )
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
        raise TemplateError(
            "a fence's name is lower-case letters, digits, `_` and `-`",
            start=name.start,
            end=name.end,
            hint='`fence("document")`',
        )


def _check_indent(width: Literal) -> None:
    if type(width.value) is not int or not 0 <= width.value <= 8:
        raise TemplateError("`tojson` indents by 0 to 8", start=width.start, end=width.end)


def _integer(token: Token) -> int:
    if token.value.startswith("0") and token.value.strip("0"):
        raise TemplateError("an integer does not start with 0", start=token.start, end=token.end)
    if len(token.value) > 16 or int(token.value) > MAX_SAFE_INTEGER:
        raise TemplateError(f"the integer is beyond {MAX_SAFE_INTEGER}", start=token.start, end=token.end)
    return int(token.value)


def literal_text(token: Token) -> str:
    """Return what a text literal means; line ends in it are LF."""

    def replace(match: re.Match[str]) -> str:
        if match["line"]:
            return "\n"
        code = match[1] or match[2] or match[3]
        if code is None and match[4] in _ESCAPES:
            return _ESCAPES[match[4]]
        point = int(code or "110000", 16)
        if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
            return chr(point)
        start = token.start + 1 + match.start()
        raise TemplateError(
            f"`{match[0]}` is not an escape",
            start=start,
            end=start + len(match[0]),
            hint="write `\\\\` for a backslash",
        )

    return _ESCAPE.sub(replace, token.value[1:-1])
