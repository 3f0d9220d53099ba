"""Which countries' teachers are on this computer: choosing them by size and time, and the download's progress."""

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QListWidget, QListWidgetItem, QProgressBar, QWidget

from app.account import SyncError
from app.partners import DirectoryChoice, Offer
from app.rules.text import fold
from i18n import _, ngettext
from i18n.formats import country_name, file_size, minutes, number
from ui import words
from ui.host import Host
from ui.theme import theme
from ui.widgets.basics import EmptyState, button, card, column, label, row
from ui.widgets.eye_order import Dialog
from ui.widgets.timers import single_shot
from ui.worker import run_in_worker

ROLE = Qt.ItemDataRole.UserRole
TICKED, EMPTY = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class DirectoryStrip(QFrame):
    """A line above the results: what is missing of the directory, or how far its download is."""

    def __init__(self, host: Host, on_change: Callable[[], None]) -> None:
        super().__init__()
        self._host, self._use, self._on_change = host, host.workspace.directory, on_change
        self.stopped = threading.Event()
        self._running = False
        frame, layout = card(margin=8)
        column(self).addWidget(frame)
        self._text = label("", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(theme.px(160))
        self._bar.setAccessibleName(_("Progress of the directory"))
        self._get = button(_("Get it now"), self.fetch, "main", "download-simple")
        self._choose_button = button(_("Choose countries…"), self.choose)
        self._stop = button(_("Cancel"), self.stopped.set)
        line = row(self._text, self._bar, self._get, self._choose_button, self._stop)
        line.setStretch(0, 1)
        layout.addLayout(line)
        self.refresh()

    def refresh(self) -> None:
        """Show how the directory stands now."""
        if self._running:
            return
        missing = self._use.missing()
        undecided = (
            self._use.choice().countries is None
            and bool(self._use.offers())
            and not any(o.here for o in self._use.offers())
        )
        self._show(running=False)
        if missing:
            size, seconds = self._use.cost(self._use.choice())
            text = _("News of the directory are there: {size}, about {time}.")
            self._text.setText(text.format(size=file_size(size), time=minutes(seconds)))
        elif undecided:
            self._text.setText(
                _("The directory is large. Choose the countries whose teachers you want on this computer.")
            )
        refused = self._use.refusals()
        if refused and not missing:
            text = _(
                "A part of the directory offered was not in order and was refused. What is on this computer stays as it was."
            )
            self._text.setText(text)
            self._get.setText(_("Try again"))
        else:
            self._get.setText(_("Get it now"))
        self.setToolTip("\n".join(refused[:5]))
        self._get.setVisible(bool(missing or refused))
        self.setVisible(bool(missing or refused) or undecided)

    def choose(self) -> None:
        """Ask which countries, and get them."""
        if self.dialog().exec():
            self.fetch()

    def dialog(self) -> "DirectoryDialog":
        """The choice of countries, not shown yet."""
        return DirectoryDialog(self._use.offers(), self._use.choice(), self._use.cost, self._use.choose, self)

    def fetch(self) -> None:
        """Download in a worker while everything else goes on."""
        if self._running:
            return
        self._running = True
        self.stopped.clear()
        self._show(running=True)
        self._progress(0, 0)
        workspace = self._host.workspace
        run_in_worker(
            lambda progress: self._use.fetch(progress, self.stopped),
            self._done,
            self._failed,
            on_progress=self._progress,
            close=workspace.close_thread,
        )

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, max(1, total // 1_000))
        self._bar.setValue(done // 1_000)
        text = _("Getting the directory: {done} of {total}") if total else _("Getting the directory")
        self._text.setText(text.format(done=file_size(done), total=file_size(total)))

    def _done(self, outcome: object) -> None:
        self._running = False
        complaints = list(getattr(outcome, "complaints", []))
        self.refresh()
        self._on_change()
        if complaints:
            text = ngettext(
                "{n} part of the directory was left out: {first}",
                "{n} parts of the directory were left out: {first}",
                len(complaints),
            )
            self._host.say(text.format(n=number(len(complaints)), first=complaints[0]))
        else:
            self._host.say(_("The directory is up to date."))

    def _failed(self, error: Exception) -> None:
        self._running = False
        self.refresh()
        self._on_change()
        self._host.say(words.trouble(error.code if isinstance(error, SyncError) else "store"))

    def _show(self, *, running: bool) -> None:
        self.setVisible(True)
        for widget in (self._bar, self._stop):
            widget.setVisible(running)
        for widget in (self._get, self._choose_button):
            widget.setVisible(not running)


class DirectoryDialog(Dialog):
    """Countries with how many teachers and bytes each has; below, what the choice costs."""

    def __init__(
        self,
        offers: list[Offer],
        choice: DirectoryChoice,
        cost: Callable[[DirectoryChoice], tuple[int, float]],
        choose: Callable[[DirectoryChoice], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._offers = sorted(offers, key=lambda offer: fold(country_name(offer.country)))
        self._cost, self._choose = cost, choose
        self.setWindowTitle(_("Teachers on this computer"))
        self.resize(min(theme.px(520), 900), min(theme.px(560), 700))
        layout = column(self, spacing=8, margin=16)
        layout.addWidget(label(_("Teachers on this computer"), "cardTitle"))
        if not offers:
            layout.addWidget(
                EmptyState(
                    "cloud-slash", _("No list of countries yet"), _("Sign in and sync once; then you can choose.")
                )
            )
            layout.addLayout(row(button(_("Close"), self.reject)))
            return
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Find a country"))
        self.filter.setAccessibleName(_("Find a country"))
        self.filter.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setAccessibleName(_("Countries"))
        self.available = QCheckBox(_("Only teachers who are available for projects"))
        self.available.setChecked(choice.available_only)
        self.available.toggled.connect(self._retell)
        self._sum = label("", wrap=True)
        every, none = button(_("All"), lambda: self._tick_all(TICKED)), button(_("None"), lambda: self._tick_all(EMPTY))
        self.fetch = button(_("Get them"), self._accept, "main", "download-simple")
        for widget in (self.filter, self.list, self.available, self._sum):
            layout.addWidget(widget)
        layout.addLayout(row(every, none, button(_("Cancel"), self.reject), self.fetch))
        self._fill(choice)
        self.list.itemChanged.connect(lambda _item: self._timer.start())
        self._timer = single_shot(self, 30, self._retell)
        self._retell()

    def choice(self) -> DirectoryChoice:
        """The countries that are ticked, and whether only those who are available come."""
        items = [self.list.item(place) for place in range(self.list.count())]
        ticked = frozenset(item.data(ROLE).country for item in items if item.checkState() == TICKED)
        return DirectoryChoice(ticked, self.available.isChecked())

    def _fill(self, choice: DirectoryChoice) -> None:
        for offer in self._offers:
            item = QListWidgetItem()
            item.setData(ROLE, offer)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            wanted = offer.here if choice.countries is None else offer.country in choice.countries
            item.setCheckState(TICKED if wanted else EMPTY)
            self.list.addItem(item)

    def _retell(self) -> None:
        only = self.available.isChecked()
        self.list.blockSignals(True)
        for place in range(self.list.count()):
            item = self.list.item(place)
            offer: Offer = item.data(ROLE)
            teachers, size = (offer.available, offer.size_available) if only else (offer.teachers, offer.size)
            count = ngettext("{n} teacher", "{n} teachers", teachers).format(n=number(teachers))
            here = " · " + _("here") if offer.here else ""
            item.setText(f"{country_name(offer.country)} · {count} · {file_size(size)}{here}")
        self.list.blockSignals(False)
        choice = self.choice()
        size, seconds = self._cost(choice)
        teachers = sum(
            (o.available if only else o.teachers) for o in self._offers if o.country in (choice.countries or ())
        )
        if size:
            text = ngettext(
                "{n} teacher. Still to fetch: {size}, about {time}.",
                "{n} teachers. Still to fetch: {size}, about {time}.",
                teachers,
            )
        else:
            text = ngettext("{n} teacher. Nothing to fetch.", "{n} teachers. Nothing to fetch.", teachers)
        self._sum.setText(text.format(n=number(teachers), size=file_size(size), time=minutes(seconds)))

    def _filter(self, typed: str) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setHidden(fold(typed) not in fold(item.text()))

    def _tick_all(self, state: Qt.CheckState) -> None:
        for place in range(self.list.count()):
            if not self.list.item(place).isHidden():
                self.list.item(place).setCheckState(state)

    def _accept(self) -> None:
        self._choose(self.choice())
        self.accept()
