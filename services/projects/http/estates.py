"""The register of estates over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from services.chassis.commands import Unknown
from services.chassis.database.work import Workshop
from services.chassis.web.identity import Actor, Role, require
from services.chassis.web.problems import invalid
from services.contracts.estate_events import EstateCode
from services.projects.app.register.register_estates import BadParts, Registered, RegisterEstates
from services.projects.domain.estates import RegisteredEstate, metres
from services.projects.http.refusals import answered
from services.projects.http.register_bodies import EstatesBody, PartsBody, RemovalBody
from services.projects.http.rights import Reader, not_found, share_of
from services.projects.store.estate_views import page_of_estates

Registrar = Annotated[Actor, Depends(require(Role.HUB, Role.ADMIN))]


def estate_routes(workshop: Workshop, register: RegisterEstates) -> APIRouter:
    router = APIRouter(prefix="/estates", tags=["estates"])

    @router.get("")
    def list_estates(
        actor: Reader,
        after: EstateCode | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> dict[str, Any]:
        """By id; `next` is what to give as `after` for the following page, null after the last."""
        with workshop.engine.begin() as connection:
            page = page_of_estates(connection, share_of(actor), after, limit)
        last = page[-1].facts.id if len(page) == limit else None
        return {"items": [estate_shown(one) for one in page], "next": last}

    @router.post("/batch")
    def register_estates(_: Registrar, body: EstatesBody) -> dict[str, Any]:
        """Registers up to 500 estates in one transaction; answers one by one, in order.

        Idempotent. An estate whose floor area is less than its parts add up to stays as it was.
        """
        with workshop.open() as work:
            answers = register.estates(work, [one.facts() for one in body.estates])
        return {"results": [_answer(one) for one in answers]}

    @router.post("/{estate_id}/parts")
    def register_parts(_: Registrar, estate_id: Annotated[EstateCode, Path()], body: PartsBody) -> dict[str, Any]:
        """The parts of an estate are these and no others. Idempotent; 422 names the row of each fault."""
        try:
            with workshop.open() as work:
                return _answer(register.parts(work, estate_id, [one.part() for one in body.parts]))
        except Unknown:
            raise not_found("estate") from None
        except BadParts as bad:
            faults = [
                {
                    "loc": ("body", "parts", *(() if fault.row is None else (fault.row,)), fault.field),
                    "type": "value_error",
                    "msg": fault.why,
                }
                for fault in bad.faults
            ]
            raise invalid(faults) from None

    @router.post("/{estate_id}/removal")
    def remove_estate(_: Registrar, estate_id: Annotated[EstateCode, Path()], body: RemovalBody) -> dict[str, Any]:
        """Takes an estate out of the register, with its parts; refused while a need of it is not settled."""
        with answered("estate"), workshop.open() as work:
            gone = register.remove(work, estate_id, body.version)
        return {"estate_id": estate_id, "version": gone.version}

    return router


def estate_shown(estate: RegisteredEstate) -> dict[str, Any]:
    facts = estate.facts
    return {
        "estate_id": facts.id,
        "version": estate.version,
        "name": facts.name,
        "sub_district": facts.sub_district,
        "property_kind": facts.property_kind,
        "built": facts.built,
        "floor_area_m2": metres(facts.floor_area) if facts.floor_area else None,
        "east": facts.east,
        "north": facts.north,
        "parts": estate.parts,
        "parts_area_m2": metres(estate.parts_area),
        "blocks": [
            {"block": one.block, "hallways": list(one.hallways), "parts": one.parts, "area_m2": metres(one.area)}
            for one in estate.blocks
        ],
    }


def _answer(one: Registered) -> dict[str, Any]:
    answer: dict[str, Any] = {"estate_id": one.estate_id, "version": one.version, "changed": one.changed}
    return answer | ({"problem": {"field": one.fault.field, "message": one.fault.why}} if one.fault else {})
