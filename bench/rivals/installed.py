"""Whether a rival is there. They come with `make bench`, and are not needed for anything else."""

from importlib.util import find_spec


def missing(package: str) -> str | None:
    """What to say if it is not installed; None if it is."""
    return None if find_spec(package) is not None else f"{package} is not installed (make bench installs it)"
