"""Who is signed in, and where the token is kept."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.rules.text import storable
from app.tokens import TokenKeeper
from local_db.store import Store
from local_db.tables import records, settings
from sync.connection import Connection
from sync.errors import SignInCancelledError, SyncError
from sync.protocol.fields import Text
from sync.protocol.kinds.profile import PROFILE

__all__ = ["Account", "AccountUseCases", "OtherAccountError", "SyncError", "TokenKeeper"]

if TYPE_CHECKING:
    from sync.client import ApiClient
    from sync.protocol.messages import Account as Me
    from sync.protocol.messages import Tokens

OpenBrowser = Callable[[str], object]
COMPLETE = ("about", "languages", "subjects", "available", "keepable", "school", "town")
MOST_CHARACTERS = {name: field.type.limit for name, field in PROFILE.by_name.items() if isinstance(field.type, Text)}


@dataclass(frozen=True)
class Account:
    """The teacher as the platform knows them. Before the first sign-in ``id`` is empty, name and school are as typed here."""

    id: str = ""
    name: str = ""
    email: str = ""
    country: str = ""
    school: str = ""


@dataclass(frozen=True)
class SigningIn:
    """How a sign-in stands. ``stage``: empty for none, ``looking`` for the platform, ``waiting`` for the browser's answer.

    ``error`` is why the last one came to nothing. Setting ``cancelled`` ends it.
    """

    stage: str = ""
    error: Exception | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class AccountUseCases:
    """Signing in and out, and the teacher's own profile on the platform."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        queued: Callable[[], None],
        tokens: TokenKeeper | None = None,
        on_stage: Callable[[], None] = lambda: None,
    ) -> None:
        """``on_stage`` is called, from the thread of the sign-in, whenever :attr:`signing_in` says something else."""
        self._store, self._connection, self._queued = store, connection, queued
        self._tokens = tokens or TokenKeeper(store)
        self._on_stage = on_stage
        self.signing_in, self._beginning = SigningIn(), threading.Lock()

    @property
    def current(self) -> Account:
        """The account the profile belongs to, also while nobody is signed in."""
        return Account(**settings.get(self._store, "account", {}))

    def introduce(self, name: str, school: str) -> None:
        """Who works here, before anybody has signed in; the platform's own words replace it then. Raises StoreError."""
        if self.current.id:
            return
        texts = {"name": storable(name).strip(), "school": storable(school).strip()}
        settings.put(self._store, "account", {key: text[: MOST_CHARACTERS["school"]] for key, text in texts.items()})

    def sign_in(self, open_browser: OpenBrowser, done_text: str, cancelled: threading.Event) -> Account:
        """Sign in through the browser; for a worker thread. Raises SyncError.

        Another person's account does not enter a profile that has one: their unsent work would go out under the wrong
        name. So the new tokens stay in memory until it is known whose they are; if that cannot be learnt, or they are
        somebody else's, nothing has changed and they are ended.
        """
        from sync.sign_in import sign_in  # loaded at the first sign-in, not at every start

        client = self._connection.client()
        client.health()  # else a browser would open on nothing
        tokens = sign_in(client, self._telling(open_browser), done_text, cancelled)
        try:
            me = client.owner_of(tokens)
            self._see_whose(me)
            if cancelled.is_set():
                raise SignInCancelledError("given up after the browser had answered")
        except BaseException:
            self._end(client, tokens.refresh_token)
            raise
        try:
            client.adopt(tokens, me.id, lambda: self._keep(tokens, me, client.base_url))
        except (OtherAccountError, SignInCancelledError):
            self._end(client, tokens.refresh_token)
            raise
        return self.current

    def _see_whose(self, me: "Me") -> None:
        before = self.current
        if before.id and before.id != me.id:
            raise OtherAccountError(before.name)

    def sign_in_and_tell(self, open_browser: OpenBrowser, done_text: str) -> Account:
        """As :meth:`sign_in`, and :attr:`signing_in` tells how it stands. Raises as it does.

        One at a time: SignInCancelledError while another one is under way, which goes on.
        """
        with self._beginning:
            if self.signing_in.stage:
                raise SignInCancelledError("another sign-in is under way")
            state = self.signing_in = SigningIn("looking")
        self._on_stage()
        try:
            me = self.sign_in(open_browser, done_text, state.cancelled)
        except Exception as error:
            self._stage(SigningIn(error=error))
            raise
        self._stage(SigningIn())
        return me

    def _telling(self, open_browser: OpenBrowser) -> OpenBrowser:
        """Opens the browser, and then says that it has opened."""

        def opened(url: str) -> object:
            found = open_browser(url)
            if found is not False and self.signing_in.stage:
                self._stage(replace(self.signing_in, stage="waiting"))
            return found

        return opened

    def _stage(self, state: "SigningIn") -> None:
        self.signing_in = state
        self._on_stage()

    def sign_out(self) -> None:
        """Forget the tokens here at once, and end them on the platform now or later.

        The account stays the profile's, so that nothing mixes later.
        """
        from sync import revocations

        client = self._connection.client()
        revocations.forget_tokens(self._store, client)
        revocations.try_all(self._store, client)

    def _keep(self, tokens: "Tokens", me: "Me", address: str) -> None:
        """Account and token enter the store in one transaction; the keyring gets its copy once that is certain.

        Raises SignInCancelledError when another platform was chosen meanwhile, which must not get this one's tokens, and
        OtherAccountError when somebody else has signed in meanwhile.
        """
        with self._store.transaction():
            self._see_whose(me)
            if not self._is_ours(address):
                raise SignInCancelledError("another platform was chosen")
            settings.put(self._store, "account", _kept(me))
            self._tokens.announce(tokens.refresh_token, me.id)
        self._tokens.keep(tokens.refresh_token)

    def _is_ours(self, address: str) -> bool:
        return str(settings.get(self._store, "server", "")).rstrip("/") == address.rstrip("/")

    def _end(self, client: "ApiClient", token: str) -> None:
        """Have the platform end tokens that are not kept; now, or later where it is still the profile's platform."""
        from sync import revocations

        try:
            client.revoke(token)
        except SyncError:
            with self._store.transaction():
                if self._is_ours(client.base_url):
                    revocations.remember(self._store, token)

    def profile_fields(self) -> dict[str, object]:
        """The own public profile as it was last edited here; empty before that."""
        row = records.get(self._store, "profile", self.current.id)
        return dict(row.fields) if row else {}

    def profile(self) -> dict[str, Any]:
        """The own public profile with every field there: as it was last edited here, else as the platform knows it."""
        me = self.current
        school, _comma, town = me.school.rpartition(", ")
        usual = {
            "about": "",
            "languages": [],
            "subjects": [],
            "age_from": 10,
            "age_to": 14,
            "school": school or me.school,
            "town": town if school else "",
            "school_type": "school",
            "available": False,
            "keepable": True,
        }
        return {
            **usual,
            **{name: value for name, value in self.profile_fields().items() if name in usual and value is not None},
        }

    def missing_of_profile(self) -> list[str]:
        """What others would miss in the own profile, by field."""
        return [name for name in COMPLETE if not self.profile()[name]]

    def change_profile(self, **fields: object) -> None:
        """Change the own public profile, kept at once and sent later."""
        me = self.current.id
        clean = {name: storable(value) if isinstance(value, str) else value for name, value in fields.items()}
        records.change(self._store, "profile", me, f"account:{me}", clean)
        self._queued()


class OtherAccountError(Exception):
    """The profile on this computer belongs to ``owner``."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


def _kept(me: "Me") -> dict[str, str]:
    return {"id": me.id, "name": me.name, "email": me.email, "country": me.country, "school": me.school}
