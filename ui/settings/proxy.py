"""Signing in to the network's proxy: asked for where it stands in the way, kept for the next time."""

from contextlib import suppress

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLineEdit, QWidget

from app.safety import StoreError
from app.workspace import Workspace
from i18n import _
from ui.start.passphrase import PassphraseLine
from ui.theme import theme
from ui.widgets.basics import column, label

CODE = "proxy_sign_in"


class ProxyDialog(QDialog):
    """Asks for the name and password of a proxy. ``refused`` when those of before were not taken."""

    def __init__(self, proxy: str, *, refused: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Sign in to the network"))
        self.setMinimumWidth(theme.px(420))
        layout = column(self, spacing=10, margin=20)
        layout.addWidget(label(_("Sign in to the network"), "cardTitle"))
        text = _(
            "The network here lets nobody out without a name and a password. They are those of the network ({proxy}), not of the platform."
        )
        layout.addWidget(label(text.format(proxy=proxy), wrap=True))
        self.name, self.password = QLineEdit(), PassphraseLine()
        self.name.setMaxLength(500)
        self.password.setMaxLength(500)
        for said, line in ((_("Name"), self.name), (_("Password"), self.password)):
            title = label(said)
            title.setBuddy(line)
            line.setAccessibleName(said)
            layout.addWidget(title)
            layout.addWidget(line)
        self.show_ = QCheckBox(_("Show"))
        self.show_.toggled.connect(self._show_signs)
        self.keep = QCheckBox(_("Keep them on this computer"))
        self.keep.setChecked(True)
        layout.addWidget(self.show_)
        layout.addWidget(self.keep)
        self.capitals = label(_("Caps Lock seems to be on."), "warn", wrap=True)
        self.capitals.hide()
        self.password.textEdited.connect(lambda _text: self.capitals.setVisible(self.password.capitals))
        layout.addWidget(self.capitals)
        self.complaint = label(_("The network did not take the name and password of before."), "bad", wrap=True)
        self.complaint.setVisible(refused)
        layout.addWidget(self.complaint)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(_("Sign in"))
        ok.setProperty("role", "main")
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self.buttons.accepted.connect(self._check)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)
        self.name.setFocus()

    def _show_signs(self, shown: bool) -> None:
        self.password.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _check(self) -> None:
        if self.name.text().strip():
            self.accept()
        else:
            self.name.setFocus()


def sign_in_to_proxy(workspace: Workspace, parent: QWidget, address: str = "") -> bool:
    """Ask for a login for the proxy on the way to ``address`` (or the platform). True when there is one to try."""
    network = workspace.network
    if not (proxy := network.proxy(address)):
        return False
    dialog = ProxyDialog(proxy, refused=network.login_for(proxy) is not None, parent=parent)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return False
    with suppress(StoreError):  # a full disk: it counts until the program ends, and is asked for again then
        network.sign_in(proxy, dialog.name.text(), dialog.password.text(), keep=dialog.keep.isChecked())
    return True
