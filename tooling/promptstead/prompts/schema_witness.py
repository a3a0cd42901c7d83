"""A second opinion on JSON Schemas and values: of jsonschema, the reference implementation, beside jsonschema_rs's.

Strangers write the schemas, and the reference implementation has no bounds of its own: every keyword that it looks at,
and all that a pattern may have to try, is taken from one budget. Formats are not looked at, by either; nothing is
fetched. `$schema` names the draft, 3 to 2020-12, without one it is 2020-12; jsonschema_rs does not know draft 3.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json
from promptstead.prompts.value_schema import check_references, place, validator_class
from promptstead.runtime.backtracking import ways
from promptstead.words.sentence import Sentence, own_words, say

MOST = 1_000_000_000
"""What one prompt's contract may cost, in attempts of a pattern: some ten seconds."""
_KEYWORD = 200
"""What looking at a keyword costs, in attempts of a pattern."""
_MAX_SAID = 200
_DATA = frozenset(("const", "enum", "default", "examples"))
"""Keywords whose value is no schema."""


class Spent(Exception):
    """The budget is spent: there is no second opinion on this value, nor on what comes after it."""


class Disagreement(NamedTuple):
    """The keyword at which two implementations differ, where in the schema or value, and what each of them says."""

    keyword: str
    where: str
    reference: Sentence
    own: Sentence

    @property
    def sentence(self) -> Sentence:
        """What is said of it."""
        if self.where == "$":
            said = say("files.witness-differ", keyword=self.keyword, reference=self.reference, own=self.own)
        else:
            said = say(
                "files.witness-differ-at",
                keyword=self.keyword,
                where=self.where,
                reference=self.reference,
                own=self.own,
            )
        return said.within(600)


class Budget:
    """What is left of :data:`MOST`."""

    def __init__(self, left: float = MOST) -> None:
        self.left = left

    def take(self, cost: float) -> None:
        """Take *cost*.

        :raises Spent: there is not so much left; then nothing is.
        """
        self.left = self.left - cost if cost <= self.left else -1
        if self.left < 0:
            raise Spent


class Witness:
    """Both implementations' reading of one schema.

    :ivar problem: what keeps both from reading it; empty where at least one does.
    :ivar disagreement: where they differ about the schema itself.
    :raises Spent: the schema takes more to read than the budget has.
    """

    def __init__(self, schema: Json, budget: Budget) -> None:
        self._budget = budget
        self.problem = ""
        self.disagreement: Disagreement | None = None
        self._own: Any = None
        self._reference: Any = None
        refused = self._read_own(schema)
        try:
            check_references(schema)
            found = self._read_reference(schema)
        except PromptsteadError as error:  # outside itself, or too large: nobody is to follow it
            self.problem = error.message
            return
        except RecursionError:
            self.problem = "the schema is nested too deeply"
            return
        if refused and found:
            self.problem = refused
        elif refused or found:
            keyword, where, said = found or ("$schema", "$", "")
            self.disagreement = Disagreement(keyword, where, _verdict(said), _verdict(refused))

    def differs(self, value: Json) -> Disagreement | None:
        """Return where the two differ about *value*; None where they agree, or the schema itself is in doubt.

        :raises Spent: the reference implementation takes more than the budget has.
        """
        if self._own is None or self._reference is None or self.disagreement or self.problem:
            return None
        own: Any = next(iter(self._own.iter_errors(value)), None)
        if own is not None and own.kind.name == "backtrackLimitExceeded":
            return None
        try:
            reference = next(iter(self._reference.iter_errors(value)), None)
        except RecursionError as error:
            raise Spent from error
        except (ArithmeticError, ValueError) as error:  # a number that it cannot reckon with
            failed = say("files.witness-fails", error=own_words(_said(error)))
            return Disagreement("multipleOf", "$", failed, say("files.witness-answers"))
        if (own is None) == (reference is None):
            return None
        if reference is None:
            return Disagreement(own.kind.name, place(own.instance_path), _verdict(""), _verdict(_said(own.message)))
        return Disagreement(
            str(reference.validator), place(list(reference.absolute_path)), _verdict(_said(reference.message)),
            _verdict(""),
        )  # fmt: skip

    def _read_own(self, schema: Json) -> str:
        """Compile the schema with jsonschema_rs; return what it says against it."""
        import jsonschema_rs

        try:
            self._own = validator_class(schema)(schema, validate_formats=False, retriever=_refuse)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, PromptsteadError) as error:
            return _said(getattr(error, "message", error))
        return ""

    def _read_reference(self, schema: Json) -> tuple[str, str, str] | None:
        """Have the reference implementation read the schema; return keyword, place and what it says against it."""
        from jsonschema import validators

        named = schema.get("$schema") if isinstance(schema, dict) else None
        base: Any = validators.Draft202012Validator
        if isinstance(named, str):
            base = validators.validator_for({"$schema": named}, default=base)
        registry: Any = validators.SPECIFICATIONS  # type: ignore[attr-defined]  # one that fetches nothing
        counted = _counting(base, self._budget)
        self._reference = counted(_undeclared(schema), registry=registry)
        wrong = next(iter(counted(base.META_SCHEMA, registry=registry).iter_errors(schema)), None)
        if wrong is not None:
            return str(wrong.validator), place(list(wrong.absolute_path)), _said(wrong.message)
        for keyword, where, pattern in _patterns(schema, []):
            if complaint := _complaint(pattern):
                return keyword, place(where), f"cannot read the pattern: {complaint}"
        return None


def _verdict(complaint: str) -> Sentence:
    """Return what an implementation says of a schema or value: its complaint, or that it has none."""
    return say("files.witness-says", complaint=own_words(complaint)) if complaint else say("files.witness-accepts")


def _counting(base: Any, budget: Budget) -> Any:
    """Return the class *base* of validators, every keyword of which takes from *budget* what it costs."""
    from jsonschema import validators

    def counted(keyword: str, judge: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def judging(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
            budget.take(_cost(keyword, value, instance, schema))
            yield from judge(validator, value, instance, schema) or ()

        return judging

    return validators.extend(  # type: ignore[no-untyped-call]
        base, {name: counted(name, judge) for name, judge in base.VALIDATORS.items()}
    )


def _cost(keyword: str, value: Json, instance: Json, schema: Json) -> float:
    length = len(instance) if isinstance(instance, (str, list, dict)) else 1
    cost: float = _KEYWORD * (1 + (len(value) if isinstance(value, (list, dict)) else 0))
    if keyword == "pattern" and isinstance(instance, str):
        cost += ways(value, length)
    elif isinstance(instance, dict) and keyword in (
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties",
    ):
        longest = max(map(len, instance), default=0)
        cost += length * (_KEYWORD + sum(ways(pattern, longest) for pattern in schema.get("patternProperties", ())))
    elif keyword in ("uniqueItems", "enum", "const") and isinstance(instance, (list, dict)):
        cost += _KEYWORD * length * (length if keyword == "uniqueItems" else 1)
    if keyword.startswith("unevaluated"):
        cost *= 100  # it goes through the whole schema again
    return cost


def _patterns(schema: Json, where: list[str | int]) -> Iterator[tuple[str, list[str | int], str]]:
    """Yield keyword, place and text of each pattern in a schema."""
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from _patterns(each, [*where, index])
    elif isinstance(schema, Mapping):
        for key, each in schema.items():
            if key in _DATA:
                continue
            if key == "pattern" and isinstance(each, str):
                yield key, [*where, key], each
            if key == "patternProperties" and isinstance(each, Mapping):
                yield from ((key, [*where, key], pattern) for pattern in each)
            yield from _patterns(each, [*where, key])


def _complaint(pattern: str) -> str:
    """Return why Python's `re` does not read a pattern; empty where it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return _said(error)
    return ""


def _undeclared(schema: Json) -> Json:
    """Return a schema without the names of drafts in it: jsonschema would go over to a class that counts nothing."""
    if isinstance(schema, list):
        return [_undeclared(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: each if key in _DATA else _undeclared(each)
        for key, each in schema.items()
        if key != "$schema" or not isinstance(each, str)
    }


def _said(message: object) -> str:
    return one_line(str(message), _MAX_SAID)


def _refuse(uri: str) -> Json:
    raise ValueError(f"`{uri}` is outside the schema")
