"""One opened profile with everything a window needs; the window knows nothing below this."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.account import AccountUseCases, TokenKeeper
from app.events import Events
from app.partners import DirectoryUseCases, KeepingUseCases, PartnerUseCases, ReachingUseCases
from app.posts import PostUseCases
from app.projects import ProjectUseCases
from app.pupil_work import PupilWorkUseCases
from app.rules import vocabularies
from app.safety import SafetyUseCases
from app.sync_centre import SyncCentreUseCases
from app.today import TodayUseCases
from local_db import keys
from local_db.directory.database import DirectoryDatabase
from local_db.store import Store
from local_db.tables import settings
from sync.connection import Connection
from sync.line import Line
from sync.service import Status, SyncService

if TYPE_CHECKING:
    from sync.client import ApiClient

DEFAULT_SERVER = "http://127.0.0.1:8765"


def open_in_browser(url: str) -> None:
    import webbrowser  # needed at the sign-in alone

    webbrowser.open(url)


@dataclass
class Workspace:
    """The use cases of one profile. Events: ``changed`` with a set of topics, ``status`` with a Status."""

    store: Store
    directory_db: DirectoryDatabase
    events: Events
    account: AccountUseCases
    projects: ProjectUseCases
    partners: PartnerUseCases
    directory: DirectoryUseCases
    keeping: KeepingUseCases
    reaching: ReachingUseCases
    posts: PostUseCases
    pupil_work: PupilWorkUseCases
    today: TodayUseCases
    sync_centre: SyncCentreUseCases
    safety: SafetyUseCases
    service: SyncService
    connection: Connection
    demo: bool = False
    open_browser: Callable[[str], object] = open_in_browser

    @property
    def line(self) -> Line:
        return self.connection.line

    @property
    def client(self) -> "ApiClient":
        return self.connection.client()

    def preference(self, name: str, default: Any = None) -> Any:
        return settings.get(self.store, f"preference:{name}", default)

    def prefer(self, name: str, value: Any) -> None:
        settings.put(self.store, f"preference:{name}", value)

    @property
    def directory_was_damaged(self) -> bool:
        return self.directory_db.was_damaged

    @property
    def status(self) -> Status:
        return self.service.status

    def close_thread(self) -> None:
        """Close the calling worker's own connections."""
        self.store.close_thread()
        self.directory_db.close()

    def close(self) -> None:
        self.service.stop()
        self.connection.close()
        self.partners.close()
        self.directory_db.close()
        self.store.close()


def open_workspace(
    profile: Path,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    server: str | None = None,
    line: Line | None = None,
) -> Workspace:
    """Open a profile. Raises the errors of :mod:`local_db.errors`.

    ``key`` is given where somebody else keeps it (demonstrations, tests); otherwise
    it comes from the keyring or the passphrase.
    """
    if key is None:
        key = keys.unlock(profile, passphrase)
    else:
        profile.mkdir(parents=True, exist_ok=True)
        keys.adopt(profile, key)
    store = Store.open(profile, key)
    try:
        return _wire(store, DirectoryDatabase(profile, key), server, line)
    except BaseException:
        store.close()
        raise


def _wire(store: Store, directory: DirectoryDatabase, server: str | None, line: Line | None) -> Workspace:
    if server:
        settings.put(store, "server", server)
    vocabularies.replace(settings.get(store, "vocabularies", {}))
    events, tokens = Events(), TokenKeeper(store)
    connection = Connection(settings.get(store, "server", DEFAULT_SERVER), tokens.get, tokens.keep, line)
    service = SyncService(
        store, directory, connection, lambda s: events.publish("status", s), lambda t: events.publish("changed", t)
    )

    def queued() -> None:
        service.recount()
        service.wake()

    account = AccountUseCases(store, connection, queued, tokens)
    projects = ProjectUseCases(store, account, queued)
    work = PupilWorkUseCases(store, queued)
    work.purge()
    partners = PartnerUseCases(store, directory, account, queued)
    keeping = KeepingUseCases(store, partners)
    reaching = ReachingUseCases(store, account, partners, queued)

    def count_new_people(topics: set[str]) -> None:
        if "partners" in topics and keeping.saved_searches():
            partners.in_search_thread(keeping.new_people, lambda _counts: events.publish("changed", {"searches"}))

    events.subscribe("changed", count_new_people)
    return Workspace(
        store=store,
        directory_db=directory,
        events=events,
        account=account,
        projects=projects,
        partners=partners,
        directory=DirectoryUseCases(store, connection, lambda: service.directory),
        keeping=keeping,
        reaching=reaching,
        posts=PostUseCases(store, account, queued),
        pupil_work=work,
        today=TodayUseCases(store, projects, keeping, reaching),
        sync_centre=SyncCentreUseCases(store, service),
        safety=SafetyUseCases(store),
        service=service,
        connection=connection,
    )
