"""The pending answers of one prompt, and the file of recorded outputs that they go to."""

from collections.abc import Collection, Sequence
from functools import partial

from promptstead.documents.document import Document
from promptstead.documents.lines_document import lines_document
from promptstead.documents.yaml_reader import read
from promptstead.evaluators.shared.helpers import helpers_of
from promptstead.model import Json, RecordedOutput
from promptstead.operations.recording.pending_file import ANSWERS, PendingFile
from promptstead.operations.recording.recorded_answers import conversations, sealed, valid_outputs
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.entry_format import received_digest
from promptstead.outputs.merge import merged, replaced_by
from promptstead.outputs.pending import Attempt, Key, key_of, keys_of, pending_outputs, rejected, without_accepted
from promptstead.outputs.reader import recorded_in
from promptstead.outputs.sealed import opened
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests


class PendingAnswers(PendingFile[Attempt]):
    """Holds the pending answers of a prompt until it is closed; each decision is on disk before the next.

    :raises PromptsteadError: the prompt, its outputs or a pending answer is not valid, or somebody else holds them.
    """

    def __init__(self, workspace: Workspace, loaded: Loaded) -> None:
        self._tree = workspace.tree
        self.helpers = helpers_of(loaded)
        self._document = loaded.outputs
        for _ in valid_outputs(loaded):
            pass  # what is not valid is refused before anything is decided
        self.requests = Requests(loaded)
        name = "outputs.jsonl" if self.requests.prompt.datasets else "outputs.yml"
        self.path = loaded.outputs.path if loaded.outputs else workspace.library.companion_path(loaded.path, name)
        self._store = answer_store(workspace) if loaded.private else None
        self._stored = loaded.stored
        super().__init__(workspace, loaded, ANSWERS, held=True)

    def outputs(self) -> list[RecordedOutput]:
        """Return the answers as they would be recorded."""
        return pending_outputs(self.pending, self.requests, self._conversations())

    def accepted(self, output: RecordedOutput) -> RecordedOutput | None:
        """Return the accepted answer that *output* would replace; None also where its text is not at hand."""
        recorded = recorded_in(self._document) if self._document else iter(())
        old = replaced_by(output, [each for each in recorded if each.case == output.case])
        if old is None:
            return None
        (old,) = opened([old], self._stored).outputs
        return None if old.unavailable else old

    def accept(self, outputs: Sequence[RecordedOutput], golden: dict[str, Json]) -> None:
        """Record *outputs*, which are pending, with *golden*; then they are no more.

        :raises PromptsteadError: the file of recorded outputs cannot be changed without loss, or not be written.
        """
        recorded = [output._replace(golden=golden) for output in outputs]
        if self._store is not None:
            recorded = [sealed(output, self._store) for output in recorded]
        recorded = [output._replace(received=received_digest(output)) for output in recorded]
        self._tree.write_parts(self.path, merged(self._document, self.path, recorded))
        self._document = self._read()
        self._replace(without_accepted(self.pending, outputs))

    def reject(self, outputs: Sequence[RecordedOutput]) -> None:
        """Throw the answers away; how often their requests were sampled stays known."""
        keys = set[Key]().union(*map(keys_of, outputs))
        self._replace([rejected(each) if key_of(each) in keys else each for each in self.pending])

    def drop(self, keys: Collection[Key]) -> None:
        """Forget every attempt at these requests."""
        self._replace([each for each in self.pending if key_of(each) not in keys])

    def _conversations(self) -> list[RecordedOutput]:
        return conversations(self.requests, recorded_in(self._document) if self._document else (), self._stored)

    def _read(self) -> Document | None:
        if self.path.endswith(".jsonl"):
            return lines_document(self.path, partial(self._tree.open, self.path))
        raw = self._tree.read(self.path)
        return None if raw is None else read(raw, self.path)
