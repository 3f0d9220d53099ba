"""The exchange: a client's changes in, everything since its cursors out."""

from typing import Any

from fastapi import APIRouter, Request, Response

from server.accounts.sign_in import Db, SignedIn
from server.core import devices, feed, no_news
from server.core.apply import Applier, Stale
from server.core.database import Database
from server.core.door import Door
from server.core.json_body import FastJsonRoute
from server.core.outcomes import Outcome
from sync.protocol import registry
from sync.protocol.json_parts import joined, listed, with_member
from sync.protocol.messages import ExchangeAnswer, ExchangeRequest

router = APIRouter(route_class=FastJsonRoute)


@router.post("/v1/exchange", response_model=ExchangeAnswer, response_model_exclude_defaults=True)
def exchange(http: Request, request: ExchangeRequest, account: SignedIn, db: Db) -> Response:
    """Apply each change once, in order, then answer with what is new in every scope of the account."""
    capabilities, data = http.app.state.capabilities, http.app.state.data
    door = Door(db, account)
    applier = Applier(db, door, capabilities, request)
    contents: dict[str, Any]
    results: list[Outcome] = []
    try:
        results = applier.apply()
        contents = {"now": applier.now} if results else {}
        contents |= _news(db, door, request)
    except Stale:
        contents = {"stale": True}
    for name in applier.ran & set(capabilities.afterwards):
        capabilities.afterwards[name](db, data)
    scopes = contents.pop("scopes", {})
    answer = ExchangeAnswer.model_construct(
        account=account["id"],
        speaks={} if request.speaks == registry.versions() else registry.versions(),
        **{name: version(data) for name, version in capabilities.versions.items()},
        **contents,
    )
    text = answer.model_dump_json(exclude_defaults=True)
    if results:
        text = with_member(text, "results", listed([result.as_json() for result in results]))
    if scopes:
        text = with_member(text, "scopes", joined(scopes))
    return Response(text, media_type="application/json")


def _news(db: Database, door: Door, request: ExchangeRequest) -> dict[str, Any]:
    """What is new, read at one moment. Raises Stale."""

    def read() -> dict[str, Any]:
        if not request.changes and devices.is_stale(db, door.account["id"], request):
            raise Stale
        reader = feed.Reader(request.device, request.cursors, request.began)
        scopes = feed.news(db, door, reader)
        return {"scopes": scopes, "gone": sorted(set(request.cursors) - door.scopes())}

    if request.digest and not request.changes:
        stale, behind = no_news.is_stale_or_behind(db, door, request)
        if stale:
            raise Stale
        return {"cursors_needed": behind}
    with db.reading():
        return read()
