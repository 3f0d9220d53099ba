"""Where a profile's refresh token is kept."""

import hashlib
import re
import threading
from typing import Any

from local_db import keys
from local_db.store import Store
from local_db.tables import settings
from sync.errors import KeyringLockedError

TOKEN = "refresh-token"
_TOKEN = re.compile(r"[!-~]{1,1000}")  # no platform's token has blanks or other signs (RFC 6749)


class TokenKeeper:
    """The refresh token: in the keyring, else in the encrypted store; never in clear.

    Beside it the store keeps the account it belongs to and a hash of it, so that a token left by a crash, or by another
    account, is recognised. A keyring that is locked when a new token comes does not lose it: the store takes it. For any
    thread.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.RLock()
        self._unsaved: str | None = None  # a new token that the store could not take, on a full disk

    def get(self) -> str | None:
        """The token; None when nobody is signed in. Raises KeyringLockedError."""
        with self._lock:
            if self._unsaved:
                return self._unsaved
            note = self._note()
            if note["out"] or note["account"] not in ("", self._account()):
                return None
            return self._newest(note)

    def announce(self, token: str, account_id: str) -> None:
        """Note that ``token`` is coming, inside the transaction that makes ``account_id`` the profile's account."""
        note = {**self._note(), "out": False, "account": account_id, "hash": _hash(token)}
        if not keys.keyring_works():
            note["token"] = token
        settings.put(self._store, TOKEN, note)

    def keep(self, token: str | None) -> None:
        """Keep a new token, or forget it with None. Raises StoreError, and then holds the token in memory."""
        with self._lock:
            self._unsaved = token
            if token is None:
                self._forget()
            else:
                self._replace(token)
            self._unsaved = None

    def _replace(self, token: str) -> None:
        self.announce(token, self._account())
        in_keyring = self._to_keyring(token)
        settings.put(self._store, TOKEN, {**self._note(), "token": None if in_keyring else token})

    def _forget(self) -> None:
        settings.put(self._store, TOKEN, {"out": True, "account": "", "hash": "", "token": None})
        self._to_keyring(None)  # what a locked keyring holds back counts for nothing any more

    def _newest(self, note: dict[str, Any]) -> str | None:
        try:
            kept = _plausible(keys.secret_get(self._store.profile, TOKEN))
        except Exception as error:  # a backend may raise anything: D-Bus, Windows, a plug-in
            if note["token"] and _hash(note["token"]) == note["hash"]:
                return str(note["token"])
            raise KeyringLockedError(type(error).__name__) from error
        if kept and (_hash(kept) == note["hash"] or not note["token"]):
            return kept
        return note["token"]

    def _to_keyring(self, token: str | None) -> bool:
        try:
            return keys.secret_set(self._store.profile, TOKEN, token)
        except Exception:  # as above; the store keeps it instead
            return False

    def _note(self) -> dict[str, Any]:
        empty = {"out": False, "account": "", "hash": "", "token": None}
        kept = settings.get(self._store, TOKEN)
        if isinstance(kept, str):  # as earlier versions kept it
            return {**empty, "token": kept, "hash": _hash(kept)}
        return {**empty, **kept} if isinstance(kept, dict) else empty

    def _account(self) -> str:
        return str(settings.get(self._store, "account", {}).get("id", ""))


def _plausible(kept: object) -> str | None:
    """What the keyring has, if it can be a token. Raises ValueError for rubbish, which is not to be tried and forgotten."""
    if not kept:
        return None
    if not isinstance(kept, str) or not _TOKEN.fullmatch(kept):
        raise ValueError("the keyring has something else")
    return kept


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
