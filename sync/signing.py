"""Requests signed with an access token, renewed by one thread at a time."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ValidationError

from sync.answers import Answer
from sync.errors import BadAnswerError, KeyringLockedError, RefusedError, SignInNeededError, WrongAccountError
from sync.line import Line
from sync.protocol.messages import Account, Tokens
from sync.transport import Transport, check

CLIENT_ID = "twindesk"
RENEWALS = 3  # tries with a kept token that changes meanwhile
M = TypeVar("M", bound=BaseModel)


class SignedTransport(Transport):
    """A transport that knows who is signed in.

    ``refresh_token`` gives the kept token, ``keep_token`` stores a new one or forgets it with None. The access token is
    in memory only. One thread renews it at a time: the others wait and take what it got.
    """

    def __init__(
        self,
        base_url: str,
        refresh_token: Callable[[], str | None],
        keep_token: Callable[[str | None], None],
        line: Line | None = None,
    ) -> None:
        super().__init__(base_url, line)
        self._refresh_token, self._keep_token = refresh_token, keep_token
        self._access: str | None = None
        self._whose = ""  # the account the tokens were seen to belong to
        self._changing = threading.RLock()

    # -- whose tokens these are --------------------------------------------------------------

    def check_account(self, mine: str) -> None:
        """Ask once whose the token is. Raises WrongAccountError unless it is ``mine``; call it before anything is sent."""
        whose = self._whose or self.me().id
        if whose != mine:
            raise WrongAccountError("the token belongs to another account than the profile")
        self._whose = whose

    def me(self) -> Account:
        """Who is signed in."""
        return parsed(Account, self.ask("GET", "v1/me"))

    def owner_of(self, tokens: Tokens) -> Account:
        """Whose tokens these are, asked with them and without keeping them."""
        return parsed(Account, self.read(self.send("GET", "v1/me", token=tokens.access_token)))

    # -- tokens ------------------------------------------------------------------------------

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """The tokens for a sign-in page's ``code`` (RFC 6749, 4.1.3; RFC 7636). They are not kept."""
        return self._grant("authorization_code", code=code, code_verifier=verifier, redirect_uri=redirect_uri)

    def adopt(self, tokens: Tokens, account_id: str, keep: Callable[[], None]) -> None:
        """Go on with the tokens of ``account_id``. ``keep`` stores them while no other thread renews any."""
        with self._changing:
            keep()
            self._access, self._whose = tokens.access_token, account_id

    def refresh(self) -> None:
        """Get a new access token. Raises SignInNeededError when the kept token is no longer good."""
        with self._changing:
            for _try in range(RENEWALS):
                kept = self._refresh_token()
                if not kept:
                    raise SignInNeededError("nobody is signed in")
                try:
                    tokens = self._grant("refresh_token", refresh_token=kept)
                except RefusedError as refused:
                    if refused.problem != "invalid_grant":
                        raise
                    self._forget_if_unchanged(kept)
                else:
                    self._access = tokens.access_token
                    self._keep_token(tokens.refresh_token)
                    return
        raise SignInNeededError("the kept token was renewed elsewhere again and again")

    def _forget_if_unchanged(self, kept: str) -> None:
        """Another program or thread may have renewed the token while this one asked: then its token is tried."""
        if self._refresh_token() == kept:
            self._keep_token(None)
            raise SignInNeededError("the kept token is no longer good")

    def forget(self) -> str | None:
        """Forget the tokens here and now; returns the refresh token, which is to be revoked, as far as it can be read."""
        with self._changing:
            self._access, self._whose = None, ""
            try:
                kept = self._refresh_token()
            except KeyringLockedError:
                kept = None
            self._keep_token(None)
            return kept

    def revoke(self, token: str) -> None:
        """End a refresh token, and all that came of the same sign-in, on the platform (RFC 7009)."""
        self.read(self.send("POST", "oauth/revoke", {"token": token, "client_id": CLIENT_ID}))

    def _grant(self, kind: str, **form: str) -> Tokens:
        answer = self.read(self.send("POST", "oauth/token", {"grant_type": kind, "client_id": CLIENT_ID, **form}))
        return parsed(Tokens, answer)

    # -- requests ----------------------------------------------------------------------------

    def ask(self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """A signed request and its whole answer. Raises SyncError."""
        return self.read(self.open(method, path, data, headers))

    def open(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """A signed request; the good answer's body is still to come. A token that ran out is renewed once."""
        response = self.send(method, path, data, headers, self._token())
        if response.status_code == 401:
            response.close()
            response = self.send(method, path, data, headers, self._token(instead_of=self._access))
        check(response)
        return response

    def _token(self, instead_of: str | None = None) -> str:
        with self._changing:
            if self._access is None or self._access == instead_of:
                self._access = None
                self.refresh()
            return self._access or ""


def parsed(model: type[M], answer: Answer) -> M:
    """An answer's body as ``model``. Raises BadAnswerError, which tells places and kinds of faults but no values."""
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        places = "; ".join(f"{'/'.join(map(str, e['loc']))[:80]}: {e['type']}" for e in error.errors()[:3])
        raise BadAnswerError(f"not a {model.__name__}: {places}") from None
    except RecursionError:
        raise BadAnswerError("nested too deep") from None
