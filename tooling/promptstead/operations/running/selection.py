"""Which cases an evaluation takes, as a command gives them and as the first line of its run file has them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.model import Json
from promptstead.runs.case_filters import Selection, failed_cases, select


class Chosen(NamedTuple):
    """The filters as the options give them."""

    tags: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    failed: str | None = None
    shard: str = ""

    def selection(self) -> Selection:
        """Return what they ask for.

        :raises PromptsteadError: one says nothing that can be done, or the run cannot be read.
        """
        failed = None
        if self.failed is not None:
            from promptstead.operations.running.run_files import opened_run

            with opened_run(self.failed) as reader:
                failed = failed_cases(reader.rows())
        return select(self.tags, self.ids, failed, self.sample, self.seed, self.shard)


def kept(selection: Selection, models: Sequence[str]) -> dict[str, Json]:
    """Return what was selected, as the run file keeps it."""
    entry = selection.as_json()
    if selection.failed is not None:
        entry["failed"] = sorted(map(list, selection.failed))
    return entry | ({"models": list(models)} if models else {})


def read_back(entry: Mapping[str, Json], shard: tuple[int, int], place: str) -> tuple[Selection, list[str]]:
    """Return the selection and the models that :func:`kept` has written.

    :raises PromptsteadError: they are not what this command writes.
    """
    try:
        failed = entry.get("failed")
        selection = select(
            entry.get("tag", ()),
            entry.get("case", ()),
            None if failed is None else frozenset((prompt, case) for prompt, case in failed),
            entry.get("sample"),
            entry.get("seed", 0),
        )._replace(shard=shard)
        models = [str(model) for model in entry.get("models", ())]
    except (TypeError, ValueError, AttributeError):
        raise PromptsteadError("the selection of this run cannot be read", location=place) from None
    return selection, models
