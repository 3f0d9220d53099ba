"""Tokens that are forgotten here and still to be ended on the platform, which may be out of reach just now."""

from local_db.store import Store
from local_db.tables import settings
from sync.errors import SyncError
from sync.signing import SignedTransport

NAME = "tokens_to_revoke"
MOST = 20  # older ones run out by themselves


def remember(store: Store, token: str) -> None:
    """Put a token on the list, in the encrypted store."""
    settings.put(store, NAME, [*waiting(store), token][-MOST:])


def drop(store: Store) -> None:
    """End nothing any more: another platform is not to see these tokens. They run out by themselves."""
    settings.put(store, NAME, [])


def waiting(store: Store) -> list[str]:
    """The tokens still to be ended."""
    kept = settings.get(store, NAME, [])
    return [token for token in kept if isinstance(token, str)] if isinstance(kept, list) else []


def forget_tokens(store: Store, client: SignedTransport) -> None:
    """Sign out here at once; the platform is told by :func:`try_all`. Raises StoreError, KeyringLockedError."""
    token = client.forget()
    if token:
        remember(store, token)


def try_all(store: Store, client: SignedTransport) -> None:
    """Tell the platform; what cannot be told now stays on the list. A failure is no reason not to sync."""
    for token in waiting(store):
        try:
            client.revoke(token)
        except SyncError:
            return
        settings.put(store, NAME, [other for other in waiting(store) if other != token])
