"""A client of the register of estates, which projects keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.running import PATIENCE_S, bearer, service_of

if TYPE_CHECKING:
    import httpx

BATCH = 500
Url = Annotated[str | None, typer.Option(help="The address of projects, instead of the stack's in --run-dir.")]
Token = Annotated[
    str | None, typer.Option(envvar="CLOSEDLOOP_TOKEN", show_envvar=True, help="A token with role hub, for --url.")
]


class NotTaken(Exception):
    """Projects did not take a list as a whole. The message says what to do."""


class RegisterClient:
    """Asks and changes the register. May be repeated: what is registered already is not changed."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def put(self, estates: Sequence[Mapping[str, Any]]) -> tuple[int, list[tuple[str, str]]]:
        """How many changed; the estates that were refused, by name, and why. Raises NotTaken."""
        changed, refused = 0, []
        for begin in range(0, len(estates), BATCH):
            batch = estates[begin : begin + BATCH]
            answer = self._send("POST", "/estates/batch", {"estates": batch})
            for estate, result in zip(batch, answer["results"], strict=True):
                changed += result["changed"]
                if problem := result.get("problem"):
                    refused.append((str(estate["name"]), f"{problem['field']} {problem['message']}"))
        return changed, refused

    def remove_others(self, estates: Collection[str]) -> tuple[int, list[tuple[str, str]]]:
        """Takes out what is not among these ids: how many; those that must stay, by name, and why. Raises NotTaken."""
        removed, kept = 0, []
        for estate in [one for one in self._listed() if one["estate_id"] not in estates]:
            path = f"/estates/{estate['estate_id']}/removal"
            response = self._client.post(path, json={"version": estate["version"]})
            if response.status_code == 422:
                kept.append((str(estate["name"]), str(response.json()["errors"][0]["message"])))
            elif response.status_code != 404:
                self._read(response)
                removed += 1
        return removed, kept

    def ids_by_name(self) -> Mapping[str, list[str]]:
        """The ids of the estates by name, and each by itself. Raises NotTaken."""
        found: dict[str, list[str]] = defaultdict(list)
        for estate in self._listed():
            found[estate["name"]].append(estate["estate_id"])
            found[estate["estate_id"]].append(estate["estate_id"])
        return found

    def put_parts(
        self, estate_id: str, parts: Sequence[Mapping[str, Any]]
    ) -> tuple[bool, list[tuple[int | None, str]]]:
        """Whether something changed; what is wrong with which part (None: with all together). Raises NotTaken."""
        response = self._client.post(f"/estates/{estate_id}/parts", json={"parts": parts})
        if response.status_code == 422:
            return False, [_fault(one) for one in response.json()["errors"]]
        return self._read(response)["changed"], []

    def _listed(self) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self._send("GET", "/estates", None, {"limit": "1000", **after})
            yield from page["items"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def _send(self, method: str, path: str, body: Any, params: Mapping[str, str] | None = None) -> Any:
        return self._read(self._client.request(method, path, json=body, params=params))

    def _read(self, response: httpx.Response) -> Any:
        if not response.is_success:
            raise NotTaken(f"projects refused it ({response.status_code}): {response.text[:500]}")
        return response.json()


def register_client(state: Mapping[str, Any] | None, url: str | None, token: str | None) -> httpx.Client:
    """A client for an address with a token, or else for the stack that runs."""
    import httpx

    from services.chassis.web.patience import PatientTransport

    if url is None:
        assert state is not None
        url, headers = str(service_of(dict(state), "projects")["url"]), bearer(dict(state), "hub")
    else:
        headers = {"Authorization": f"Bearer {token or ''}"}
    transport = PatientTransport(httpx.HTTPTransport(), PATIENCE_S)
    return httpx.Client(base_url=url, headers=headers, timeout=120, transport=transport)


def _fault(error: Mapping[str, str]) -> tuple[int | None, str]:
    """body.parts.3.area_m2 is the field area_m2 of the fourth part."""
    place = error["field"].removeprefix("body.parts").strip(".").split(".")
    row = int(place[0]) if place[0].isdigit() else None
    why = f"{error['message']} ({error['remedy']})" if error["remedy"] not in error["message"] else error["message"]
    return row, f"{place[-1]}: {why}"
