"""How this copy of promptstead was installed, and so how to add what one of its extras brings."""

import sys
from itertools import pairwise
from pathlib import PurePath

_NAME = "promptstead"


def command_to_add(extra: str) -> str:
    """Return the command that adds the packages of *extra* to the environment that runs now.

    It names the packages themselves: nobody has to know where this copy came from, and no index is asked for a name
    that is not ours there.
    """
    packages = " ".join(f'"{package}"' for package in _packages(extra))
    parts = PurePath(sys.prefix).parts
    if ("pipx", "venvs") in pairwise(parts):
        return f"pipx inject {_NAME} {packages}"
    if ("uv", "tools") in pairwise(parts):
        return f"uv pip install --python {sys.executable} {packages}"
    return f"{sys.executable} -m pip install {packages}"


def _packages(extra: str) -> list[str]:
    from importlib.metadata import requires

    marked = f'extra == "{extra}"'
    found = (requirement.partition(";") for requirement in requires(_NAME) or ())
    return sorted(package.strip() for package, _, marker in found if marked in marker.replace("'", '"'))
