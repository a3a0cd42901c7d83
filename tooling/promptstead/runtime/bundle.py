"""Released prompts for an application: open a bundle, pick a prompt, render its messages.

Opening reads the manifest alone; a prompt is read, and its hash checked, when it is asked for. Bundles and prompts
hold no state that changes, so threads and forks can share them. An open bundle stays the release that it was when
another takes its place.
"""

import json
from collections.abc import Mapping

from promptstead.errors import PromptsteadError
from promptstead.format_version import UPGRADE, too_new, too_new_text
from promptstead.runtime.attachments import filled
from promptstead.runtime.bundle_files import ATTACHMENTS, BundleError, open_files
from promptstead.runtime.compiled import damage
from promptstead.runtime.inputs import check_inputs, unsupported
from promptstead.runtime.messages import Messages
from promptstead.runtime.request import build_request
from promptstead.runtime.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

BUNDLE_FORMAT = "promptstead/bundle/v1"
NO_BYTES: "Mapping[str, bytes]" = {}
PROMPT_FORMAT = "promptstead/prompt/v1"
VECTORS_FORMAT = "promptstead/vectors/v1"


class NewerBundleError(BundleError):
    """A newer promptstead wrote the bundle, or the prompt in it, in a form that this one would misread."""


class UnknownPromptError(PromptsteadError, KeyError):
    """There is no prompt of that id in the bundle."""


def open_bundle(path: "str | os.PathLike[str]") -> "Bundle":
    """Open a bundle: a folder, or an archive of it. It goes on giving the prompts of this release once it is replaced.

    :raises BundleError: it is missing, damaged, or not a bundle.
    """
    from os import fspath

    return Bundle(fspath(path))


class Bundle(Mapping[str, "BundledPrompt"]):
    """A bundle's prompts by their id: ``bundle["banking/complaint-triage"]``.

    :ivar commit: the Git commit that it was built from.
    :raises BundleError: see :func:`open_bundle`.
    """

    def __init__(self, path: str) -> None:
        self._files = open_files(path)
        manifest = _document(self._files.manifest, "manifest.json", BUNDLE_FORMAT, path)
        commit, entries, files = (manifest.get(key, empty) for key, empty in _MANIFEST.items())
        if not isinstance(commit, str) or not _is_listing(entries) or not _is_listing(files):
            raise BundleError("the bundle's manifest is damaged", location=path, hint="fetch the bundle again")
        self.path = path
        self.commit = commit
        self._entries: dict[str, dict[str, Any]] = entries
        self._listed: dict[str, dict[str, Any]] = files
        self._prompts: dict[str, BundledPrompt] = {}

    def __reduce__(self) -> "tuple[Any, ...]":
        """Open it again where it is unpickled: a file that is open stays in its process."""
        return open_bundle, (self.path,)

    def __getitem__(self, prompt_id: str) -> "BundledPrompt":
        """Return a prompt.

        :raises UnknownPromptError: the bundle has no such prompt.
        :raises BundleError: its file is missing, damaged or not the one that the manifest lists.
        """
        found = self._prompts.get(prompt_id)
        if found is None:
            document = self._load(prompt_id)
            found = self._prompts[prompt_id] = BundledPrompt(prompt_id, document, self.path, self.attachment)
        return found

    def __iter__(self) -> "Iterator[str]":
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    # A mapping is else compared by all that it holds, and has no hash.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __contains__(self, prompt_id: object) -> bool:
        return prompt_id in self._entries

    def file(self, name: str) -> bytes:
        """Return a file of the bundle other than a prompt, such as ``vectors/banking/complaint-triage.json``.

        :raises BundleError: it is not listed, missing, or not the one that the manifest lists.
        """
        entry = self._listed.get(name)
        if entry is None:
            raise BundleError(f"the bundle has no file `{name}`", location=self.path)
        return self._files.read(self._file_of(entry, name), entry)

    def attachment(self, sha256: str) -> bytes:
        """Return the bytes of a file that prompts attach, by its SHA-256.

        :raises BundleError: as for :meth:`file`, or the bytes have another digest.
        """
        name = f"{ATTACHMENTS}{sha256}"
        if self._listed.get(name, {}).get("sha256", sha256) != sha256:
            raise BundleError(f"`{name}` is not the file of that digest", location=self.path)
        return self.file(name)

    def names(self) -> "list[str]":
        """Return the names of all files that the manifest lists.

        :raises BundleError: an entry names none.
        """
        prompts = [self._file_of(entry) for entry in self._entries.values()]
        return prompts + [self._file_of(entry, name) for name, entry in self._listed.items()]

    def _file_of(self, entry: "Mapping[str, Any]", name: "str | None" = None) -> str:
        """Return the name that an entry gives its file, *name* where it gives none."""
        name = entry.get("file", name)
        if not isinstance(name, str):
            raise BundleError("the bundle's manifest is damaged", location=self.path, hint="fetch the bundle again")
        return name

    def _load(self, prompt_id: str) -> "dict[str, Any]":
        if prompt_id not in self._entries:
            from promptstead.did_you_mean import did_you_mean

            hint = did_you_mean(str(prompt_id), self._entries)
            raise UnknownPromptError(f"the bundle has no prompt `{prompt_id}`", hint=hint, location=self.path)
        entry = self._entries[prompt_id]
        name = self._file_of(entry)
        document = _document(self._files.read(name, entry), name, PROMPT_FORMAT, self.path)
        if document.get("id") != prompt_id:
            raise BundleError(f"`{name}` is not the prompt `{prompt_id}`", location=self.path)
        return document


class BundledPrompt:
    """One compiled prompt.

    :param prompt_id: its id.
    :param compiled: the document of ``docs/bundle.md``.
    :param location: what errors name: the bundle's path.
    :param attached: gives the bytes of an attachment by its SHA-256; they are read when the first request needs them.
    :raises BundleError: the document is damaged.
    """

    def __init__(
        self,
        prompt_id: str,
        compiled: "Mapping[str, Any]",
        location: str = "",
        attached: "Callable[[str], bytes] | None" = None,
    ) -> None:
        self.id = prompt_id
        if wrong := damage(compiled):
            raise BundleError(f"the compiled prompt `{prompt_id}` is damaged: {wrong}", location=location)
        try:
            self._messages = Messages(compiled["messages"])
            self._inputs: dict[str, dict[str, Any]] = {
                name: {**spec, "default": plain(spec["default"], name)} if "default" in spec else spec
                for name, spec in compiled["inputs"].items()
            }
        except PromptsteadError as error:
            what = f"the compiled prompt `{prompt_id}` is damaged: {error.message}"
            raise BundleError(what, location=location) from error
        self._compiled = compiled
        self._location = location
        self._usable = False
        self._attached = attached
        self._encoded: dict[str, str] = {}
        """SHA-256 of an attachment of the prompt → its base64 text."""
        self.model: str = compiled["model"]["name"]
        self.title: str = compiled.get("title", "")
        self.contract: int = compiled.get("contract", 1)
        self.version: str = compiled.get("version", "")

    def __repr__(self) -> str:
        return f"<BundledPrompt {self.id}>"

    @property
    def params(self) -> "dict[str, Any]":
        """The parameters as the prompt file has them, a copy; :meth:`request` has them as the API wants them."""
        return self._copy(self._compiled["model"].get("params", {}))

    @property
    def inputs(self) -> "dict[str, Any]":
        """Name → schema, required, default and trust of each input, a copy."""
        return self._copy(self._inputs)

    @property
    def output(self) -> "dict[str, Any]":
        """The output's format and JSON Schema, a copy."""
        return self._copy(self._compiled.get("output", {}))

    @property
    def tools(self) -> "list[dict[str, Any]]":
        """The tool definitions offered to the model, a copy."""
        return list(self._copy({"tools": self._compiled.get("tools", [])})["tools"])

    @property
    def digests(self) -> "dict[str, Any]":
        """The digests of behaviour, tests and governance, a copy."""
        return self._copy(self._compiled.get("digests", {}))

    @property
    def static(self) -> int:
        """How many messages at the beginning are the same whatever the inputs are."""
        return self._messages.static

    def request(
        self, /, history: "Any" = None, transcript: "Any" = None, api: "Any" = None, **inputs: "Any"
    ) -> "dict[str, Any]":
        """Return the whole request that was tested: model, messages, params, tools and output schema.

        It is what the vendor's own client takes: ``client.chat.completions.create(**request)``,
        ``client.responses.create(**request)``, or Anthropic's ``client.messages.create(**request)``.

        :param history: earlier turns, as :meth:`messages` takes them.
        :param transcript: what was said since, likewise.
        :param api: ``chat``, ``responses`` or ``messages``; the API that the prompt was tested with where it is left
            out. Where the prompt has an input of this name, it is that input.
        :param inputs: the prompt's inputs.
        :raises PromptsteadError: as for :meth:`messages`, or the API cannot say what the prompt asks for.
        """
        if "api" in self._inputs and api is not None:
            inputs["api"], api = api, None
        own = self._copy({key: self._compiled[key] for key in ("model", "tools", "output") if key in self._compiled})
        return build_request(own, self.messages(history, transcript, **inputs), self.static, api)

    def messages(self, /, history: "Any" = None, transcript: "Any" = None, **inputs: "Any") -> "list[dict[str, Any]]":
        """Return the messages of a Chat Completions request.

        :param history: earlier turns, each a mapping (role user, assistant or tool; content text), for a prompt that
            has a place for them. Where the prompt has an input of this name, it is that input.
        :param transcript: what was said since this prompt's first answer, in order: that answer, the results of the
            tools that it calls, what the user says next, and so on; the same mappings. It stands behind the prompt's
            own messages, so that the same inputs are given with each turn. Again, an input of this name is that input.
        :param inputs: the prompt's inputs.
        :raises InputError: inputs are missing, unknown or not what their schemas ask for; all problems in one error.
        :raises RenderError: a template cannot be rendered with these inputs.
        :raises PromptsteadError: a turn of history or transcript must not be there.
        """
        if "history" in self._inputs and history is not None:
            inputs["history"], history = history, None
        if "transcript" in self._inputs and transcript is not None:
            inputs["transcript"], transcript = transcript, None
        given: dict[str, bytes] = {}
        return self.filled(self.rendered(inputs, history or (), transcript or (), given), given)

    def rendered(
        self,
        inputs: "Mapping[str, Any]",
        history: "Iterable[Mapping[str, Any]]" = (),
        transcript: "Iterable[Mapping[str, Any]]" = (),
        given: "dict[str, bytes] | None" = None,
    ) -> "list[dict[str, Any]]":
        """Return the messages with the digest of each attachment where :meth:`messages` has its data: to log them.

        :param given: gets the bytes of the inputs that are attachments by their SHA-256.
        :raises InputError: as for :meth:`messages`.
        :raises RenderError: as for :meth:`messages`.
        :raises PromptsteadError: as for :meth:`messages`.
        """
        # Schemas were checked when the bundle was built: one that cannot be used was changed since.
        if not self._usable:
            for name, spec in self._inputs.items():
                if path := next(iter(unsupported(spec["schema"])), None):
                    where = "/".join(map(str, path)) or "schema"
                    message = f"the input schemas of `{self.id}` are damaged: `{where}` of `{name}` cannot be checked"
                    raise BundleError(message, location=self._location)
            self._usable = True
        return self._messages.render(check_inputs(self._inputs, inputs, given), history, transcript)

    def filled(
        self, messages: "list[dict[str, Any]]", given: "Mapping[str, bytes]" = NO_BYTES
    ) -> "list[dict[str, Any]]":
        """Return rendered messages with the data of their attachments.

        :param given: bytes of attachments by their SHA-256, beside those of the prompt.
        :raises PromptsteadError: an attachment is not at hand, or they have too many bytes together.
        """

        def encoded(sha256: str) -> str:
            from base64 import b64encode

            if sha256 in given:
                return b64encode(given[sha256]).decode()
            if sha256 not in self._encoded:
                if self._attached is None or sha256 not in self._compiled.get("attachments", ()):
                    raise PromptsteadError(f"the attachment sha256:{sha256} is not at hand", location=self._location)
                self._encoded[sha256] = b64encode(self._attached(sha256)).decode()
            return self._encoded[sha256]

        return filled(messages, encoded)

    def _copy(self, value: "Any") -> "dict[str, Any]":
        copy: dict[str, Any] = plain(value, self.id)
        return copy


_MANIFEST: "dict[str, Any]" = {"commit": "", "prompts": None, "files": {}}
"""The keys of a manifest, each with what it is where it is left out."""


def _is_listing(value: "Any") -> bool:
    return isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values())


def _document(data: bytes, name: str, expected: str, path: str) -> "dict[str, Any]":
    try:
        document = json.loads(data.decode(), parse_constant=_no_constant)
        if b"\\u" in data:
            json.dumps(document, ensure_ascii=False).encode()  # an escape may be half a character
    except (ValueError, RecursionError):
        raise BundleError(f"`{name}` is not JSON", location=path) from None
    if not isinstance(document, dict):
        raise BundleError(f"`{name}` is not of the format {expected}", location=path)
    if newer := too_new(document, (expected,)):
        raise NewerBundleError(f"`{name}`: {too_new_text(newer, (expected,))}", location=path, hint=UPGRADE)
    if document.get("format") != expected:
        raise BundleError(f"`{name}` is not of the format {expected}", location=path)
    return document


def _no_constant(name: str) -> "Any":
    raise ValueError(name)
