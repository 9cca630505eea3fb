"""Voting without an account: by the personal code on the ballot, or the link that ends in it.

Whoever has no code that works learns nothing. Nothing is changed by opening a page. No cookie is set. Nobody is shown
how the vote stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from services.chassis.commands import Conflict, Unfit, Unknown
from services.chassis.database.work import Work, Workshop
from services.chassis.pages.forms import Fields
from services.chassis.pages.look import Pages
from services.chassis.web.rate_limit import Guesses
from services.projects.app.consultation.take_ballots import TakeBallots, ToVote
from services.projects.domain.consultation.ballots import BallotChoice
from services.projects.store.repair_project_views import project_with_history

CHOICES = (BallotChoice.AGREE, BallotChoice.DISAGREE, BallotChoice.ABSTAIN)


NONE_OTHER: Mapping[str, BallotChoice] = {}


def vote_pages(workshop: Workshop, pages: Pages, ballots: TakeBallots) -> APIRouter:
    router = pages.public_router()
    guesses = Guesses()

    def unknown(request: Request) -> Response:
        guesses.wrong(request)
        return pages.show_public(request, "vote_code.html", status=404, fault=True)

    @router.get("/vote")
    def enter(request: Request) -> Response:
        return pages.show_public(request, "vote_code.html", fault=False)

    @router.post("/vote")
    def with_code(request: Request, fields: Fields) -> Response:
        return opened(request, fields.get("code", ""))

    @router.get("/vote/{voting_code}")
    def open_link(request: Request, voting_code: str) -> Response:
        return opened(request, voting_code)

    @router.post("/vote/{voting_code}")
    def cast(request: Request, voting_code: str, fields: Fields) -> Response:
        guesses.check(request)
        chosen = choices_of(fields)
        try:
            with workshop.open() as work:
                if not chosen:
                    return ballot(work, request, ballots.by_code(work, voting_code), voting_code, "vote.choose", 422)
                cast = ballots.cast(work, voting_code, chosen)
                return ballot(work, request, cast.to_vote, voting_code, "vote.recorded", other=cast.other)
        except Unknown:
            return unknown(request)
        except Unfit:
            said, status = "vote.not_yours", 422
        except Conflict:
            said, status = "vote.closed", 409
        with workshop.open() as work:
            return ballot(work, request, ballots.by_code(work, voting_code), voting_code, said, status)

    def opened(request: Request, code: str) -> Response:
        guesses.check(request)
        try:
            with workshop.open() as work:
                return ballot(work, request, ballots.by_code(work, code), code)
        except Unknown:
            return unknown(request)

    def ballot(
        work: Work,
        request: Request,
        to_vote: ToVote,
        code: str,
        said: str = "",
        status: int = 200,
        other: Mapping[str, BallotChoice] = NONE_OTHER,
    ) -> Response:
        """`other`: answers that do not count because another does."""
        project = project_with_history(work.connection, to_vote.consultation.project_id)
        assert project
        return pages.show_public(
            request,
            "vote.html",
            status=status,
            ballot=to_vote,
            place=project[0].place,
            other=other,
            announced=to_vote.consultation.announced,
            choices=CHOICES,
            code=code,
            said=said,
        )

    return router


def choices_of(fields: Mapping[str, str]) -> dict[str, BallotChoice]:
    """By item; what is no answer is left out."""
    answers = {name.removeprefix("choice."): value for name, value in fields.items() if name.startswith("choice.")}
    known = {choice.value: choice for choice in CHOICES}
    return {item: known[value] for item, value in answers.items() if value in known}
