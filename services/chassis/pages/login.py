"""Login: a bearer token of the identity provider, kept in a cookie for as long as it is good."""

from __future__ import annotations

import re
import time

import jwt
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from services.chassis.pages.forms import Fields
from services.chassis.pages.look import LOGIN, Pages, keep
from services.chassis.web.identity import PAGES, SESSION_COOKIE, Verifier
from services.chassis.web.problems import Problem
from services.chassis.web.rate_limit import RateLimit

LONGEST_COOKIE = 3800
FAILURES, FAILURE_EVERY_S = 10, 6.0
"""Refused tokens that one address may send at once, and how long it waits for another try."""
_OUR_PAGE = re.compile(rf"{PAGES}/[\w/?=&%:.+-]*", re.ASCII)


def entrance() -> APIRouter:
    """`GET /`, for whoever types the address alone: leads to the pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def enter() -> Response:
        return RedirectResponse(PAGES, 303)

    return router


def missing_pages(pages: Pages) -> APIRouter:
    """The page for whatever is no page of ours. Comes after all others: the first route that fits answers."""
    router = pages.router()

    @router.get("/{address:path}")
    async def missing(address: str) -> Response:
        raise Problem(404, "no-such-page", "No such page", "Check the address, or choose another page.")

    return router


def login_routes(pages: Pages) -> APIRouter:
    """Login and logout, the only pages that are open to anybody."""
    router = pages.router()
    failures = RateLimit(FAILURES, FAILURE_EVERY_S)

    @router.get("")
    async def home(request: Request) -> Response:
        verifier: Verifier = request.app.state.verifier
        token = request.cookies.get(SESSION_COOKIE)
        return RedirectResponse(pages.home_of(verifier.remembered(token) if token else None), 303)

    @router.get("/login")
    async def ask(request: Request, next: str = "", why: str = "") -> Response:
        return pages.show(request, "login.html", None, onward=_ours(next), why=why, detail="")

    @router.post("/login")
    async def log_in(request: Request, fields: Fields) -> Response:
        failures.check(request)
        token, onward = fields.get("token", "").removeprefix("Bearer ").strip(), _ours(fields.get("next", ""))
        verifier: Verifier = request.app.state.verifier
        try:
            if len(token) > LONGEST_COOKIE:
                raise Problem(401, "token-too-long", "The token is too long", "Get one with fewer claims.")
            actor = await run_in_threadpool(verifier.verify, token)
        except Problem as problem:
            if problem.status_code != 401:
                raise
            failures.use(request)
            why, detail = problem.slug, problem.detail
            return pages.show(request, "login.html", None, status=401, onward=onward, why=why, detail=detail)
        response = RedirectResponse(onward or pages.home_of(actor), 303)
        expires: int = jwt.decode(token, options={"verify_signature": False})["exp"]
        keep(request, response, SESSION_COOKIE, token, max(0, expires - int(time.time())))
        return response

    @router.post("/logout")
    async def log_out() -> Response:
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(SESSION_COOKIE, path=PAGES)
        return response

    return router


def _ours(path: str) -> str:
    """Where to go on after the login: to one of our pages, nowhere else."""
    return path if _OUR_PAGE.fullmatch(path) and "//" not in path else ""
