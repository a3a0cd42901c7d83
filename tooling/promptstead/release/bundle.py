"""Writing bundles: compiled prompts to a folder or an archive, the same bytes from the same input on every system."""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from promptstead.errors import PromptsteadError
from promptstead.runtime.bundle import BUNDLE_FORMAT, PROMPT_FORMAT, open_bundle
from promptstead.runtime.files import HEADER, MANIFEST, MAX_FILE, is_safe_name
from promptstead.runtime.inputs import unsupported

Entry = dict[str, Any]


def write_bundle(
    prompts: Iterable[Mapping[str, Any]],
    target: str,
    *,
    commit: str,
    vectors: Mapping[str, list[Mapping[str, Any]]] | None = None,
    archive: bool = False,
) -> None:
    """Write a bundle, in place of one that is there.

    :param prompts: compiled prompts (``docs/bundle.md``), in any order.
    :param target: the folder, or the archive's file, to write. It appears at once and whole, or not at all.
    :param commit: the Git commit that the prompts come from.
    :param vectors: prompt id → golden renders, each ``{"inputs": …, "messages": …}``.
    :param archive: write one file instead of a folder.
    :raises PromptsteadError: what stands at *target* is no bundle, a prompt cannot be bundled, or the disk refuses.
    """
    files = _files(prompts, vectors or {}, commit)
    target = os.path.abspath(target)
    try:
        _check_target(target)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".bundle-", dir=os.path.dirname(target)) as folder:
            new = os.path.join(folder, "new")
            if archive:
                _write_archive(files, new)
            else:
                _write_folder(files, new)
            _put(new, target, os.path.join(folder, "old"))
    except OSError as error:
        raise PromptsteadError(f"the bundle cannot be written: {error.strerror}", location=target) from error


def _files(prompts: Iterable[Mapping[str, Any]], vectors: Mapping[str, Any], commit: str) -> dict[str, bytes]:
    """Return the files by name, the manifest first and the others sorted."""
    contents: dict[str, bytes] = {}
    ids: dict[str, str] = {}
    for prompt in prompts:
        prompt_id = str(prompt["id"])
        _check_prompt(prompt, prompt_id, ids)
        name = f"prompts/{prompt_id}.json"
        ids[prompt_id] = name
        contents[name] = _json(prompt, prompt_id)
    for prompt_id, renders in vectors.items():
        if prompt_id not in ids:
            raise PromptsteadError(f"there are vectors for `{prompt_id}`, which is not in the bundle")
        contents[f"vectors/{prompt_id}.json"] = _json(renders, prompt_id)
    contents = dict(sorted(contents.items()))
    entries = _entries(contents)
    listed = {prompt_id: {"file": name, **entries.pop(name)} for prompt_id, name in sorted(ids.items())}
    manifest = {"format": BUNDLE_FORMAT, "commit": commit, "prompts": listed, "files": entries}
    return {MANIFEST: _json(manifest, MANIFEST), **contents}


def _check_prompt(prompt: Mapping[str, Any], prompt_id: str, ids: Mapping[str, str]) -> None:
    if prompt.get("format") != PROMPT_FORMAT or not is_safe_name(prompt_id):
        raise PromptsteadError(f"`{prompt_id}` is not a compiled prompt")
    if any(other.casefold() == prompt_id.casefold() for other in ids):
        raise PromptsteadError(f"two prompts have the id `{prompt_id}`", hint="some systems do not tell capitals apart")
    for name, spec in prompt["inputs"].items():
        for path in unsupported(spec["schema"]):
            keyword = "/".join(map(str, path)) or "schema"
            raise PromptsteadError(
                f"input `{name}` of `{prompt_id}`: applications cannot check `{keyword}`",
                hint="`docs/bundle.md` lists the keywords",
            )


def _json(document: Any, name: str) -> bytes:
    try:
        data = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise PromptsteadError(f"`{name}` cannot be written as JSON: {error}") from error
    if name != MANIFEST and len(data) > MAX_FILE:
        raise PromptsteadError(f"`{name}` is larger than {MAX_FILE} bytes once compiled")
    return data


def _entries(contents: Mapping[str, bytes]) -> dict[str, Entry]:
    """Return size, hash and offset of each file: where its ZIP header starts, counted from the manifest's end."""
    entries: dict[str, Entry] = {}
    offset = 0
    for name, data in contents.items():
        entries[name] = {"sha256": sha256(data).hexdigest(), "size": len(data), "offset": offset}
        offset += HEADER + len(name.encode()) + len(data)
    return entries


def _write_folder(files: Mapping[str, bytes], folder: str) -> None:
    os.mkdir(folder)
    for name, data in files.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(data)


def _write_archive(files: Mapping[str, bytes], path: str) -> None:
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)


def _put(new: str, target: str, old: str) -> None:
    """Move *new* to *target*; what was there goes to *old*, and comes back when the move fails."""
    replaced = os.path.exists(target)
    if replaced:
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        if replaced:
            os.rename(old, target)
        raise


def _check_target(target: str) -> None:
    """Make sure that what is to be replaced is a bundle and nothing else."""
    if not os.path.lexists(target):
        return
    hint = "choose another target, or remove it yourself"
    try:
        listed = {MANIFEST, *open_bundle(target).names()}
    except PromptsteadError:
        raise PromptsteadError("what is there is no bundle", hint=hint, location=target) from None
    if os.path.islink(target):
        raise PromptsteadError("this is a link", hint=hint, location=target)
    for folder, _, names in os.walk(target):
        for name in names:
            found = os.path.relpath(os.path.join(folder, name), target).replace(os.sep, "/")
            if found not in listed:
                raise PromptsteadError(f"`{found}` is there and is not part of the bundle", hint=hint, location=target)
