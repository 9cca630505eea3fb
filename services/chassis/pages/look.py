"""A service's pages: its templates over the shared ones, and the answer to whatever goes wrong, in words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.pages.forms import FORM_COOKIE, FORM_FIELD, form_token, require_own_form
from services.chassis.pages.speech import LANGUAGE_COOKIE, Speech, browser_language, language_of, read_words
from services.chassis.web.identity import PAGES, Actor, Role
from services.chassis.web.problems import Problem, internal, invalid

SHARED = Path(__file__).parent
LOGIN = f"{PAGES}/login"
A_YEAR = 365 * 24 * 3600

_CSS = (SHARED / "templates" / "style.css").read_text(encoding="utf-8")
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

PUBLIC_HEADERS = {**HEADERS, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
"""For pages whose address is a secret of the person who has it."""


class Pages:
    """The pages of one service, from `folder`: `templates/*.html` and `words.yaml`.

    `entries` are the pages of its menu by the key of their name; the first is where a login leads. `for_roles` names
    those that are for some roles alone.
    """

    def __init__(
        self, folder: Path, entries: Mapping[str, str], for_roles: Mapping[str, frozenset[Role]] | None = None
    ) -> None:
        self.entries = entries
        self._for_roles = for_roles or {}
        self.home = next(iter(entries.values()))
        self._words = read_words([SHARED / "words.yaml", folder / "words.yaml"])
        self._templates = Environment(
            loader=FileSystemLoader([folder / "templates", SHARED / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def router(self) -> APIRouter:
        """For pages: kept out of the API's description, every error shown as a page, every form checked to be ours."""
        return APIRouter(prefix=PAGES, include_in_schema=False, route_class=_route_of(self))

    def speech(self, request: Request) -> Speech:
        return Speech(language_of(request), self._words)

    def show(
        self, request: Request, template: str, actor: Actor | None, *, status: int = 200, **context: Any
    ) -> Response:
        """The page in the language of the request."""
        say, token = self.speech(request), form_token(request)
        html = self._templates.get_template(template).render(
            say=say,
            css=Markup(_CSS),
            actor=actor,
            entries=self._menu_of(actor),
            home=self.home_of(actor),
            path=request.url.path,
            other_language=_in(say.other, request),
            csrf=Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, token),
            **context,
        )
        response = HTMLResponse(html, status, HEADERS)
        if request.cookies.get(FORM_COOKIE) != token:
            keep(request, response, FORM_COOKIE, token)
        if "lang" in request.query_params:
            keep(request, response, LANGUAGE_COOKIE, say.language, A_YEAR)
        return response

    def public_router(self) -> APIRouter:
        """For pages that are open to anybody, outside `/pages`: what goes wrong is shown as one of them."""
        return APIRouter(include_in_schema=False, route_class=_route_of(self, public=True))

    def show_public(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        """A page for anybody, in the language of the browser: sets no cookie, and tells no other site its address."""
        say = Speech(browser_language(request), self._words)
        html = self._templates.get_template(template).render(
            say=say, css=Markup(_CSS), other_language=_in(say.other, request), path=request.url.path, **context
        )
        return HTMLResponse(html, status, PUBLIC_HEADERS)

    def home_of(self, actor: Actor | None) -> str:
        """The first page of their menu."""
        return next(iter(self._menu_of(actor).values()), self.home)

    def _menu_of(self, actor: Actor | None) -> Mapping[str, str]:
        if actor is None:
            return self.entries
        return {
            key: address
            for key, address in self.entries.items()
            if key not in self._for_roles or not actor.roles.isdisjoint(self._for_roles[key])
        }

    def show_public_refusal(self, request: Request, problem: Problem) -> Response:
        """Says only what kind of thing went wrong."""
        response = self.show_public(request, "public_problem.html", status=problem.status_code, problem=problem)
        response.headers.update(problem.headers or {})
        return response

    def show_refusal(self, request: Request, problem: Problem) -> Response:
        """The page for a problem: what is wrong and what to do next. Without a valid token: the way to the login."""
        if problem.status_code == 401:
            onward = _before(request.url.path) if request.method == "POST" else _path_and_query(request)
            return RedirectResponse(f"{LOGIN}?next={quote(onward)}&why={problem.slug}", 303)
        back = _before(request.url.path) if request.method == "POST" else self.home
        known = {"problem": problem, "faults": faults_of(problem), "back": back}
        response = self.show(request, "problem.html", None, status=problem.status_code, **known)
        response.headers.update(problem.headers or {})
        return response


def faults_of(problem: Problem) -> list[dict[str, str]]:
    """The fields that do not fit, by their own names; one in a list of things has `within`, the list's name, too, as
    what is called alike is called otherwise there."""
    errors = problem.members.get("errors", [])
    return [{**fault, "within": _list_of(fault["field"]), "field": fault["field"].split(".")[-1]} for fault in errors]


def _list_of(path: str) -> str:
    """Of `body.content.clauses.0.id`: clauses. Blank where the field is in no list."""
    parts = path.split(".")
    return parts[-3] if len(parts) > 2 and parts[-2].isdigit() else ""


def done(path: str, what: str) -> Response:
    """To the page that shows what was done; a reload of it sends nothing again."""
    return RedirectResponse(f"{path}?done={what}", 303)


def keep(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Sets a cookie that scripts and other sites cannot use; it goes over TLS alone, except in the demo."""
    secure: bool = request.app.state.secure_cookies
    response.set_cookie(name, value, max_age, path=PAGES, secure=secure, httponly=True, samesite="strict")


def _route_of(pages: Pages, *, public: bool = False) -> type[APIRoute]:
    refuse = pages.show_public_refusal if public else pages.show_refusal

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def shown(request: Request) -> Response:
                try:
                    if request.method == "POST" and not public:
                        await require_own_form(request)
                    return await handle(request)
                except RequestValidationError as error:
                    return refuse(request, _unknown_or_invalid(error))
                except Problem as problem:
                    return refuse(request, problem)
                except HTTPException as error:
                    plain = Problem(error.status_code, "unreadable", "The form cannot be read", error.detail)
                    return refuse(request, plain)
                except Exception as error:  # noqa: BLE001 - logged there, and a person gets a page as well
                    return refuse(request, internal(error))

            return shown

    return PageRoute


def _unknown_or_invalid(error: RequestValidationError) -> Problem:
    """An address that names what can be no record of ours names none, which is what the reader has to know."""
    for one in error.errors():
        where, name = one["loc"][0], one["loc"][-1]
        if where == "path" or (where == "query" and one["type"] == "uuid_parsing" and name != "cursor"):
            return Problem(404, "not-found", "No such record", "Open it from the list.")
    return invalid(error.errors())


def _before(path: str) -> str:
    """The page whose form posts to `path`: it is one segment up."""
    return path.rpartition("/")[0]


def _path_and_query(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _in(language: str, request: Request) -> str | None:
    """This page in another language; None for the answer to a form, which has no address."""
    if request.method == "POST":
        return None
    return "?" + request.url.include_query_params(lang=language).query
