"""Signing in: OAuth 2.0 authorization code with PKCE for a native app (RFC 6749, 7636, 8252), by hand.

The platform knows one client and two grants; a library for every kind of both would be more than they are.
"""

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from server.accounts import attempts, codes, tokens
from server.accounts.page import sign_in_page
from server.accounts.passwords import account_with
from server.accounts.signed_in import Anyone, Db
from server.core.addresses import client_address
from server.core.database import School
from server.core.problems import ProblemError
from sync.protocol import messages

CLIENT_ID = "twindesk"
_NO_NUL = r"^[^\x00]*$"  # which no database keeps in a text
router = APIRouter()


@router.get("/oauth/authorize", response_class=HTMLResponse)
def show_sign_in(
    response_type: Annotated[str, Query(max_length=20)],
    client_id: Annotated[str, Query(max_length=40)],
    redirect_uri: Annotated[str, Query(max_length=200)],
    state: Annotated[str, Query(max_length=200)],
    code_challenge: Annotated[str, Query(min_length=43, max_length=128)],
    code_challenge_method: Annotated[str, Query(max_length=10)],
) -> HTMLResponse:
    """The sign-in page, opened in the person's own browser."""
    _check_client(response_type, client_id, redirect_uri, code_challenge_method)
    return sign_in_page(redirect_uri, state, code_challenge)


@router.post("/oauth/authorize", response_class=HTMLResponse)
def sign_in(
    request: Request,
    db: Db,
    email: Annotated[str, Form(max_length=200, pattern=_NO_NUL)],
    password: Annotated[str, Form(max_length=200, pattern=_NO_NUL)],
    redirect_uri: Annotated[str, Form(max_length=200, pattern=_NO_NUL)],
    state: Annotated[str, Form(max_length=200)],
    code_challenge: Annotated[str, Form(min_length=43, max_length=128, pattern=_NO_NUL)],
) -> Response:
    """Check the password and hand a code to the program's loopback address."""
    _check_client("code", CLIENT_ID, redirect_uri, "S256")
    address = client_address(request.scope, request.app.state.limits.trusted_proxies)
    wait = attempts.take(db, email, address)
    if wait:
        sentence = f"Too many wrong passwords. Try again in {_minutes(wait)}."
        return sign_in_page(redirect_uri, state, code_challenge, sentence, 429, wait)
    account = account_with(db, email, password)
    if account is None:
        return sign_in_page(redirect_uri, state, code_challenge, "E-mail or password is not right.", 401)
    attempts.give_back(db, email, address)
    code = codes.make(db, account["id"], code_challenge, redirect_uri)
    return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)


@router.post("/oauth/token", response_model=messages.Tokens)
def token(
    db: Db,
    grant_type: Annotated[str, Form(max_length=40)],
    code: Annotated[str, Form(max_length=200)] = "",
    code_verifier: Annotated[str, Form(max_length=128)] = "",
    redirect_uri: Annotated[str, Form(max_length=200)] = "",
    refresh_token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Exchange a code, or a refresh token, for new tokens."""
    if grant_type == "authorization_code":
        pair = codes.redeem(db, code, code_verifier, redirect_uri)
    elif grant_type == "refresh_token":
        pair = tokens.refresh(db, refresh_token)
    else:
        return _no("unsupported_grant_type")
    return JSONResponse(pair, headers={"Cache-Control": "no-store"}) if pair else _no("invalid_grant")


@router.post("/oauth/revoke", status_code=200)
def revoke(db: Db, token: Annotated[str, Form(max_length=200)]) -> dict[str, bool]:
    """Sign out (RFC 7009): the token's whole family ends."""
    tokens.revoke(db, token)
    return {"done": True}


@router.get("/v1/me", response_model=messages.Account)
def me(account: Anyone, db: Db) -> messages.Account:
    """Who is signed in."""
    school = db.one(School.select().where(School.id == account["school_id"]))
    return messages.Account(
        id=account["id"],
        name=account["name"],
        email=account["email"],
        role=account["role"],
        country=account["country"],
        school=f"{school['name']}, {school['town']}" if school else "",
    )


def _no(error: str) -> JSONResponse:
    return JSONResponse({"error": error}, 400, {"Cache-Control": "no-store"})


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _check_client(response_type: str, client_id: str, redirect_uri: str, method: str) -> None:
    ours = response_type == "code" and client_id == CLIENT_ID and method == "S256"
    if not ours or not _is_loopback(redirect_uri):
        raise ProblemError(400, "invalid_request", "Only TwinDesk on this computer may ask here")


def _is_loopback(address: str) -> bool:
    """Whether an address is one of this computer's own, on any port (RFC 8252, section 7.3)."""
    try:
        parts = urlsplit(address)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1") and plain and parts.port != 0
    except ValueError:
        return False
