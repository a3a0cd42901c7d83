"""An environment of its own with promptstead and packages in it, installed as an installer unpacks a wheel."""

import sys
import sysconfig
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path

ACME = Path(__file__).parent / "acme_checks"


class Environment:
    """A virtual environment in *folder* in which everything is that the tests have, and what is installed here."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True, with_pip=False)
        self.python = folder / "bin" / "python"
        self.site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        ours = sysconfig.get_path("purelib")
        (self.site / "tests.pth").write_text(f"import site; site.addsitedir({ours!r})\n", encoding="utf-8")

    def install(self, files: Mapping[str, str], pyproject: str) -> None:
        """Install a package of *files*, path -> text, with the metadata that its pyproject.toml comes to."""
        project = tomllib.loads(pyproject)["project"]
        self.remove(project["name"])
        name = project["name"].replace("-", "_")
        lines = []
        for group, points in project.get("entry-points", {}).items():
            lines += [f"[{group}]", *(f"{point} = {value}" for point, value in points.items()), ""]
        folder = f"{name}-{project['version']}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        extra = {f"{folder}/METADATA": metadata, f"{folder}/entry_points.txt": "\n".join(lines)}
        for path, text in {**files, **extra}.items():
            place = self.site / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def install_acme(self, version: str = "1.0.0") -> None:
        """Install the example package."""
        source = ACME / "src"
        files = {str(path.relative_to(source)): path.read_text(encoding="utf-8") for path in source.rglob("*.py")}
        pyproject = (ACME / "pyproject.toml").read_text(encoding="utf-8")
        self.install(files, pyproject.replace('version = "1.0.0"', f'version = "{version}"'))

    def remove(self, name: str) -> None:
        """Remove a package's metadata: what is left of it no entry point leads to."""
        for folder in self.site.glob(f"{name.replace('-', '_')}-*.dist-info"):
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
