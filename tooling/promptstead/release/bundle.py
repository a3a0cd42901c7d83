"""Writing bundles: compiled prompts to a folder or an archive, the same bytes from the same input on every system.

A bundle is replaced under applications that read it, by renames alone. An archive is one file. A folder's files are
named by their content, so that none ever changes: those of the new release come beside those of the former, which
applications may have open, and the manifest is replaced last.
"""

import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, BinaryIO

from promptstead.errors import PromptsteadError
from promptstead.runtime.bundle import BUNDLE_FORMAT, PROMPT_FORMAT, VECTORS_FORMAT, NewerBundleError, open_bundle
from promptstead.runtime.bundle_files import ATTACHMENTS, HEADER, MANIFEST, MAX_ATTACHMENT, MAX_FILE, is_safe_name
from promptstead.runtime.inputs import unsupported
from promptstead.storage.disk import make_folder, sync_folder, walk
from promptstead.storage.replacement import PREFIX, refuse_link_out, replacing_bytes, umask

Entry = dict[str, Any]
MARK = 16
"""Hexadecimal digits of a file's SHA-256 that stand in its name."""
MAX_ATTACHED = 256 << 20
"""Most bytes of all files together that the prompts of a bundle attach."""
ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
"""Media type of an attached file → how its name ends in a bundle."""
_OURS = re.compile(rf"(prompts|vectors)/.+\.[0-9a-f]{{{MARK}}}\.json|attachments/[0-9a-f]{{64}}\.[a-z]{{3}}")
"""What files are called that a folder may have of former releases."""


def write_bundle(
    prompts: Iterable[Mapping[str, Any]],
    target: str,
    *,
    commit: str,
    vectors: Mapping[str, list[Mapping[str, Any]]] | None = None,
    attachments: Mapping[str, bytes] = MappingProxyType({}),
    archive: bool = False,
) -> None:
    """Write a bundle, in place of one that is there; at no moment is there none.

    :param prompts: compiled prompts (``docs/bundle.md``), in any order.
    :param target: the folder, or the archive's file, to write. The release appears at once and whole, or not at all.
    :param commit: the Git commit that the prompts come from.
    :param vectors: prompt id → golden requests, each ``{"inputs": …, "history": …, "messages": …, "request": …}``.
    :param attachments: SHA-256 → bytes of every file that the prompts attach.
    :param archive: write one file instead of a folder.
    :raises PromptsteadError: what stands at *target* is no bundle of that form, a prompt cannot be bundled, or the disk
        refuses.
    """
    files = _files(prompts, vectors or {}, attachments, commit)
    refuse_link_out(target)
    target = os.path.abspath(target)
    try:
        _check_target(target, archive)
        make_folder(os.path.dirname(target))
        if archive:
            with replacing_bytes(target, 0o666 & ~umask()) as file:
                _write_archive(files, file)
        else:
            with tempfile.TemporaryDirectory(prefix=PREFIX, dir=os.path.dirname(target)) as folder:
                new = os.path.join(folder, "new")
                if os.path.exists(target):
                    _add(files, target, new)
                else:
                    _write_folder(files, new)
                    os.rename(new, target)
        sync_folder(os.path.dirname(target))
    except OSError as error:
        raise PromptsteadError(f"the bundle cannot be written: {error.strerror}", location=target) from error


def _files(
    prompts: Iterable[Mapping[str, Any]], vectors: Mapping[str, Any], attachments: Mapping[str, bytes], commit: str
) -> dict[str, bytes]:
    """Return the files by name, the manifest first and the others sorted."""
    contents: dict[str, bytes] = {}
    ids: dict[str, str] = {}
    others: dict[str, str] = {}
    for prompt in prompts:
        prompt_id = str(prompt["id"])
        _check_prompt(prompt, prompt_id, ids)
        data = _json(prompt, prompt_id)
        ids[prompt_id] = _named(f"prompts/{prompt_id}", data)
        contents[ids[prompt_id]] = data
        for digest, about in prompt.get("attachments", {}).items():
            name = f"{ATTACHMENTS}{digest}.{ENDINGS[about['type']]}"
            others[f"{ATTACHMENTS}{digest}"] = name
            contents[name] = _attachment(digest, about["path"], prompt_id, attachments)
    _check_attachments(contents)
    for prompt_id, renders in vectors.items():
        if prompt_id not in ids:
            raise PromptsteadError(f"there are vectors for `{prompt_id}`, which is not in the bundle")
        data = _json({"format": VECTORS_FORMAT, "id": prompt_id, "vectors": renders}, prompt_id)
        others[f"vectors/{prompt_id}.json"] = _named(f"vectors/{prompt_id}", data)
        contents[others[f"vectors/{prompt_id}.json"]] = data
    contents = dict(sorted(contents.items()))
    entries = _entries(contents)
    listed, files = (
        {key: {"file": name, **entries[name]} for key, name in sorted(those.items())} for those in (ids, others)
    )
    manifest = {"format": BUNDLE_FORMAT, "commit": commit, "prompts": listed, "files": files}
    return {MANIFEST: _json(manifest, MANIFEST), **contents}


def _attachment(digest: str, path: str, prompt_id: str, attachments: Mapping[str, bytes]) -> bytes:
    data = attachments.get(digest, b"")
    if sha256(data).hexdigest() != digest:
        raise PromptsteadError(f"`{path}`, which `{prompt_id}` attaches, is not the file of its digest")
    if len(data) > MAX_ATTACHMENT:
        raise PromptsteadError(f"`{path}`, which `{prompt_id}` attaches, is larger than {MAX_ATTACHMENT} bytes")
    return data


def _check_attachments(contents: Mapping[str, bytes]) -> None:
    size = sum(len(data) for name, data in contents.items() if name.startswith(ATTACHMENTS))
    if size > MAX_ATTACHED:
        hint = "put the prompts into several bundles"
        raise PromptsteadError(f"the attached files have {size} bytes, and a bundle at most {MAX_ATTACHED}", hint=hint)


def _named(stem: str, data: bytes) -> str:
    """Return the name of a file, which says its content: a file of that name never changes."""
    return f"{stem}.{sha256(data).hexdigest()[:MARK]}.json"


def _check_prompt(prompt: Mapping[str, Any], prompt_id: str, ids: Mapping[str, str]) -> None:
    name = _named(f"prompts/{prompt_id}", b"")
    if prompt.get("format") != PROMPT_FORMAT or not (is_safe_name(prompt_id) and is_safe_name(name)):
        raise PromptsteadError(f"`{prompt_id}` is not a compiled prompt")
    if any(other.casefold() == prompt_id.casefold() for other in ids):
        raise PromptsteadError(
            f"two prompts have the id `{prompt_id}`", hint="rename one: some systems ignore the case of file names"
        )
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
        raise PromptsteadError(f"`{name}` is larger than {MAX_FILE} bytes when compiled")
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


def _add(files: Mapping[str, bytes], target: str, new: str) -> None:
    """Put *files* into the folder *target*: those that it has not, then the manifest. *new* is a name for each."""
    manifest, *others = files
    for name in others:
        path = os.path.join(target, *name.split("/"))
        if not _has(path, files[name]):
            make_folder(os.path.dirname(path))
            _replace(path, files[name], new)
    _replace(os.path.join(target, manifest), files[manifest], new)


def _has(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(data) + 1) == data
    except FileNotFoundError:
        return False


def _replace(path: str, data: bytes, new: str) -> None:
    """Write the file *path* under the name *new*, which becomes its own when all is on disk."""
    with open(new, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    sync_folder(os.path.dirname(path))


def _write_archive(files: Mapping[str, bytes], file: BinaryIO) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)


def _check_target(target: str, archive: bool) -> None:
    """Make sure that what is to be replaced is a bundle of the same form and nothing else."""
    if not os.path.lexists(target):
        return
    hint = "choose another target, or remove it yourself"
    try:
        listed = {MANIFEST, *open_bundle(target).names()}
    except NewerBundleError:
        raise
    except PromptsteadError:
        raise PromptsteadError("this exists and is not a bundle", hint=hint, location=target) from None
    if os.path.islink(target):
        raise PromptsteadError("this is a link", hint=hint, location=target)
    if archive == os.path.isdir(target):
        form = "an archive, and this one is a folder" if archive else "a folder, and this one is an archive"
        raise PromptsteadError(
            f"a bundle can only be replaced by one of the same form: {form}", hint=hint, location=target
        )
    for folder, folders, names in walk(target):
        for name in (*names, *(each for each in folders if os.path.islink(os.path.join(folder, each)))):
            found = os.path.relpath(os.path.join(folder, name), target).replace(os.sep, "/")
            if found not in listed and not _OURS.fullmatch(found):
                raise PromptsteadError(f"`{found}` exists and is not part of the bundle", hint=hint, location=target)
