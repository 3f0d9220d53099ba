"""The gate before everything under ``/v1``: who asks is known before a byte of the body is read."""

from typing import Any

import anyio
import peewee
from playhouse.pool import MaxConnectionsExceeded
from starlette.types import ASGIApp, Receive, Scope, Send

from server.accounts import tokens
from server.accounts.signed_in import SCOPE_KEY, sign_in_needed
from server.core.database import Database
from server.core.limits import Buckets, Limits, Turns, too_many
from server.core.problems import ProblemError, answer_problem, answer_trouble

OPEN = frozenset({"/v1/health"})  # what anybody may ask
EXCHANGE = "/v1/exchange"
_LOOKUPS = 8  # threads that look up tokens, so that slow work elsewhere never keeps people at the gate


class Gate:
    """ASGI middleware: finds the account of a request, and gives each account its share of the platform."""

    def __init__(self, app: ASGIApp, database: Database, limits: Limits) -> None:
        self._app, self._database = app, database
        self._buckets = Buckets(limits.account_per_second, limits.account_burst)
        self._running = Turns(limits.running, limits.patience)
        self._exchanges = Turns(limits.exchanges, limits.patience)
        self._lookups: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with its account, or answer 401, 429 or 503."""
        if scope["type"] != "http" or not _is_guarded(scope):
            await self._app(scope, receive, send)
            return
        try:
            account = await self._account(scope)
        except ProblemError as error:
            await answer_problem(error)(scope, receive, send)
            return
        except (peewee.PeeweeException, MaxConnectionsExceeded) as error:
            await answer_trouble(error)(scope, receive, send)
            return
        scope[SCOPE_KEY] = account
        try:
            await self._in_turn(account["id"], scope, receive, send)
        except ProblemError as error:
            await answer_problem(error)(scope, receive, send)

    async def _account(self, scope: Scope) -> dict[str, Any]:
        token = _token(scope)
        if self._lookups is None:
            self._lookups = anyio.CapacityLimiter(_LOOKUPS)
        account = await anyio.to_thread.run_sync(self._look_up, token, limiter=self._lookups) if token else None
        if account is None:
            raise sign_in_needed()
        wait = self._buckets.take(account["id"])
        if wait:
            raise too_many(wait)
        return account

    def _look_up(self, token: str) -> dict[str, Any] | None:
        return tokens.account_of(self._database, token)

    async def _in_turn(self, account_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._running.turn(account_id):
            if scope["path"] != EXCHANGE:
                await self._app(scope, receive, send)
                return
            async with self._exchanges.turn(account_id):
                await self._app(scope, receive, send)


def _is_guarded(scope: Scope) -> bool:
    return scope["path"].startswith("/v1/") and scope["path"] not in OPEN and scope["method"] != "OPTIONS"


def _token(scope: Scope) -> str:
    value = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    kind, _, token = value.decode("latin-1").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
