"""Who asks: FastAPI dependencies for the database and for the account of a request.

``Teacher`` is for every route of a teacher's; ``Anyone`` also lets a national office in. The token itself is looked up by
``server.accounts.gate`` before anything of the request's body is read.
"""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from server.core.database import Database
from server.core.problems import ProblemError

SCOPE_KEY = "twindesk.account"  # where the gate leaves the account in a request's ASGI scope
TEACHER = "teacher"
_bearer = HTTPBearer(auto_error=False, description="An access token from /oauth/token")


def database(request: Request) -> Database:
    """The platform's database."""
    db: Database = request.app.state.database
    return db


def anyone(
    request: Request, _token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> dict[str, Any]:
    """The account that is signed in, of whatever role. Raises ProblemError (401) where nobody is."""
    account: dict[str, Any] | None = request.scope.get(SCOPE_KEY)
    if account is None:
        raise sign_in_needed()
    return account


def teacher(account: Annotated[dict[str, Any], Depends(anyone)]) -> dict[str, Any]:
    """The teacher who is signed in. Raises ProblemError: 401 where nobody is, 403 for a national office."""
    if account["role"] != TEACHER:
        raise ProblemError(403, "teachers_only", "This is for teachers; a national office decides from its own tools")
    return account


def sign_in_needed() -> ProblemError:
    """What a request without a good token is told."""
    return ProblemError(401, "sign_in_needed", "Sign in again", {"WWW-Authenticate": "Bearer"})


Db = Annotated[Database, Depends(database)]
Anyone = Annotated[dict[str, Any], Depends(anyone)]
Teacher = Annotated[dict[str, Any], Depends(teacher)]
