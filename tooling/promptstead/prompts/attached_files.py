"""Files that prompts and cases attach by their path: found, looked at and bounded; their bytes on demand."""

from collections.abc import Mapping
from posixpath import normpath, splitext
from typing import NamedTuple

from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import Attachment, AttachmentKind, Case, Input, Json, Tree
from promptstead.prompts.names import below
from promptstead.runtime.attachments import MOST, TYPES, media_type
from promptstead.words.sentence import Sentence, own_words, say

SUFFIXES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    **dict.fromkeys((".txt", ".md", ".csv", ".tsv", ".json", ".xml", ".html", ".yml", ".yaml"), "text/plain"),
}
"""What the ending of a name says; the bytes decide, and a name may not say otherwise."""
Facts = Mapping[str, Json]
"""What is known of an attachment: ``type`` and ``sha256``, of a file ``path`` and ``bytes`` too."""
_POINTERS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


class AttachedFiles:
    """The files of one tree that are attached: each is looked at once, and no bytes are kept."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, Attachment | PromptsteadError] = {}
        self._paths: dict[str, str] = {}
        """SHA-256 -> path of a file with these bytes."""

    def facts(self, path: str) -> Attachment:
        """Return what the file *path* is.

        :raises PromptsteadError: it is not there, cannot be read, is empty, or is nothing that can be attached.
        """
        if path not in self._known:
            try:
                self._known[path] = self._look(path)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                self._known[path] = error
        found = self._known[path]
        if isinstance(found, PromptsteadError):
            raise found
        return found

    def data(self, digest: str) -> bytes:
        """Return the bytes of a file that was looked at, by their SHA-256.

        :raises PromptsteadError: no such file was, or it has changed since.
        """
        from hashlib import sha256

        path = self._paths.get(digest, "")
        data = self._tree.read(path) if path else None
        if data is None or sha256(data).hexdigest() != digest:
            raise PromptsteadError(say("files.attachment-changed"), hint=say("files.run-again"), location=path)
        return data

    def _look(self, path: str) -> Attachment:
        from hashlib import sha256  # slow to import, and few prompts attach files

        data = self._tree.read(path)
        if data is None:
            raise PromptsteadError(say("files.not-there"), hint=say("files.correct-path-or-add"))
        if not data:
            raise PromptsteadError(say("files.attachment-empty"), hint=say("files.put-file-there"))
        if data.startswith(_POINTERS):
            raise PromptsteadError(say("files.attachment-pointer"), hint=say("files.pull-from-lfs"))
        media = media_type(data)
        suffix = splitext(path)[1].lower()
        if SUFFIXES.get(suffix, media) != media:
            what = say("files.bytes-are", type=media) if media else say("files.bytes-are-unknown")
            raise PromptsteadError(
                say("files.attachment-lies", suffix=suffix, what=what), hint=say("files.rename-or-replace")
            )
        digest = sha256(data).hexdigest()
        self._paths.setdefault(digest, path)
        return Attachment(path, media, len(data), digest)


class Attachments:
    """What one prompt and its cases attach.

    A path is below the prompt's own folder; with ``/`` in front it is below the root of the prompts.

    :ivar paths: every file that was asked for, in the repository.
    """

    def __init__(self, files: AttachedFiles, root: str, folder: str) -> None:
        self._files = files
        self._root, self._folder = root, folder
        self.paths: set[str] = set()
        self.data = files.data

    def attach(self, written: str, kind: AttachmentKind) -> Attachment:
        """Return what the file is that is written as the path *written*.

        :raises PromptsteadError: it cannot be attached as *kind*; the location is its path in the repository.
        """
        path = self.place(written)
        self.paths.add(path)
        try:
            found = self._files.facts(path)
            _refuse_kind(found, kind)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            message = say("files.in-file", file=path, why=own_words(error.message))
            hint = own_words(error.hint) if error.hint else say("files.at-most-sent", most=MOST[kind])
            raise PromptsteadError(message, hint=hint, location=path) from error
        return found._replace(path=written)

    def place(self, written: str) -> str:
        """Return the path in the repository of a file written as *written*.

        :raises PromptsteadError: it would leave its folder.
        """
        root = written.startswith("/")
        path = below(self._root if root else self._folder, written[root:])
        if path is None or ".git" in path.lower().split("/"):
            hint = say("files.attach-below", folder=self._folder, root=self._root or ".")
            raise PromptsteadError(say("files.attachment-outside", path=written), hint=hint, location=written)
        return normpath(path)

    def case(self, case: Case, inputs: Mapping[str, Input]) -> tuple[Case, list["Unattached"]]:
        """Return *case* with what the files are that its inputs name, and what could not be attached."""
        values, wrong = self.values(case.inputs, inputs)
        return (case if values is case.inputs else case._replace(inputs=values)), wrong

    def values(
        self, values: Mapping[str, Json], inputs: Mapping[str, Input]
    ) -> tuple[Mapping[str, Json], list["Unattached"]]:
        """Return the values of inputs with what the files are that they name, and what could not be attached."""
        found: dict[str, Json] = {}
        wrong: list[Unattached] = []
        for name, spec in inputs.items():
            value = values.get(name)
            if not spec.attachment or not isinstance(value, Mapping) or "sha256" in value:
                continue
            found[name], problem = self._value(name, value, spec.attachment)
            wrong += [problem] if problem else []
        return ({**values, **found} if found else values), wrong

    def _value(self, name: str, value: Mapping[str, Json], kind: AttachmentKind) -> tuple[Json, "Unattached | None"]:
        written = value.get("path")
        if value.keys() != {"path"} or not isinstance(written, str):
            message = say("files.attachment-value", input=name)
            return value, Unattached(name, "", message, say("files.write-path-alone"))
        try:
            return facts(self.attach(written, kind)), None
        except UnavailableError:
            raise
        except PromptsteadError as error:
            message = own_words(error.message)
            unattached = Unattached(name, error.location, message, own_words(error.hint))
            return {"path": written, "why": str(message)}, unattached


def facts_text(known: Facts) -> str:
    """Return what is known of an attachment as text: ``scans/a.png, image/png, 12,345 B, sha256:…``."""
    size = f"{known['bytes']:,} B" if "bytes" in known else ""
    return ", ".join(filter(None, [known.get("path", ""), known["type"], size, f"sha256:{known['sha256']}"]))


def is_unattached(value: Json) -> bool:
    """Tell whether the value of an input names a file that cannot be attached."""
    return isinstance(value, Mapping) and "sha256" not in value


class Unattached(NamedTuple):
    """An input whose file cannot be attached: the file as far as it is known, what is wrong, and what to do."""

    name: str
    path: str
    message: Sentence
    hint: Sentence


def facts(attachment: Attachment) -> dict[str, Json]:
    """Return what the inputs of a case, and every report, say of an attached file in place of its bytes."""
    return {
        "path": attachment.path,
        "type": attachment.type,
        "bytes": attachment.size,
        "sha256": attachment.sha256,
    }


def _refuse_kind(found: Attachment, kind: AttachmentKind) -> None:
    if found.type not in TYPES[kind]:
        other = next((each for each in TYPES if found.type in TYPES[each]), "")
        if other:
            message, hint = (
                say("files.attachment-other-kind", type=found.type, kind=kind),
                say("files.attach-as", kind=other),
            )
        else:
            message = say("files.not-an-image" if kind == "image" else "files.not-a-document")
            hint = say("files.convert-file")
        raise PromptsteadError(message, hint=hint)
    if found.size > MOST[kind]:
        message = say("files.attachment-too-large", size=found.size, most=MOST[kind])
        raise PromptsteadError(message, hint=say("files.make-smaller"))
