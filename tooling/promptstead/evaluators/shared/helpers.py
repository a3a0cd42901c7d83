"""What some checks need besides the answer, and the core does not have by itself."""

from collections.abc import Callable
from typing import NamedTuple

from promptstead.evaluators.shared.judge_requests import Judges, judges_of
from promptstead.model import Json
from promptstead.plugins import Plugins
from promptstead.prompts.loaded import Loaded

RunPython = Callable[[str], Callable[[Json, float], Json]]
"""Name of a function -> what runs it: a payload and seconds -> what it says.

Both raise PromptsteadError: where the function is not allowed; where it fails, takes too long or says too much.
"""


class Helpers(NamedTuple):
    """Judges and what they said, what runs Python functions, and what packages bring; unscored is who lacks his."""

    judges: Judges | None = None
    python: RunPython | None = None
    plugins: Plugins | None = None


NO_HELPERS = Helpers()


def helpers_of(loaded: Loaded, judged_by: Loaded | None = None) -> Helpers:
    """Return the helpers of a prompt.

    :param judged_by: the revision of the prompt whose judges judge, where that is another one.
    """
    return Helpers(judges_of(loaded, (judged_by or loaded).find), loaded.python, loaded.plugins)
