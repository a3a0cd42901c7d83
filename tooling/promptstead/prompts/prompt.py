"""A promptstead/v1 document that its schema accepts -> :class:`promptstead.model.Prompt`."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from promptstead.config.settings import Config
from promptstead.model import (
    AttachmentKind,
    Case,
    Counterexample,
    Dataset,
    EvaluatorSpec,
    Example,
    Gate,
    Input,
    Json,
    KeyPath,
    Message,
    ModelChoice,
    Note,
    Part,
    Prompt,
    Stub,
    Turn,
)
from promptstead.prompts.own_data import without_own_data


class Companions(NamedTuple):
    """What lies beside the prompt file and was read before it: shared evaluators, cases, partials."""

    evaluators: tuple[EvaluatorSpec, ...] = ()
    cases: tuple[Case, ...] = ()
    partials: Mapping[str, str] | None = None


def build_prompt(data: Mapping[str, Any], prompt_id: str, path: str, config: Config, companions: Companions) -> Prompt:
    """Return the prompt of the document *data*, which must be valid against ``prompt.schema.json``."""
    written, data = data, without_own_data(data)
    output = data.get("output", {})
    gate = data.get("gate", {})
    own = build_evaluators(
        {name: spec for name, spec in data.get("evaluators", {}).items() if name != "use"}, path, ("evaluators",)
    )
    names = {spec.name for spec in own}
    return Prompt(
        id=prompt_id,
        path=path,
        dialect="promptstead",
        data=written,
        title=data["title"],
        description=data.get("description", ""),
        language=data.get("language", ""),
        inputs={name: build_input(name, spec) for name, spec in data.get("inputs", {}).items()},
        messages=tuple(_message(entry, ("messages", index)) for index, entry in enumerate(data["messages"])),
        model=choose_model(data.get("model"), config),
        examples=tuple(
            Example(entry["inputs"], entry["output"], ("examples", index))
            for index, entry in enumerate(data.get("examples", []))
        ),
        contract=int(data.get("contract", 1)),
        output_format=output.get("format", "text"),
        output_schema=output.get("schema"),
        tools=tuple(data.get("tools", [])),
        evaluators=(*(spec for spec in companions.evaluators if spec.name not in names), *own),
        gate=Gate(gate.get("primary", ""), gate.get("margin", 0.05), tuple(gate.get("hard", []))),
        cases=(*build_cases(data.get("cases", []), path, ("cases",)), *companions.cases),
        datasets=tuple(
            Dataset(entry["path"], entry.get("columns", {}), ("datasets", index), entry.get("schema"))
            for index, entry in enumerate(data.get("datasets", []))
        ),
        counterexamples=build_counterexamples(data.get("counterexamples", []), path, ("counterexamples",)),
        partials=companions.partials or {},
    )


def build_input(name: str, spec: Mapping[str, Any]) -> Input:
    """Return the declared input *name*; without a schema it takes any text."""
    return Input(
        name=name,
        schema=spec.get("schema", {"type": "string"}),
        trust=spec.get("trust", "untrusted"),
        description=spec.get("description", ""),
        example=spec.get("example"),
        has_example="example" in spec,
        default=spec.get("default"),
        has_default="default" in spec,
        required=spec.get("required", True) and "default" not in spec,
        attachment=spec.get("attachment"),
    )


def build_evaluators(specs: Mapping[str, Any], file: str, at: KeyPath) -> tuple[EvaluatorSpec, ...]:
    """Return the evaluators of the mapping *specs*, which stands in *file* at *at*."""
    specs = without_own_data(specs, "evaluators")
    return tuple(
        EvaluatorSpec(
            name, spec["type"], {key: value for key, value in spec.items() if key != "type"}, file, (*at, name)
        )
        for name, spec in specs.items()
    )


def build_cases(entries: list[Any], file: str, at: KeyPath) -> tuple[Case, ...]:
    """Return the cases of the list *entries*, which stands in *file* at *at*."""
    return tuple(build_case(entry, file, (*at, index)) for index, entry in enumerate(entries))


def build_case(entry: Mapping[str, Any], file: str, at: KeyPath, line: int = 0) -> Case:
    """Return one case; *line* is its line where the file is a dataset."""
    entry = without_own_data(entry, "case")
    own = entry.get("evaluators")
    return Case(
        str(entry["id"]),
        entry["inputs"],
        entry.get("expected"),
        "expected" in entry,
        tuple(entry.get("history", ())),
        tuple(entry.get("tags", ())),
        entry.get("must_pass", False),
        entry.get("cluster", ""),
        build_evaluators(own, file, (*at, "evaluators")) if own else (),
        file,
        at,
        line,
        _turns(entry.get("turns", []), file, (*at, "turns")),
        build_stubs(entry.get("stubs", ())),
    )


def build_stubs(entries: Iterable[Mapping[str, Any]]) -> tuple[Stub, ...]:
    """Return the stubs of the list *entries*, of a file or of a row of a run."""
    return tuple(Stub(entry["tool"], entry["result"], entry.get("arguments")) for entry in entries)


def _turns(entries: list[Any], file: str, at: KeyPath) -> tuple[Turn, ...]:
    """Return the turns of a case; the prompt's own, which an entry without ``user`` is, comes first in any case.

    An evaluator of the third turn is called ``name@3``, so that turns may have evaluators of one name.
    """
    if not entries:
        return ()
    first = 2 if "user" in entries[0] else 1
    turns = [
        Turn(
            entry.get("user", ""),
            entry.get("expected"),
            "expected" in entry,
            tuple(
                spec._replace(name=f"{spec.name}@{first + index}")
                for spec in build_evaluators(entry.get("evaluators", {}), file, (*at, index, "evaluators"))
            ),
        )
        for index, entry in enumerate(entries)
    ]
    return tuple(turns) if first == 1 else (Turn(""), *turns)


def build_counterexamples(entries: list[Any], file: str, at: KeyPath) -> tuple[Counterexample, ...]:
    """Return the counterexamples of the list *entries*, which stands in *file* at *at*."""
    return tuple(_counterexample(entry, file, (*at, index)) for index, entry in enumerate(entries))


def _counterexample(entry: Mapping[str, Any], file: str, at: KeyPath) -> Counterexample:
    entry = without_own_data(entry, "counterexample")
    caught_by = entry["caught_by"]
    return Counterexample(
        entry["id"],
        entry["case"],
        (caught_by,) if isinstance(caught_by, str) else tuple(caught_by),
        entry["why"],
        entry.get("output"),
        tuple(entry.get("tool_calls", ())),
        entry.get("finish_reason", ""),
        tuple((each["find"], each["with"]) for each in entry.get("replace", ())),
        entry.get("set", {}),
        tuple(entry.get("remove", ())),
        file,
        at,
        entry.get("turn", 0),
    )


def build_notes(entries: list[Any], file: str, at: KeyPath) -> tuple[Note, ...]:
    """Return the notes of the list *entries*, which stands in *file* at *at*."""
    return tuple(
        Note(
            entry["case"],
            entry["model"],
            entry["answer"],
            entry.get("by", ""),
            entry.get("date", ""),
            entry.get("text", ""),
            entry.get("verdict", ""),
            tuple(entry.get("tags", ())),
            entry.get("digest", ""),
            file,
            (*at, index),
        )
        for index, entry in enumerate(entries)
    )


def choose_model(entry: Json, config: Config) -> ModelChoice:
    """Resolve a model as a file names it; a name that the configuration does not know stays, without a provider."""
    name, params = (entry, {}) if not isinstance(entry, dict) else (entry["name"], entry.get("params", {}))
    if name is None:
        return ModelChoice("")
    alias = config.models.get(name)
    return ModelChoice(name, params, alias.provider, alias.snapshot) if alias else ModelChoice(name, params, "", name)


def _message(entry: Mapping[str, Any], at: KeyPath) -> Message:
    if "slot" in entry:
        return Message("", (), slot=entry["slot"])
    content = entry["content"]
    if isinstance(content, str):
        return Message(entry["role"], (Part("text", content, (*at, "content")),))
    return Message(
        entry["role"], tuple(_part(part, (*at, "content", index)) for index, part in enumerate(content)), plain=False
    )


def _part(entry: Mapping[str, Any], at: KeyPath) -> Part:
    if "text" in entry:
        return Part("text", entry["text"], (*at, "text"))
    kind: AttachmentKind = "image" if "image" in entry else "file"
    source = entry[kind]
    path = source["path"] if isinstance(source, Mapping) else ""
    name = path.rpartition("/")[2] if kind == "file" else ""
    part = Part(kind, "" if path else source, (*at, kind), entry.get("detail", ""), entry.get("filename", name))
    return part._replace(path=path)
