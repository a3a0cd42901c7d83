from pathlib import Path

import pytest

from tests.extensions.installed import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment for one test, with no package yet."""
    return Environment(tmp_path / "environment")


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the example package, which no test changes."""
    made = Environment(Path(tmp_path_factory.mktemp("environment")))
    made.install_acme()
    return made
