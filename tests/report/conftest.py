"""What several tests of reports need."""

from collections.abc import Iterator

import pytest

from tests.report.browser import Page, chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield Page(driver)
