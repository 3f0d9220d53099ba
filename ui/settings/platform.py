"""The platform's address in the settings: asked for once, looked at, and shown."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from app.account import SyncError
from i18n import _
from ui import words
from ui.host import Host
from ui.settings.proxy import CODE, sign_in_to_proxy
from ui.widgets.basics import button, column, label, row
from ui.worker import run_in_worker


class PlatformPart(QWidget):
    """The address, or the field that asks for it. ``known`` is called once a platform answered there."""

    def __init__(self, host: Host, known: Callable[[], object]) -> None:
        super().__init__()
        self._host, self._known, self._then = host, known, False
        layout = column(self)
        self.shown = label("", "muted", wrap=True)
        self.change = button(_("Change the address"), self._ask, "link")
        line = row(self.shown, self.change)
        line.setStretch(0, 1)
        layout.addLayout(line)
        self._name = label(_("Address of the platform"))
        self.field = QLineEdit()
        self.field.setAccessibleName(_("Address of the platform"))
        self.field.setPlaceholderText("twindesk.example.org")
        self.field.setMaxLength(300)
        self.field.returnPressed.connect(self.use)
        self._name.setBuddy(self.field)
        self.button = button(_("Use this address"), self.use)
        self.field.setMinimumHeight(self.button.minimumHeight())
        layout.addWidget(self._name)
        asking = row(self.field, self.button)
        asking.setStretch(0, 1)
        layout.addLayout(asking)
        self.message = label("", wrap=True)
        layout.addWidget(self.message)
        self._asking = False
        self.refresh()

    def refresh(self) -> None:
        """Show the address of now."""
        platform = self._host.workspace.platform
        asks = not platform.address or (self._asking and platform.may_change)
        if not platform.address:
            text = _(
                "No platform yet. You can begin with everything: drafts, classes, pupils' work. Your national support "
                "office or your school gives you the address."
            )
        else:
            text = _("Platform: {address}").format(address=platform.address)
        self.shown.setText(text)
        self.change.setVisible(bool(platform.address) and platform.may_change and not asks)
        for widget in (self._name, self.field, self.button):
            widget.setVisible(asks)
        self.message.setVisible(bool(self.message.text()))

    def ask_first(self) -> bool:
        """Whether the address must be asked for before a sign-in; then it is, and the sign-in goes on by itself."""
        if self._host.workspace.platform.address:
            return False
        self._then = True
        self._say(_("Type the address of the platform first. The sign-in goes on by itself."))
        self.field.setFocus()
        return True

    def use(self) -> None:
        """See in a worker whether a platform answers at the address that was typed."""
        if not self.button.isEnabled() or not self.field.text().strip():
            return
        self.button.setEnabled(False)
        self._say(_("Looking whether a platform answers there…"))
        workspace, typed = self._host.workspace, self.field.text()
        run_in_worker(
            lambda _progress: workspace.platform.choose(typed),
            self._found,
            self._not_found,
            close=workspace.close_thread,
            owner=self,
        )

    def _ask(self) -> None:
        self._asking = True
        self.field.setText(self._host.workspace.platform.address)
        self.refresh()
        self.field.setFocus()
        self.field.selectAll()

    def _found(self, address: str) -> None:
        self.button.setEnabled(True)
        self._asking = False
        self._say(_("A platform answers at {address}.").format(address=address))
        then, self._then = self._then, False
        self.refresh()
        if then:
            self._known()

    def _not_found(self, error: Exception) -> None:
        self.button.setEnabled(True)
        if getattr(error, "code", "") == CODE and sign_in_to_proxy(self._host.workspace, self, self.field.text()):
            self.use()
            return
        self._say(words.trouble(error.code if isinstance(error, SyncError) else "trouble"), "bad")
        self.field.setFocus()

    def _say(self, text: str, role: str = "muted") -> None:
        self.message.setText(text)
        self.message.setProperty("role", role)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setVisible(bool(text))
