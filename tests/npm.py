"""npm packages for tests, at fixed versions, in a temporary folder; a test without them is skipped, and says why."""

import shutil
import subprocess
from pathlib import Path

import pytest

SECONDS = 150


def install(folder: Path, *packages: str) -> None:
    """Install *packages* (``name@version``) into *folder* and run nothing of theirs; skip where npm cannot."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm and node are not installed")
    arguments = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    try:
        done = subprocess.run(
            [npm, *arguments, *packages], cwd=folder, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer in time")
    if done.returncode:
        pytest.skip(f"npm cannot install {', '.join(packages)}: {done.stderr.decode(errors='replace')[-300:]}")
