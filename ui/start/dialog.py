"""What the dialogs before the window share: a title, a heading, words, and the language they are in."""

from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from i18n import _, available, language
from i18n.formats import language_name
from ui.language import speak
from ui.start.application import application
from ui.theme import theme
from ui.widgets.basics import column, label, row
from ui.widgets.eye_order import Dialog


class StartDialog(Dialog):
    """A dialog that can be read in every language of the program; ``say`` puts its texts in the one chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.layout_: QVBoxLayout = column(self, spacing=12, margin=20)
        self.heading = label("", "cardTitle", wrap=True)
        self.language = QComboBox()
        for code in available():
            self.language.addItem(language_name(code), code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.activated.connect(lambda _row: self._change_language())
        top = row(self.heading, self.language, spacing=16)
        top.setStretch(0, 1)
        self.layout_.addLayout(top)
        self.words = label("", wrap=True)
        self.layout_.addWidget(self.words)
        self.setMinimumWidth(theme.px(460))

    def say(self) -> None:
        """Show every text in the language of now."""
        self.setWindowTitle("TwinDesk")
        self.language.setAccessibleName(_("Language"))

    def named(self, widget: QWidget, name: QLabel) -> None:
        """Put a label above what it names; it stays when something is typed."""
        name.setBuddy(widget)
        self.layout_.addWidget(name)
        self.layout_.addWidget(widget)

    def _change_language(self) -> None:
        speak(application(), self.language.currentData())
        Chosen.language = self.language.currentData()
        self.say()


class Chosen:
    """The language that was chosen in a dialog, for the profile that is opened then; None where nobody chose."""

    language: str | None = None
