"""Recorded outputs from and to their files: ``outputs.yml`` for people, ``outputs.jsonl`` for large datasets."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from promptstead.digests import digest
from promptstead.documents.document import Document
from promptstead.documents.emit import inline
from promptstead.documents.json_keys import DuplicateKey, unique_keys
from promptstead.documents.scalars import number_text
from promptstead.documents.text_scalars import block_or_quoted, scalar
from promptstead.documents.version_line import version_line
from promptstead.errors import one_line
from promptstead.evaluators.samples import plain_sample, read_sample
from promptstead.model import Json, RecordedOutput
from promptstead.prompts.own_data import PREFIX, own_data
from promptstead.prompts.schema_check import load_schema, validate
from promptstead.words.sentence import own_words, say

VERSION = "promptstead/outputs/v1"


def parse_line(line: bytes) -> RecordedOutput:
    """Return the recorded output of one line of ``outputs.jsonl``.

    :raises ValueError: it is none; its argument is the sentence that says why.
    """
    try:
        entry = DECODER.decode(line.removeprefix(BOM_UTF8).decode())
        if b"\\u" in line:
            json.dumps(entry, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(say("files.line-not-json", why=own_words(error.msg))) from None
    except DuplicateKey as error:
        raise ValueError(say("files.line-has-key-twice", key=error.key)) from None
    except UnicodeEncodeError:
        raise ValueError(say("files.half-a-surrogate-pair")) from None
    except UnicodeDecodeError:
        raise ValueError(say("files.this-line-not-utf-8")) from None
    except (ValueError, RecursionError):
        raise ValueError(say("files.line-not-json", why=say("files.nan-or-too-deep"))) from None
    validator = entry_validator()
    if not validator.is_valid(entry):
        wrong = next(validator.iter_errors(entry))
        at = "/".join(map(str, wrong.instance_path))
        why = own_words(one_line(wrong.message, 200))
        raise ValueError(say("files.no-recorded-output", place=at, why=why))
    output = built(entry, 0)
    if output.received not in ("", received_digest(output)):
        raise ValueError(say("files.answer-changed"))
    return output


def received_digest(output: RecordedOutput) -> str:
    """Return the digest of what was received: the answers of a model to a request, and how often it was asked."""
    samples = [plain_sample(sample) for sample in output.samples]
    return digest([output.case, output.model, output.request, samples, output.attempts])


def _refuse(name: str) -> None:
    raise ValueError(name)


DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=unique_keys)


@cache
def entry_validator() -> Any:
    """Return what says whether a value is an entry."""
    import jsonschema_rs

    schema = load_schema("outputs")
    entry = {**schema["properties"]["outputs"]["items"], "$defs": schema["$defs"]}
    return jsonschema_rs.Draft202012Validator(entry)


def follows_schema(entry: Json) -> bool:
    """Tell whether *entry* is a recorded output."""
    data = {"schema": VERSION, "outputs": [entry]}
    return not validate(Document("", "", data, {}, {}), "outputs")


def dump(outputs: Iterable[RecordedOutput]) -> str:
    """Return the text of ``outputs.yml``: sorted by case and model, answers as literal blocks exactly as received.

    An answer that a literal block cannot hold, or that an editor would change (white space at the end of a line), is
    written in double quotes, one line of the answer a line of the file. Reading the text back gives the same outputs.

    :raises PromptsteadError: an answer holds half a surrogate pair, which is not text.
    """
    lines = [f"schema: {VERSION}", "outputs:"]
    for output in _sorted(outputs):
        lines += entry_lines(output)
    return "\n".join(lines if len(lines) > 2 else [lines[0], "outputs: []"]) + "\n"


def dump_lines(outputs: Iterable[RecordedOutput]) -> str:
    """Return the text of ``outputs.jsonl``: its version, then one recorded output a line, in the order of :func:`dump`.

    The keys are those of the YAML form.

    :raises PromptsteadError: an answer holds half a surrogate pair, which is not text.
    """
    return version_line(VERSION) + "".join(entry_line(output) + "\n" for output in _sorted(outputs))


def entry_line(output: RecordedOutput) -> str:
    """Return one line of ``outputs.jsonl``.

    :raises PromptsteadError: an answer holds half a surrogate pair, which is not text.
    """
    line = json.dumps(_plain(output), ensure_ascii=False, separators=(",", ":"))
    scalar(line)
    return line


def _sorted(outputs: Iterable[RecordedOutput]) -> list[RecordedOutput]:
    return sorted(outputs, key=lambda output: (output.case, output.model))


NOT_OPENED = "its answer is kept outside the repository, and was not looked up"


def built(entry: Mapping[str, Any], index: int) -> RecordedOutput:
    """Return the output of an entry that follows the schema, the one of that *index* in its file."""
    samples = tuple([read_sample(sample) for sample in entry["samples"]])
    return RecordedOutput(
        entry["case"],
        entry["model"],
        entry["source"],
        samples,
        entry.get("request", ""),
        entry.get("inputs", ""),
        entry.get("attempts", 1),
        entry.get("golden"),
        ("outputs", index),
        NOT_OPENED if any(sample.digest for sample in samples) else "",
        entry.get("received", ""),
        own_data(entry),
    )


def _plain(output: RecordedOutput) -> dict[str, Json]:
    """Return an output as its file has it: keys in order, those at their default left out."""
    entry: dict[str, Json] = {"case": output.case, "model": output.model, "source": output.source}
    for key, known in (("request", output.request), ("inputs", output.inputs), ("received", output.received)):
        if known:
            entry[key] = known
    entry["samples"] = [plain_sample(sample) for sample in output.samples]
    if output.attempts != 1:
        entry["attempts"] = output.attempts
    if output.golden is not None:
        entry["golden"] = dict(output.golden)
    entry.update(json.loads(output.own or "{}"))
    return entry


def entry_lines(output: RecordedOutput) -> list[str]:
    """Return the lines of one entry of ``outputs.yml``, its hyphen indented by two spaces."""
    lines: list[str] = []
    for key, value in _plain(output).items():
        if key == "samples":
            lines.append("    samples:")
            for sample in value:
                lines += _sample_lines(sample)
        elif key == "golden":
            lines.append("    golden: " + _flow(value))
        elif key.startswith(PREFIX):
            lines.append(f"    {scalar(key)}: {_json_flow(value)}")
        else:
            lines.append(f"    {key}: {scalar(value)}")
    lines[0] = "  - " + lines[0].lstrip()
    return lines


def _sample_lines(sample: dict[str, Json]) -> list[str]:
    if "digest" in sample:
        return [f"      - digest: {sample['digest']}"]
    if "steps" in sample:
        lines = ["      - steps:", *(line for step in sample["steps"] for line in _reply_lines(step, " " * 10))]
    else:
        lines = _reply_lines(sample, " " * 6)
    return lines + [f"        scores: {_flow(sample[key])}" for key in ("scores",) if key in sample]


def _reply_lines(reply: dict[str, Json], indent: str) -> list[str]:
    """Return the lines of one reply: what asked for it, its text and calls exactly as received, and what it took."""
    lines = [f"  request: {reply['request']}"] if "request" in reply else []
    lines.append("  output: " + block_or_quoted(reply["output"], indent + " " * 4))
    if "tool_calls" in reply:
        lines.append("  tool_calls:")
    for call in reply.get("tool_calls", ()):
        lines.append(f"    - name: {scalar(call['name'])}")
        lines.append("      arguments: " + block_or_quoted(call["arguments"], indent + " " * 8))
    if "finish_reason" in reply:
        lines.append(f"  finish_reason: {scalar(reply['finish_reason'])}")
    if "usage" in reply:
        lines.append(f"  usage: {_flow(reply['usage'])}")
    lines[0] = f"- {lines[0].lstrip()}"
    return [indent + line for line in lines]


def _flow(value: Mapping[str, Json]) -> str:
    return "{" + ", ".join(f"{_in_flow(key)}: {_in_flow(item)}" for key, item in value.items()) + "}"


def _json_flow(value: Json) -> str:
    """Return a value as JSON, which is YAML too; what YAML does not print is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def _in_flow(value: str | float) -> str:
    return inline(value, "" if isinstance(value, str) else number_text(value), "flow")
