"""Where mail templates lie, and what they are called: files `<name>.subject.txt.j2`, `<name>.txt.j2`, `<name>.html.j2`.

The HTML file may be missing; then the mail's HTML is made from its text. The installation's own directory goes before ours,
file by file.
"""

import re
from pathlib import Path
from typing import Final

PACKAGED: Final = Path(__file__).parent / "templates"
SUBJECT: Final = ".subject.txt.j2"
TEXT: Final = ".txt.j2"
HTML: Final = ".html.j2"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def template_name(name: str) -> str:
    """The name, if it can be one. ValueError otherwise: a name is never a path."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no template's name; write lower-case letters, digits, - and _, such as warning")
    return name


def names(own: Path | None = None) -> tuple[str, ...]:
    """The names of all mail templates, in order: ours, and those of the installation's `own` directory."""
    found = {
        path.name.removesuffix(SUBJECT)
        for directory in (PACKAGED, own)
        if directory is not None
        for path in directory.glob(f"*{SUBJECT}")
    }
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))
