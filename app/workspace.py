"""One opened profile with everything a window needs; the window knows nothing below this."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.account import AccountUseCases
from app.bin import BinUseCases
from app.events import Changes, Events
from app.messages import MessageUseCases
from app.network import NetworkUseCases
from app.opened import Opened, open_profile
from app.partners import DirectoryUseCases, KeepingUseCases, PartnerUseCases, ReachingUseCases
from app.platform import PlatformUseCases
from app.posts import PostUseCases
from app.projects import ProjectUseCases
from app.pupil_work import PupilWorkUseCases
from app.rules import vocabularies
from app.safety import SafetyUseCases, StoreError
from app.search import SearchUseCases
from app.sync_centre import Status, SyncCentreUseCases
from app.task_lists import TaskListUseCases
from app.today import TodayUseCases
from app.unsent_words import UnsentWordsUseCases
from local_db.tables import settings
from sync.line import Line

if TYPE_CHECKING:
    from sync.report import Report
    from sync.service import Outcome

__all__ = ["Workspace", "open_in_browser", "open_workspace"]


def open_in_browser(url: str) -> bool:
    """Show an address in the person's browser; whether one could be started."""
    import webbrowser  # needed at the sign-in alone

    return webbrowser.open(url)


@dataclass
class Workspace:
    """The use cases of one profile. Events: ``changed`` with :class:`Changes`, ``status`` with a Status."""

    events: Events
    platform: PlatformUseCases
    network: NetworkUseCases
    account: AccountUseCases
    projects: ProjectUseCases
    task_lists: TaskListUseCases
    unsent_words: UnsentWordsUseCases
    partners: PartnerUseCases
    directory: DirectoryUseCases
    keeping: KeepingUseCases
    reaching: ReachingUseCases
    messages: MessageUseCases
    posts: PostUseCases
    pupil_work: PupilWorkUseCases
    bin: BinUseCases
    today: TodayUseCases
    sync_centre: SyncCentreUseCases
    safety: SafetyUseCases
    search: SearchUseCases
    _opened: Opened
    demo: bool = False
    open_browser: Callable[[str], object] = open_in_browser

    @property
    def online(self) -> bool:
        """Whether the line to the network is whole; a demonstration may cut it."""
        return self._opened.connection.line.connected

    @online.setter
    def online(self, connected: bool) -> None:
        self._opened.connection.line.connected = connected

    @property
    def status(self) -> Status:
        """The connection as the pill tells it."""
        return self._opened.service.status

    @property
    def directory_was_damaged(self) -> bool:
        """Whether the copy of the directory had to be begun anew at this start."""
        return self._opened.directory_db.was_damaged

    def start_syncing(self) -> None:
        """Sync from now on, by itself, in a thread of its own."""
        self._opened.service.start()

    def sync_and_wait(self) -> "Report":
        """One sync in the calling thread. Raises SyncError or StoreError."""
        return self._opened.service.sync_now()

    def sync_by_stages(self) -> "Outcome":
        """As :meth:`sync_and_wait`, but tells what failed besides the exchange. Raises as it does."""
        return self._opened.service.run()

    def preference(self, name: str, default: Any = None) -> Any:
        """What the person prefers in this profile, or ``default``."""
        return settings.get(self._opened.store, f"preference:{name}", default)

    def prefer(self, name: str, value: Any) -> None:
        """Remember a preference; ``value`` is anything JSON knows. Raises StoreError."""
        settings.put(self._opened.store, f"preference:{name}", value)

    def remember(self, name: str, value: Any) -> None:
        """Remember where the person was. A store that cannot be written now forgets it, and nothing else happens."""
        with suppress(StoreError):
            self.prefer(name, value)

    def close_thread(self) -> None:
        """Close the calling worker's own connections."""
        self._opened.close_thread()

    def close(self) -> None:
        """Stop everything that runs and close the profile."""
        self.account.signing_in.cancelled.set()
        self.partners.close()
        with suppress(StoreError):
            self.pupil_work.viewing.end()
        self._opened.close()


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
    events = Events()
    opened = open_profile(
        profile,
        passphrase=passphrase,
        key=key,
        server=server,
        line=line,
        on_status=lambda status: events.publish("status", status),
        on_topics=events.changed,
    )
    try:
        return _wire(opened, events)
    except BaseException:
        opened.close()
        raise


def _wire(opened: Opened, events: Events) -> Workspace:
    store, service, connection = opened.store, opened.service, opened.connection
    vocabularies.replace(settings.get(store, "vocabularies", {}))

    def queued() -> None:
        service.recount()
        service.wake()

    account = AccountUseCases(store, connection, queued, opened.tokens, on_stage=lambda: events.changed({"profile"}))
    projects = ProjectUseCases(store, account, queued)
    work = PupilWorkUseCases(store, queued)
    work.purge()
    partners = PartnerUseCases(store, opened.directory_db, account, queued)
    keeping = KeepingUseCases(store, partners)
    reaching = ReachingUseCases(store, account, partners, queued)

    def count_new_people(changes: Changes) -> None:
        if "partners" in changes and keeping.saved_searches():
            partners.in_search_thread(keeping.new_people, lambda _counts: events.changed({"searches"}))

    events.subscribe("changed", count_new_people)
    task_lists, sync_centre = TaskListUseCases(store, account, queued), SyncCentreUseCases(store, service)
    return Workspace(
        events=events,
        platform=PlatformUseCases(store, connection, service, lambda: bool(account.signing_in.stage)),
        network=NetworkUseCases(store, connection),
        account=account,
        projects=projects,
        task_lists=task_lists,
        bin=BinUseCases(store, projects, work, task_lists, queued),
        unsent_words=UnsentWordsUseCases(store, account, projects, queued),
        partners=partners,
        directory=DirectoryUseCases(store, connection, lambda: service.directory),
        keeping=keeping,
        reaching=reaching,
        messages=MessageUseCases(store, account, partners, reaching, projects, queued),
        posts=PostUseCases(store, account, queued),
        pupil_work=work,
        today=TodayUseCases(store, [projects.today, partners.today, reaching.today, keeping.today, sync_centre.today]),
        sync_centre=sync_centre,
        safety=SafetyUseCases(store),
        search=SearchUseCases(store, partners),
        _opened=opened,
    )
