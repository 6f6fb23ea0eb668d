"""Milepost as the image has it: the wheel of what the Dockerfile copies, and what requirements-runtime.lock names, no more.

Nothing is downloaded: what the lock names is taken from the environment that the tests run in.
"""

import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tests.deploy.files import ROOT, copied, pinned

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def wheel(directory: Path) -> Path:
    """Build it as the Dockerfile does, from a copy, so that nothing is left in the repository."""
    source = directory / "source"
    source.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    build = [*PIP, "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(directory), "."]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [built] = directory.glob("*.whl")
    return built


def environment(directory: Path, built: Path) -> Path:
    """An environment with the wheel and its run-time dependencies; returns where its programs are."""
    home = directory / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, capture_output=True)
    python = home / "bin" / "python"
    asked = subprocess.run([python, "-c", "import site; print(site.getsitepackages()[0])"], check=True, capture_output=True)
    packages = Path(asked.stdout.decode().strip())
    for name, version in pinned("requirements-runtime.lock").items():
        _link(name, version, packages)
    install = [*PIP, "--python", str(python), "install", "--quiet", "--no-index", "--no-deps", str(built)]
    subprocess.run(install, check=True, capture_output=True)
    return home / "bin"


def _link(name: str, version: str, packages: Path) -> None:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        assert ";" in version, f"{name} is in the lock, but not installed"  # for another platform or Python
        return
    inside = {Path(file.parts[0]) for file in found.files or [] if file.parts[0] not in ("..", "__pycache__")}
    for part in inside:
        place = packages / part
        if not place.exists():
            place.symlink_to(Path(str(found.locate_file(part))))
