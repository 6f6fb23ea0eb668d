"""Mail templates from files, rendered in the sandbox. The installation's own directory goes before ours."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, Template, TemplateError, TemplateNotFound
from markupsafe import escape

from activities.actions.context import MailText
from activities.actions.notify import escaped
from activities.ports import Permanent
from activities.sandbox import Sandbox
from activities.template_files import HTML, PACKAGED, SUBJECT, TEXT, names


class FileTemplates:
    """Renders templates from files and lines from process files; the `Templates` port."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own
        loader = FileSystemLoader([path for path in (own, PACKAGED) if path is not None])
        self._files = Sandbox(loader=loader, autoescape=lambda name: name is not None and name.endswith(HTML))
        self._lines = Sandbox()
        self._chat = Sandbox(escape=escaped)

    def known(self) -> tuple[str, ...]:
        """The names of the mail templates."""
        return names(self._own)

    def mail(self, name: str, view: Mapping[str, Any]) -> MailText:
        """Render a mail template."""
        text = _tidy(self._file(f"{name}{TEXT}", view))
        return MailText(subject=self._file(f"{name}{SUBJECT}", view), text=text, html=self._html(name, view, text))

    def line(self, source: str, view: Mapping[str, Any]) -> str:
        """Render a line of plain text."""
        return _rendered(self._lines, source, view, what="the text")

    def chat(self, source: str, view: Mapping[str, Any]) -> str:
        """Render a chat message; inserted values are escaped, the author's own markup is not."""
        return _rendered(self._chat, source, view, what="the message")

    def _file(self, file: str, view: Mapping[str, Any]) -> str:
        try:
            template = self._files.get_template(file)
        except TemplateNotFound as problem:
            raise Permanent(f"there is no template '{problem.name}'. Known: {', '.join(self.known())}") from None
        except Exception as problem:
            raise Permanent(f"the template '{file}' cannot be read: {_said(problem)}") from None
        return _rendered(self._files, template, view, what=f"the template '{file}'")

    def _html(self, name: str, view: Mapping[str, Any], text: str) -> str:
        """The HTML part; made from the text where there is no file for it."""
        if f"{name}{HTML}" not in self._files.list_templates(filter_func=lambda file: file == f"{name}{HTML}"):
            return f'<!doctype html>\n<pre style="white-space: pre-wrap; font: inherit">{escape(text)}</pre>\n'
        return self._file(f"{name}{HTML}", view)


def _rendered(sandbox: Sandbox, source: str | Template, view: Mapping[str, Any], *, what: str) -> str:
    try:
        template = sandbox.from_string(source) if isinstance(source, str) else source
        return sandbox.render(template, dict(view))
    except Exception as problem:  # a template's own mistakes can be of any kind: TypeError, ZeroDivisionError…
        raise Permanent(f"{what} cannot be rendered: {_said(problem)}") from None


def _tidy(text: str) -> str:
    """Without the empty lines that conditions leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _said(problem: Exception) -> str:
    """In words. Of others than Jinja's only the kind is told: their texts may hold what a view holds."""
    line = getattr(problem, "lineno", None)
    where = f"line {line}: " if line else ""
    return f"{where}{problem.message}" if isinstance(problem, TemplateError) else f"{where}{type(problem).__name__}"
