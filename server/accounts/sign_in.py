"""Signing in: OAuth 2.0 authorization code with PKCE for a native app (RFC 6749, 7636, 8252).

Tokens are random and kept as hashes. A refresh token works once. If the answer
to a refresh was lost, the old token works again as long as its successor was
never used; a token used after its successor was used is a theft, and the whole
family ends.
"""

import hashlib
import html
import secrets
import time
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from server.core.database import Account, AuthCode, Database, School, Token
from server.core.problems import ProblemError
from sync.protocol import messages

CLIENT_ID = "twindesk"
ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 60 * 24 * 3600
CODE_SECONDS = 120
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1
)  # OWASP's floor: sign-ins must not tire the server
_bearer = HTTPBearer(auto_error=False, description="An access token from /oauth/token")
router = APIRouter()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def database(request: Request) -> Database:
    db: Database = request.app.state.database
    return db


Db = Annotated[Database, Depends(database)]


def signed_in(db: Db, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> dict[str, Any]:
    """The account of the request's access token. 401 without a valid one."""
    token = (
        db.one(Token.select().where(Token.hash == _hash(bearer.credentials), Token.kind == "access"))
        if bearer
        else None
    )
    if token is None or token["expires"] < time.time():
        raise ProblemError(401, "sign_in_needed", "Sign in again", {"WWW-Authenticate": "Bearer"})
    account = db.one(Account.select().where(Account.id == token["account_id"]))
    if account is None:
        raise ProblemError(401, "sign_in_needed", "The account is gone", {"WWW-Authenticate": "Bearer"})
    return account


SignedIn = Annotated[dict[str, Any], Depends(signed_in)]


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
    return HTMLResponse(_page(redirect_uri, state, code_challenge))


@router.post("/oauth/authorize", response_class=HTMLResponse)
def sign_in(
    db: Db,
    email: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=200)],
    redirect_uri: Annotated[str, Form(max_length=200)],
    state: Annotated[str, Form(max_length=200)],
    code_challenge: Annotated[str, Form(min_length=43, max_length=128)],
) -> Response:
    """Check the password and hand a code to the program's loopback address."""
    _check_client("code", CLIENT_ID, redirect_uri, "S256")
    account = db.one(Account.select().where(Account.email == email.strip().lower().replace("\0", "")))
    if not _password_fits(account, password):
        return HTMLResponse(_page(redirect_uri, state, code_challenge, "E-mail or password is not right."), 401)
    assert account is not None
    code = secrets.token_urlsafe(32)
    db.run(
        AuthCode.insert(
            hash=_hash(code),
            account_id=account["id"],
            challenge=code_challenge,
            redirect_uri=redirect_uri,
            expires=time.time() + CODE_SECONDS,
        )
    )
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
    with db.transaction():
        if grant_type == "authorization_code":
            tokens = _by_code(db, code, code_verifier, redirect_uri)
        elif grant_type == "refresh_token":
            tokens = _by_refresh(db, refresh_token)
        else:
            tokens = None
    if tokens is None:
        return JSONResponse({"error": "invalid_grant"}, 400, {"Cache-Control": "no-store"})
    return JSONResponse(tokens, headers={"Cache-Control": "no-store"})


@router.post("/oauth/revoke", status_code=200)
def revoke(db: Db, token: Annotated[str, Form(max_length=200)]) -> dict[str, bool]:
    """Sign out (RFC 7009): the token's whole family ends."""
    found = db.one(Token.select().where(Token.hash == _hash(token)))
    if found:
        db.run(Token.delete().where(Token.family == found["family"]))
    return {"done": True}


@router.get("/v1/me", response_model=messages.Account)
def me(account: SignedIn, db: Db) -> messages.Account:
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


def _by_code(db: Database, code: str, verifier: str, redirect_uri: str) -> dict[str, Any] | None:
    row = db.one(AuthCode.select().where(AuthCode.hash == _hash(code)))
    db.run(AuthCode.delete().where(AuthCode.hash == _hash(code)))
    fits = (
        row is not None
        and row["expires"] > time.time()
        and row["redirect_uri"] == redirect_uri
        and secrets.compare_digest(create_s256_code_challenge(verifier), row["challenge"])
    )
    return _issue(db, row["account_id"], secrets.token_hex(8), "") if fits and row else None


def _by_refresh(db: Database, refresh: str) -> dict[str, Any] | None:
    row = db.one(Token.select().where(Token.hash == _hash(refresh), Token.kind == "refresh"))
    if row is None or row["expires"] < time.time():
        return None
    if row["used"]:
        successors = db.all(Token.select().where(Token.parent == row["hash"]))
        if not successors or any(successor["used"] for successor in successors):
            db.run(Token.delete().where(Token.family == row["family"]))
            return None
        db.run(Token.delete().where(Token.parent == row["hash"]))
    if row["parent"]:
        db.run(Token.delete().where(Token.family == row["family"], Token.kind == "access"))
    db.run(Token.update(used=True).where(Token.hash == row["hash"]))
    return _issue(db, row["account_id"], row["family"], row["hash"])


def _issue(db: Database, account_id: str, family: str, parent: str) -> dict[str, Any]:
    access, refresh, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), time.time()
    for value, kind, seconds in ((access, "access", ACCESS_SECONDS), (refresh, "refresh", REFRESH_SECONDS)):
        mark = parent if kind == "refresh" else ""
        db.run(
            Token.insert(
                hash=_hash(value), kind=kind, family=family, parent=mark, account_id=account_id, expires=now + seconds
            )
        )
    return {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_DUMMY = hash_password("nobody's password")


def _password_fits(account: dict[str, Any] | None, password: str) -> bool:
    try:  # the hash is computed for unknown people too, so that time does not tell who exists
        return _hasher.verify(account["password"] if account else _DUMMY, password) and account is not None
    except VerificationError:
        return False


def _check_client(response_type: str, client_id: str, redirect_uri: str, method: str) -> None:
    address = urlsplit(redirect_uri)
    loopback = address.scheme == "http" and address.hostname in ("127.0.0.1", "::1")
    if response_type != "code" or client_id != CLIENT_ID or method != "S256" or not loopback:
        raise ProblemError(400, "invalid_request", "Only TwinDesk on this computer may ask here")


def _page(redirect_uri: str, state: str, challenge: str, error: str = "") -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("redirect_uri", redirect_uri), ("state", state), ("code_challenge", challenge))
    )
    message = f'<p role="alert">{html.escape(error)}</p>' if error else ""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px system-ui;max-width:22rem;margin:4rem auto;padding:0 1rem}}label,input,button{{display:block;
width:100%;box-sizing:border-box}}input{{padding:.6rem;margin:.2rem 0 1rem}}button{{padding:.7rem;background:#0b5cad;
color:#fff;border:0;border-radius:8px}}p{{color:#b3261e}}</style>
<h1>Sign in</h1>{message}<form method="post" action="/oauth/authorize">{hidden}
<label>E-mail<input name="email" type="email" autocomplete="username" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in and return to TwinDesk</button></form></html>"""
