"""Definitions all together: apply them, as `milepost apply` does files, and have them back."""

from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import Field, ValidationError

from sla.documents import Document, parse_documents
from sla.errors import MalformedDocument
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import Body, Flag, Word
from starter.api.reading import in_our_words, invalid
from starter.definitions import assemble
from starter.setup.views.catalogue import ExportView
from starter.views import ApplyReport

router = routes("Definitions", "/definitions")

YAML: Final = "application/yaml"


class Documents(Body):
    """Definitions as JSON, each as its file would spell it."""

    documents: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=2000,
        examples=[[{"calendar": "always-open", "timezone": "Europe/Berlin", "hours": "always"}]],
    )


_TAKES: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {"schema": Documents.model_json_schema()},
        YAML: {
            "schema": {"type": "string", "minLength": 1},
            "example": "calendar: office\ntimezone: Europe/Berlin\nhours: {mon: ['09:00-17:00']}\n",
        },
    },
}


@router.get("", **asks("catalogue.export", "catalogue.read"))
async def export(desk: AskedDesk) -> ExportView:
    """What is in force, as files by path. Applying them changes nothing."""
    return ExportView(files=await desk.catalogue.export())


@router.post("", **asks("catalogue.apply", "catalogue.write", requestBody=_TAKES))
async def apply(
    request: Request,
    desk: AskedDesk,
    dry_run: Annotated[Flag, Query(description="true: only say what would change")] = "false",
    draft: Annotated[Flag, Query(description="true: keep drafts, publish nothing")] = "false",
    notes: Annotated[Word | None, Query(description="why, for whoever reads the versions")] = None,
) -> ApplyReport:
    """Publish definitions, all or none; what is there already is left as it is. As JSON, or as a file's YAML."""
    definitions = assemble(await _documents(request))
    if definitions.hooks:  # whoever may declare one, may say what a helpdesk's word means
        request.state.principal.require("hooks.write")
    return await desk.catalogue.apply(definitions, dry_run=dry_run == "true", draft=draft == "true", notes=notes)


async def _documents(request: Request) -> list[Document]:
    if request.state.media_type == YAML:
        try:
            text = (await request.body()).decode()
        except UnicodeDecodeError as problem:
            raise MalformedDocument(source="the body", line=1, problem=f"is not UTF-8 (byte {problem.start + 1})") from None
        if not (found := parse_documents(text, "the body")):
            raise MalformedDocument(source="the body", line=1, problem="holds no definition")
        return found
    given = _checked(await request.json())
    return [document_of(data, f"documents[{place}]") for place, data in enumerate(given.documents)]


def _checked(data: Any) -> Documents:
    try:
        return Documents.model_validate(data)
    except ValidationError as error:
        told = in_our_words([{**one, "loc": ("body", *one["loc"])} for one in error.errors()])
        raise invalid("catalogue.apply", told) from None


def document_of(data: dict[str, Any], source: str = "the body") -> Document:
    """A definition that came as JSON; it has no lines."""
    return Document(data=data, source=source, lines={(): 1})
