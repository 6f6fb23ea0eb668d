"""Having somebody forgotten."""

from typing import Annotated

from pydantic import Field

from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import Body, Word
from starter.setup.views.erasure import ErasureView

router = routes("Erasures", "/erasures")

Words = Annotated[list[Word], Field(max_length=50)]


class Forgotten(Body):
    """Who is to be forgotten: a contact, or whoever has an address."""

    contact: Word | None = Field(default=None, description="whose name and address; the id stays", examples=["c-17"])
    addresses: Words = Field(default=[], description="e-mail addresses", examples=[["jo@helios.example"]])
    also: Words = Field(default=[], description="other names that they go by", examples=[["Joey"]])
    dry_run: bool = Field(default=False, description="only say what it would change")


@router.post("", **asks("erasure.forget", "people.forget"))
async def forget(desk: AskedDesk, wanted: Forgotten) -> ErasureView:
    """Take names and addresses out of everything, while figures and verdicts stay as they are: all of it, or nothing."""
    return await desk.erasure.forget(
        contact=wanted.contact, addresses=wanted.addresses, also=wanted.also, dry_run=wanted.dry_run
    )
