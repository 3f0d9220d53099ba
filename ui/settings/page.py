"""Settings: sign-in, own public profile, language, look, and the store's safety."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.account import Account, OtherAccountError, SyncError
from i18n import _, available, language, mark
from i18n.formats import clock, language_name, percent
from ui import words
from ui.host import Host
from ui.settings.platform import PlatformPart
from ui.settings.proxy import CODE, sign_in_to_proxy
from ui.theme import theme
from ui.tokens import SCALES
from ui.widgets.basics import Page, button, card, column, label, row, scrolled
from ui.worker import run_in_worker

LOOKS = (("system", mark("As the system")), ("light", mark("Light")), ("dark", mark("Dark")))


class SettingsPage(Page):
    """Who is signed in, language and look, and the safety of the store."""

    listens_to = frozenset({"profile"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("Settings"))
        self._host = host
        inner = QWidget()
        inner.setMaximumWidth(theme.px(760))
        body = column(inner, spacing=12)
        for build in (self._account_card, self._profile_card, self._look_card, self._store_card):
            frame, layout = card()
            build(layout)
            body.addWidget(frame)
        body.addStretch()
        self._area = scrolled(inner)
        self.body.addWidget(self._area, 1)

    def show_part(self, name: str) -> None:
        """Bring a part of the settings into view, with the focus: one of ``PARTS`` in :mod:`ui.settings.actions`."""
        parts = {
            "address": (self.platform.field, self.platform.change, self._in, self._out),
            "account": (self._in, self._out),
            "profile": (self._edit,),
            "language": (self._language,),
            "look": (self._look,),
            "scale": (self._scale,),
            "copies": (self._backup_button,),
        }
        shown = next((widget for widget in parts[name] if widget.isVisibleTo(self)), self._in)
        shown.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(shown, 0, theme.px(80))

    # -- account ---------------------------------------------------------------------------

    def _account_card(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(_("Account"), "cardTitle"))
        self._who = label("", wrap=True)
        self._message = label("", "bad", wrap=True)
        self._in = button(_("Sign in to the platform"), self.sign_in, "main", "user-circle")
        self._cancel = button(_("Cancel"), lambda: self._host.workspace.account.signing_in.cancelled.set())
        self._out = button(_("Sign out"), self._sign_out)
        self.platform = PlatformPart(self._host, self.sign_in)
        for widget in (self._who, self._message):
            layout.addWidget(widget)
        layout.addLayout(row(self._in, self._cancel, self._out, stretch=True))
        layout.addWidget(self.platform)

    def sign_in(self) -> None:
        """Ask for the address if there is none, open the browser, and wait for its answer in a worker."""
        workspace = self._host.workspace
        if workspace.account.signing_in.stage or self.platform.ask_first():
            return
        text = _("You are signed in. You can close this page and return to TwinDesk.")
        window = self.window()
        run_in_worker(
            lambda _progress: workspace.account.sign_in_and_tell(workspace.open_browser, text),
            self._signed_in,
            lambda error: self._network_first(error, window),  # the page shows how the sign-in stands
            close=workspace.close_thread,
            owner=self.window(),
        )

    def _network_first(self, error: Exception, window: QWidget) -> None:
        """Where only the network's proxy stood in the way, sign in to it and go on."""
        if getattr(error, "code", "") == CODE and sign_in_to_proxy(self._host.workspace, window):
            self._host.do("sign-in")

    def _signed_in(self, account: Account) -> None:
        self._host.workspace.sync_centre.sync_now()
        self._host.say(_("You are signed in as {name}.").format(name=account.name))

    def _show_sign_in(self) -> None:
        """How a sign-in stands, also one that was begun before the page was built."""
        state = self._host.workspace.account.signing_in
        self._cancel.setVisible(bool(state.stage))
        self._in.setEnabled(not state.stage)
        if state.stage == "looking":
            self._who.setText(_("Looking whether the platform answers…"))
        elif state.stage == "waiting":
            self._who.setText(_("Your browser has opened. Sign in there; TwinDesk goes on by itself."))
        self._message.setText(_why_not(state.error))
        self._message.setVisible(state.error is not None)

    def _not_signed_out(self, error: Exception) -> None:
        self.refresh()
        self._message.setText(_why_not(error))
        self._message.show()

    def _sign_out(self) -> None:
        workspace = self._host.workspace
        run_in_worker(
            lambda _progress: workspace.account.sign_out(),
            lambda _none: self.refresh(),
            self._not_signed_out,
            close=workspace.close_thread,
        )
        self._host.say(_("You are signed out. Your work stays on this computer."))

    def _profile_card(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(_("Your public profile"), "cardTitle"))
        layout.addWidget(label(_("Other teachers see this in the directory."), "muted"))
        self._edit = button(_("Edit my profile"), lambda: self._host.go("profile"), icon="identification-card")
        layout.addLayout(row(self._edit, stretch=True))

    # -- language and look -----------------------------------------------------------------

    def _look_card(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(_("Language and look"), "cardTitle"))
        self._language = QComboBox()
        for code in available():
            self._language.addItem(language_name(code), code)
        self._look = QComboBox()
        for code, text in LOOKS:
            self._look.addItem(_(text), code)
        self._scale = QComboBox()
        for scale in SCALES:
            self._scale.addItem(percent(scale), scale)
        for text, box in ((_("Language"), self._language), (_("Colours"), self._look), (_("Text size"), self._scale)):
            box.setAccessibleName(text)
            box.setMinimumWidth(theme.px(200))
            name = label(text)
            name.setMinimumWidth(theme.px(140))
            layout.addLayout(row(name, box, stretch=True))
        self._language.activated.connect(self._change_language)
        self._look.activated.connect(self._change_look)
        self._scale.activated.connect(self._change_look)

    def _change_language(self) -> None:
        code = self._language.currentData()
        QTimer.singleShot(0, lambda: self._host.change_language(code))

    def _change_look(self) -> None:
        look, scale = self._look.currentData(), self._scale.currentData()
        QTimer.singleShot(0, lambda: self._host.change_look(look, scale))

    # -- store -----------------------------------------------------------------------------

    def _store_card(self, layout: QVBoxLayout) -> None:
        layout.addWidget(label(_("Your work on this computer"), "cardTitle"))
        layout.addWidget(
            label(
                _("Everything is encrypted. A copy is made once a day and before every change of version."),
                "muted",
                wrap=True,
            )
        )
        self._backup = label("")
        self._backup_button = button(_("Make a copy now"), self._back_up)
        self._check_button = button(_("Check the store"), self._check)
        layout.addWidget(self._backup)
        layout.addLayout(row(self._backup_button, self._check_button, stretch=True))

    def _back_up(self) -> None:
        workspace = self._host.workspace
        self._backup_button.setEnabled(False)
        run_in_worker(
            lambda _p: workspace.safety.back_up(),
            lambda _path: self._store_done(_("A copy was made.")),
            lambda _e: self._store_done(words.trouble("store")),
            close=workspace.close_thread,
        )

    def _check(self) -> None:
        workspace = self._host.workspace
        self._check_button.setEnabled(False)
        sound, damaged = (
            _("The store is sound."),
            _("The store is damaged. Close TwinDesk and open it again to repair it."),
        )
        run_in_worker(
            lambda _p: workspace.safety.check(),
            lambda found: self._store_done(damaged if found else sound),
            lambda _e: self._store_done(damaged),
            close=workspace.close_thread,
        )

    def _store_done(self, text: str) -> None:
        self._backup_button.setEnabled(True)
        self._check_button.setEnabled(True)
        self._host.say(text)
        self.refresh()

    def refresh(self, changes: object = None) -> None:
        """Show who is signed in, what is chosen, and when the newest copy was made."""
        account = self._host.workspace.account
        me, signed_out = account.current, self._host.workspace.status.state == "signed_out"
        self._who.setText(
            f"{me.name} · {me.email}\n{me.school}" if me.id else _("Nobody has signed in on this profile yet.")
        )
        self._in.setVisible(not me.id or signed_out)
        self._out.setVisible(bool(me.id) and not signed_out)
        self._show_sign_in()
        self.platform.refresh()
        self._language.setCurrentIndex(self._language.findData(language()))
        self._look.setCurrentIndex(self._look.findData(theme.choice))
        self._scale.setCurrentIndex(self._scale.findData(theme.scale))
        copies = self._host.workspace.safety.backups()
        newest = clock(copies[0].at) if copies else _("none yet")
        self._backup.setText(_("Last copy: {time}").format(time=newest))


def _why_not(error: Exception | None) -> str:
    """Why a sign-in came to nothing; empty where nothing did."""
    if error is None:
        return ""
    if isinstance(error, OtherAccountError):
        text = _("This profile belongs to {owner}. Use another system account or profile for another teacher.")
        return text.format(owner=error.owner)
    return words.trouble(error.code if isinstance(error, SyncError) else "trouble")
