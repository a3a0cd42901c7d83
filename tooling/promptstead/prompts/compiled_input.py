"""An input of a prompt as the compiled prompt has it."""

from collections.abc import Mapping

from promptstead.model import Input, Json
from promptstead.runtime.attachments import reference


def compiled_input(spec: Input) -> dict[str, Json]:
    """Return an input as the compiled prompt has it, and as every call checks its value."""
    compiled: dict[str, Json] = {"schema": dict(spec.schema), "required": spec.required, "trust": spec.trust}
    if spec.attachment:
        compiled["attachment"] = spec.attachment
    if spec.has_default:
        compiled["default"] = spec.default
        if spec.attachment and isinstance(spec.default, Mapping):
            compiled["default"] = reference(spec.default["type"], spec.default["sha256"])
    return compiled
