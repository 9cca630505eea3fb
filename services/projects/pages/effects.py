"""Whether what was done helped, as pages: the types, and one type in all its estates."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.chassis.database.work import Workshop
from services.chassis.pages.look import Pages
from services.projects.app.effect.judge_class import JudgeClass
from services.projects.http.effects import TypeOfPath, class_view
from services.projects.http.rights import Reader, share_of
from services.projects.http.wording import Wording
from services.projects.store.effect_views import cured_types


def effect_pages(workshop: Workshop, pages: Pages, judge: JudgeClass, words: Wording) -> APIRouter:
    router = pages.router()

    @router.get("/effects")
    def types(request: Request, actor: Reader) -> Response:
        with workshop.engine.begin() as connection:
            found = cured_types(connection, share_of(actor))
        return pages.show(request, "effects.html", actor, types=found)

    @router.get("/effects/{type_code}")
    def of_type(request: Request, actor: Reader, type_code: TypeOfPath) -> Response:
        view = class_view(workshop, judge, words, actor, type_code)
        return pages.show(request, "effect_class.html", actor, view=view)

    return router
