"""Change built bundles, open them, render every prompt: the same as before, or one error of the runtime's own.

Four kinds of change: bytes of the archive, bytes of a member, values of a prompt and values of the manifest. But for
the first, sizes, hashes and offsets are put right again, so that nothing is found by them: what a changed prompt says
must then be read as it stands there, or be refused.
"""

import json
import random
import traceback
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.prompts.compile import case_inputs, case_messages, open_prompt
from promptstead.prompts.library import Library
from promptstead.release.bundle import write_bundle
from promptstead.runtime.bundle import BundledPrompt, open_bundle
from promptstead.runtime.bundle_files import HEADER, MANIFEST
from promptstead.runtime.values import equal
from promptstead.storage.working_tree import WorkingTree
from tests.attacks.clock import TooLongError, at_most
from tests.attacks.mutation import changed, torn
from tests.attacks.outcome import Outcome

ROOT = Path(__file__).parents[2]
SECONDS = 20
ROLES = {"system", "developer", "user", "assistant", "tool"}
PARTS = {"text": str, "image_url": dict, "file": dict}


class Original(NamedTuple):
    """A bundle as it was built.

    :ivar inputs: prompt id -> inputs that it accepts.
    :ivar said: prompt id -> what :func:`said` returned for them.
    """

    files: dict[str, bytes]
    archive: bytes
    inputs: dict[str, Any]
    said: dict[str, Any]


def attack(count: int, seed: int, folder: Path) -> Outcome:
    """Try *count* mutants."""
    original = build(folder / "original.bundle")
    outcome = Outcome(facts={"refused": 0, "read alike": 0, "read as changed": 0})
    path = folder / "mutant.bundle"
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        kind = chance.choices(list(KINDS), WEIGHTS)[0]
        outcome.tried += 1
        try:
            path.write_bytes(KINDS[kind](original, chance))
            with at_most(SECONDS):
                result = tried(path, original, intact=kind == "archive")
        except (Exception, TooLongError) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            outcome.failures.append(
                f"bundles seed {seed} mutant {number} ({kind}): {type(error).__name__}: {str(error)[:200]} "
                f"({Path(where.filename).name}:{where.lineno})"
            )
        else:
            outcome.facts[result] += 1
    return outcome


def build(path: Path) -> Original:
    """Bundle the prompts of this repository that can be bundled."""
    library = Library(WorkingTree(str(ROOT)), Config())
    compiled, inputs = [], {}
    for loaded in library.load_all():
        assert loaded.prompt is not None
        prompt = open_prompt(loaded)
        compiled.append(dict(prompt._compiled))
        case = next((case for case in loaded.prompt.cases if not case.history), None)
        assert case is not None
        case_messages(prompt, loaded.prompt, case)
        inputs[loaded.id] = case_inputs(loaded.prompt, case)
    write_bundle(compiled, str(path), commit="c0ffee", archive=True)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    bundle = open_bundle(path)
    return Original(files, path.read_bytes(), inputs, {key: said(bundle[key], inputs[key]) for key in bundle})


def said(prompt: BundledPrompt, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return everything that an application can ask a prompt for, in JSON's kind of values."""
    return {
        "messages": prompt.messages(**inputs),
        "model": prompt.model,
        "title": prompt.title,
        "version": prompt.version,
        "params": prompt.params,
        "inputs": prompt.inputs,
        "output": prompt.output,
        "tools": prompt.tools,
        "digests": prompt.digests,
    }


def tried(path: Path, original: Original, *, intact: bool) -> str:
    """Open and read a mutant; return what became of it.

    :param intact: whether everything that is read must be as it was built.
    :raises AssertionError: something was read wrongly.
    """
    results = set()
    try:
        bundle = open_bundle(path)
        json.dumps([bundle.commit, bundle.names()], allow_nan=False).encode()
    except PromptsteadError:
        return "refused"
    for prompt_id in list(bundle)[:20]:
        try:
            prompt = bundle[prompt_id]
            answer = said(prompt, original.inputs.get(prompt_id, {}))
        except PromptsteadError as error:
            _hold(str(error).isprintable(), "an error of more than a line")
            results.add("refused")
            continue
        alike = answer == original.said.get(prompt_id)
        _hold(alike or not intact, "what was built is read as something else")
        results.add("read alike" if alike else "read as changed")
        if not alike:
            check_reading(prompt._compiled, answer)
    return "read as changed" if "read as changed" in results else "refused" if "refused" in results else "read alike"


def check_reading(document: Any, answer: dict[str, Any]) -> None:
    """Compare what was read with the document: nothing may be made up, turned into text, or of another type."""
    json.dumps(answer, allow_nan=False)
    declared = {
        "model": document["model"]["name"],
        "params": document["model"].get("params", {}),
        **{key: document.get(key, "") for key in ("title", "version")},
        **{key: document.get(key, {}) for key in ("inputs", "output", "digests")},
        "tools": document.get("tools", []),
    }
    for key, value in declared.items():
        _hold(equal(answer[key], value), f"`{key}` is not what the file says")
    for key, kind in {"model": str, "title": str, "version": str, "params": dict, "tools": list}.items():
        _hold(isinstance(answer[key], kind), f"`{key}` is of another type")
    _hold(all(isinstance(tool, dict) for tool in answer["tools"]), "a tool is no map")
    asked = sum("slot" not in message for message in document["messages"])
    _hold(len(answer["messages"]) == asked, "messages are missing")
    for message in answer["messages"]:
        _hold(set(message) == {"role", "content"} and message["role"] in ROLES, "a message of no role")
        content = message["content"]
        for part in content if isinstance(content, list) else [{"type": "text", "text": content}]:
            _hold(isinstance(part[part["type"]], PARTS[part["type"]]), "a part of another type")


def _hold(condition: bool, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def archive_of(original: Original, changes: dict[str, bytes], manifest: Any = None) -> bytes:
    """Return an archive whose manifest lists the files as *changes* make them."""
    files = {**original.files, **changes}
    listed = json.loads(original.files[MANIFEST]) if manifest is None else manifest
    offset = 0
    for name in sorted(name for name in files if name != MANIFEST):
        entries = [*listed["prompts"].values(), *listed["files"].values()] if manifest is None else []
        for entry in (entry for entry in entries if entry.get("file") == name):
            entry |= {"sha256": sha256(files[name]).hexdigest(), "size": len(files[name]), "offset": offset}
        offset += HEADER + len(name.encode()) + len(files[name])
    files[MANIFEST] = json.dumps(listed).encode("utf-8", "surrogatepass")
    parts = []
    for name in [MANIFEST, *sorted(name for name in files if name != MANIFEST)]:
        size = len(files[name]).to_bytes(4, "little")
        header = b"PK\x03\x04" + bytes(14) + size + size + len(name.encode()).to_bytes(2, "little") + b"\0\0"
        parts += [header, name.encode(), files[name]]
    return b"".join(parts)


def _torn_archive(original: Original, chance: random.Random) -> bytes:
    return torn(original.archive, chance)


def _torn_member(original: Original, chance: random.Random) -> bytes:
    name = chance.choice(sorted(original.files))
    raw = torn(original.files[name], chance)
    if name != MANIFEST:
        return archive_of(original, {name: raw})
    size = len(raw).to_bytes(4, "little")
    rest = original.archive[HEADER + len(MANIFEST) + len(original.files[MANIFEST]) :]
    return original.archive[:18] + size + size + original.archive[26 : HEADER + len(MANIFEST)] + raw + rest


def _changed_prompt(original: Original, chance: random.Random) -> bytes:
    name = chance.choice(sorted(name for name in original.files if name != MANIFEST))
    document = changed(json.loads(original.files[name]), chance, chance.choice((1, 1, 1, 2, 4)))
    return archive_of(original, {name: json.dumps(document).encode("utf-8", "surrogatepass")})


def _changed_manifest(original: Original, chance: random.Random) -> bytes:
    return archive_of(original, {}, changed(json.loads(original.files[MANIFEST]), chance, chance.choice((1, 1, 2))))


KINDS: dict[str, Callable[[Original, random.Random], bytes]] = {
    "archive": _torn_archive,
    "member": _torn_member,
    "prompt": _changed_prompt,
    "manifest": _changed_manifest,
}
WEIGHTS = (1, 1, 4, 1)
"""Most mutants of bytes are no JSON any more, which is soon said; what a value of another type does is the question."""
