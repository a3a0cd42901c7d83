"""The interpreter of compiled templates. The instructions are listed in ``docs/template.md``.

:func:`load` turns a program into functions once; running them is what a rendering costs. An interpreter that walks the
program itself is as right and shorter (``tests/runtime/reader.mjs`` is one).
"""

from promptstead.runtime.filters import FILTERS, WALKING, Empty
from promptstead.runtime.limits import Limits
from promptstead.runtime.values import RenderError, compare, contains, equal, kind, plain, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Code = list[Any]
    Expression = Callable[["_State"], Any]
    Step = str | Expression
    Block = tuple[list[Step], int, int]  # the steps, what running them costs, and the characters of their fixed texts


class Renderer:
    """A loaded program. It keeps no state between renderings, so threads can share it."""

    __slots__ = ("_block",)

    def __init__(self, block: "Block") -> None:
        self._block = block

    def __call__(self, values: "dict[str, Any]", limits: "Limits | None" = None) -> str:
        """Return the text for *values* that are plain already (:func:`promptstead.runtime.values.plain`).

        :param limits: what the rendering takes its cost from; the default is for it alone.
        :raises RenderError: a value is undefined or of the wrong type, a limit is reached, or the program is damaged.
        """
        state = _State(values, limits or Limits())
        try:
            _run(self._block, state)
        except RenderError as error:
            if error.path and not error.hint:
                error.hint = _nearest(error.path, state.names)
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise _damaged() from error
        return "".join(state.out)


def load(program: "Code") -> Renderer:
    """Make a compiled template, or the same read back from JSON, ready to run.

    :raises RenderError: the program is damaged.
    """
    try:
        return Renderer(_Loader().block(program))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged() from error


def render(program: "Code", values: "Mapping[str, Any]", limits: "Limits | None" = None) -> str:
    """Load a program and run it once.

    :param values: name → value; see :func:`promptstead.runtime.values.plain` for what a value can be.
    :param limits: what the rendering takes its cost from; the default is for it alone.
    :raises RenderError: see :class:`Renderer`.
    """
    return load(program)({name: plain(value, name) for name, value in values.items()}, limits)


def path_text(path: "tuple[str | int, ...]") -> str:
    """Return a path as a template writes it: ``customer.name``, ``orders[0]``, ``a["b c"]``."""
    shown = str(path[0])
    for key in path[1:]:
        if isinstance(key, str):
            shown += f".{key}" if key.isascii() and key.isidentifier() else f'["{key}"]'
        else:
            shown += f"[{key}]"
    return shown


class _Undefined:
    """What a missing variable or key gives; only ``is defined`` and ``default`` accept it."""

    __slots__ = ("path",)

    def __init__(self, path: "tuple[str | int, ...]") -> None:
        self.path = path

    def __bool__(self) -> bool:
        raise self.error()

    def error(self) -> RenderError:
        return RenderError(f"`{path_text(self.path)}` is undefined", path=self.path)


class _State:
    """One rendering: the names in scope, the text so far, and what is left of the limits."""

    __slots__ = ("limits", "names", "out")

    def __init__(self, values: "dict[str, Any]", limits: Limits) -> None:
        self.names = dict(values)
        self.out: list[str] = []
        self.limits = limits


def _run(block: "Block", state: _State) -> None:
    steps, cost, written = block
    limits = state.limits
    limits.work -= cost
    append = state.out.append
    for step in steps:
        if isinstance(step, str):
            append(step)
            continue
        value = step(state)
        if not isinstance(value, str):
            value = text_of(_known(value), limits)
        if value:
            written += len(value)
            append(value)
    limits.output -= written
    if limits.output < 0 or limits.work < 0:
        limits.check()


def _known(value: "Any") -> "Any":
    if isinstance(value, _Undefined):
        raise value.error()
    return value


class _Loader:
    """Turns instructions into functions of the state. A step's value is written; ``if`` and ``for`` give none."""

    def __init__(self) -> None:
        self._loop_used = False

    def block(self, statements: "Code") -> "Block":
        if not isinstance(statements, list):
            raise TypeError(statements)
        steps: list[Step] = []
        cost = fixed = 0
        for statement in statements:
            if isinstance(statement, str):
                steps.append(statement)
                cost += 1
                fixed += len(statement)
            else:
                steps.append(self._statement(*statement))
                cost += _cost(*statement)
        return steps, cost, fixed

    def _statement(self, name: str, *operands: "Any") -> "Step":
        return getattr(self, {"emit": "_emit", "or_text": "_or_text", "if": "_if", "for": "_for"}[name])(*operands)  # type: ignore[no-any-return]

    def _emit(self, code: "Code") -> "Expression":
        return self.expression(code)

    def _or_text(self, name: str, literal: str) -> "Expression":
        _check(name, str)
        _check(literal, str)
        return lambda state: state.names.get(name, literal)

    def _if(self, branches: "Code", otherwise: "Code") -> "Expression":
        loaded = [(self.expression(condition), self.block(body)) for condition, body in branches]
        last = self.block(otherwise)

        def branch(state: _State) -> str:
            for condition, body in loaded:
                if condition(state):
                    _run(body, state)
                    return ""
            _run(last, state)
            return ""

        return branch

    def _for(self, targets: "list[str]", over: "Code", body: "Code", otherwise: "Code") -> "Expression":
        _check(targets, list)
        if len(targets) not in (1, 2):
            raise ValueError(targets)
        for name in targets:
            _check(name, str)
        items_of = self.expression(over)
        outer_uses = self._loop_used
        self._loop_used = False
        turn = self.block(body)
        needs_loop, self._loop_used = self._loop_used, outer_uses
        last = self.block(otherwise)
        single = targets[0] if len(targets) == 1 else ""
        bound = [*targets, "loop"] if needs_loop else targets

        def loop(state: _State) -> str:
            items = _iterable(items_of(state))
            if not items:
                _run(last, state)
                return ""
            state.limits.turn(len(items))
            names = state.names
            hidden = {name: names[name] for name in bound if name in names}
            for index, item in enumerate(items):
                if single:
                    names[single] = item
                else:
                    names.update(_pair(targets, item))
                if needs_loop:
                    names["loop"] = _loop_facts(index, len(items))
                _run(turn, state)
            for name in bound:
                names.pop(name, None)
            names.update(hidden)
            return ""

        return loop

    def expression(self, code: "Code") -> "Expression":
        """Return the function that gives the value of an expression, undefined or not."""
        return getattr(self, f"_{_EXPRESSIONS[code[0]]}")(*code[1:])  # type: ignore[no-any-return]

    def _strict(self, code: "Code") -> "Expression":
        """Return the function that gives the value of an expression, or fails when it is undefined."""
        value_of = self.expression(code)
        return lambda state: _known(value_of(state))

    def _value(self, value: "Any") -> "Expression":
        if isinstance(value, (list, dict)) or plain(value, "a literal") != value:
            raise TypeError(value)
        return lambda state: value

    def _list(self, *items: "Code") -> "Expression":
        loaded = [self._strict(item) for item in items]
        return lambda state: [item(state) for item in loaded]

    def _get(self, name: str, *keys: "str | int") -> "Expression":
        _check(name, str)
        for key in keys:
            _check(key, str, int)
        self._loop_used = self._loop_used or name == "loop"
        nothing = _Undefined((name,))
        if not keys:
            return lambda state: state.names.get(name, nothing)
        steps = [(key, _Undefined((name, *keys[: place + 1]))) for place, key in enumerate(keys)]
        if len(steps) == 1:
            return _one_key(name, nothing, *steps[0])

        def get(state: _State) -> "Any":
            value = state.names.get(name, nothing)
            for key, missing in steps:
                value = value.get(key, missing) if isinstance(value, dict) else _look_up(value, key, missing)
            return value

        return get

    def _not(self, code: "Code") -> "Expression":
        value_of = self.expression(code)
        return lambda state: not value_of(state)

    def _and(self, *items: "Code") -> "Expression":
        return self._logic(items, False)

    def _or(self, *items: "Code") -> "Expression":
        return self._logic(items, True)

    def _logic(self, items: "tuple[Code, ...]", decides: bool) -> "Expression":
        *loaded, last = [self.expression(item) for item in items]

        def logic(state: _State) -> "Any":
            for item in loaded:
                value = item(state)
                if bool(value) is decides:
                    return value
            return last(state)

        return logic

    def _defined(self, code: "Code") -> "Expression":
        value_of = self.expression(code)
        return lambda state: not isinstance(value_of(state), _Undefined)

    def _compare(self, first: "Code", *rest: "Any") -> "Expression":
        first_of = self._strict(first)
        loaded = [(_OPERATORS[name], self._strict(code)) for name, code in zip(rest[::2], rest[1::2], strict=True)]

        def holds(state: _State) -> bool:
            left = first_of(state)
            for operator, right_of in loaded:
                right = right_of(state)
                if not operator(left, right, state.limits):
                    return False
                left = right
            return True

        return holds

    def _filter(self, code: "Code", *calls: "Code") -> "Expression":
        value_of = self.expression(code)
        for name, *arguments in calls:
            value_of = (
                self._default(value_of, *arguments) if name == "default" else self._call(value_of, name, arguments)
            )
        return value_of

    def _default(self, value_of: "Expression", *arguments: "Code") -> "Expression":
        code, boolean = [*arguments, *_DEFAULTS[len(arguments) :]]
        other_of, boolean_of = self.expression(code), self._strict(boolean)

        def default(state: _State) -> "Any":
            value = value_of(state)
            return other_of(state) if isinstance(value, _Undefined) or (boolean_of(state) and not value) else value

        return default

    def _call(self, value_of: "Expression", name: str, codes: "list[Code]") -> "Expression":
        function, walks = FILTERS[name], name in WALKING
        arguments_of = self._arguments(codes)
        nothing = _Undefined((f"… | {name}",))

        def call(state: _State) -> "Any":
            limits = state.limits
            value = _known(value_of(state))
            arguments, size = arguments_of(state)
            limits.work -= size + len(value) if isinstance(value, str) else size
            if limits.work < 0:
                limits.check()
            try:
                result = function(value, *arguments, limits=limits) if walks else function(value, *arguments)
            except Empty:
                return nothing
            if isinstance(result, str):
                limits.work -= len(result)
            return result

        return call

    def _arguments(self, codes: "list[Code]") -> "Callable[[_State], tuple[list[Any], int]]":
        """Return the function that gives a filter's arguments and the characters of those that are text."""
        loaded = [self._strict(code) for code in codes]
        if all(code[0] == "value" for code in codes):
            constant = _sized([code[1] for code in codes])
            return lambda state: constant
        return lambda state: _sized([argument(state) for argument in loaded])


_DEFAULTS: "list[Code]" = [["value", ""], ["value", False]]

_EXPRESSIONS = {name: name for name in ("value", "list", "get", "not", "and", "or", "defined", "compare", "filter")}

_OPERATORS: "dict[str, Callable[[Any, Any, Limits], bool]]" = {
    "==": equal,
    "!=": lambda left, right, limits: not equal(left, right, limits),
    "<": lambda left, right, limits: compare(left, right, "<", limits),
    "<=": lambda left, right, limits: compare(left, right, "<=", limits),
    ">": lambda left, right, limits: compare(left, right, ">", limits),
    ">=": lambda left, right, limits: compare(left, right, ">=", limits),
    "in": contains,
    "not in": lambda left, right, limits: not contains(left, right, limits),
}


def _sized(values: "list[Any]") -> "tuple[list[Any], int]":
    return values, sum([len(value) for value in values if isinstance(value, str)])


def _check(value: "Any", *types: type) -> None:
    if type(value) not in types:
        raise TypeError(value)


def _cost(name: str, *operands: "Any") -> int:
    """Return what running a statement costs: 1, and 1 for each JSON value in its expressions."""
    if name == "if":
        return 1 + sum(_values(condition) for condition, _ in operands[0])
    if name == "for":
        return 1 + _values(operands[1])
    return 1 + _values(operands[0]) if name == "emit" else 1


def _values(code: "Any") -> int:
    return 1 + sum(map(_values, code)) if isinstance(code, list) else 1


def _damaged() -> RenderError:
    return RenderError("the compiled template is damaged", hint="build the bundle again")


def _one_key(name: str, nothing: _Undefined, key: "str | int", missing: _Undefined) -> "Expression":
    """Return the function of the commonest path, ``name.key``: without a loop it takes half the time."""

    def get(state: _State) -> "Any":
        value = state.names.get(name, nothing)
        return value.get(key, missing) if isinstance(value, dict) else _look_up(value, key, missing)

    return get


def _look_up(value: "Any", key: "str | int", missing: _Undefined) -> "Any":
    """Return an item of something that is no map."""
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if -len(value) <= key < len(value) else missing
    if value is None:
        return missing
    raise RenderError(f"`{path_text(missing.path[:-1])}` is {kind(_known(value))}, which has no `{key}`")


def _iterable(value: "Any") -> "list[Any]":
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value)
    raise RenderError(f"a loop needs a list or a map, and this is {kind(_known(value))}")


def _pair(targets: "list[str]", item: "Any") -> "dict[str, Any]":
    if not isinstance(item, list) or len(item) != len(targets):
        raise RenderError(f"a loop over `{', '.join(targets)}` needs pairs", hint="loop over `map | items`")
    return dict(zip(targets, item, strict=True))


def _loop_facts(index: int, length: int) -> "dict[str, Any]":
    return {"index": index + 1, "index0": index, "first": index == 0, "last": index == length - 1, "length": length}


def _nearest(path: "tuple[str | int, ...]", names: "Mapping[str, Any]") -> str:
    from promptstead.did_you_mean import nearest

    known: Any = names
    for key in path[:-1]:
        known = known.get(key) if isinstance(known, dict) else None
    near = nearest(str(path[-1]), known) if isinstance(known, dict) else ""
    return f"did you mean `{path_text((*path[:-1], near))}`?" if near else ""
