"""The first start: three questions, each with an answer to go on with, then the window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.safety import StoreError
from app.workspace import Workspace
from i18n import _, available, language
from i18n.formats import number
from ui import words
from ui.language import speak
from ui.settings.proxy import CODE, sign_in_to_proxy
from ui.start.application import application
from ui.start.first_picture import FirstPicture
from ui.start.option_card import OptionCard
from ui.theme import theme
from ui.tokens import SCALES
from ui.widgets.basics import button, clear, column, label, row, scrolled, set_tone
from ui.worker import run_in_worker

DONE = "first_start_done"
BESIDE, NARROW = 900, 640  # pixels at the usual size of text: the picture has room; two things side by side have none


def is_needed(workspace: Workspace) -> bool:
    """Whether nobody has worked in this profile yet."""
    if workspace.preference(DONE) or workspace.account.current.id:
        return False
    return not workspace.projects.overview() and not workspace.pupil_work.classes()


class FirstStart(QDialog):
    """Asks for the language, who works here, and the platform's address or "not yet". Closed otherwise, nothing is kept."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._name = self._school = self._address = ""
        self._knows = self._looking = False
        self.setWindowTitle("TwinDesk")
        self.setMinimumSize(900, 560)
        self.resize(1180, 720)
        self._whole = QHBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._build()

    # -- building --------------------------------------------------------------------------

    def _build(self, focus: str = "") -> None:
        """Make everything anew in the language and size of now; what was typed stays."""
        clear(self._whole)
        self._beside = self._build_beside()
        self._whole.addWidget(self._beside)
        self._whole.addWidget(self._build_questions(), 1)
        self._fit()
        (self.findChild(QWidget, focus) or self.name).setFocus()

    def _build_beside(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("beside")
        frame.setFixedWidth(theme.px(340))
        layout = column(frame, spacing=14, margin=28)
        layout.addWidget(label("TwinDesk", "onNavTitle"))
        layout.addWidget(
            label(_("For teachers who work together across Europe, with or without internet."), "onNav", wrap=True)
        )
        layout.addWidget(FirstPicture())
        for icon, title, text in (
            ("wifi-slash", _("Works without internet"), _("Everything you make is on this computer first.")),
            ("lock-simple", _("Pupils’ names never leave it"), _("Their work is kept encrypted.")),
            ("hand", _("Nothing is sent before you say so"), _("And you always see what is waiting.")),
        ):
            layout.addLayout(_promise(icon, title, text))
        layout.addStretch()
        return frame

    def _build_questions(self) -> QWidget:
        inner = QWidget()
        inner.setMaximumWidth(theme.px(860))
        layout = column(inner, spacing=20)
        layout.setContentsMargins(40, 32, 40, 16)
        count = 2 if self._workspace.platform.address else 3
        heading = _("Two questions, then you can work") if count == 2 else _("Three questions, then you can work")
        layout.addWidget(label(heading, "title", wrap=True))
        layout.addLayout(_numbered(1, _("Your language"), self._build_languages()))
        layout.addLayout(_numbered(2, _("Who works here?"), self._build_who()))
        platform = self._build_platform()
        if count == 3:
            layout.addLayout(_numbered(3, _("Is there a platform for your country?"), platform))
        else:
            layout.addWidget(platform)
            platform.hide()
        layout.addStretch()
        whole = QWidget()
        whole.setObjectName("page")
        whole.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        around = column(whole, spacing=0)
        around.addWidget(scrolled(inner), 1)
        around.addWidget(self._build_foot())
        return whole

    def _build_languages(self) -> QWidget:
        holder = QWidget()
        self.languages = QButtonGroup(self)
        made = []
        for code in available():
            one = QPushButton(language_name_in_itself(code))
            one.setProperty("role", "choice")
            one.setCheckable(True)
            one.setAutoDefault(False)
            one.setChecked(code == language())
            one.setObjectName(f"language-{code}")
            one.clicked.connect(lambda _on, code=code: self._speak(code))
            self.languages.addButton(one)
            made.append(one)
        line = row(*made, stretch=True)
        line.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(line)
        return holder

    def _build_who(self) -> QWidget:
        holder = QWidget()
        self.name, self.school = QLineEdit(self._name), QLineEdit(self._school)
        self._fields = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for line, text, named in (
            (self.name, _("Your name"), "name"),
            (self.school, _("School and town"), "school"),
        ):
            line.setMaxLength(120)
            line.setObjectName(named)
            line.setAccessibleName(text)
            line.setMinimumHeight(theme.px(36))
            title = label(text)
            title.setBuddy(line)
            field = column(spacing=4)
            field.addWidget(title)
            field.addWidget(line)
            self._fields.addLayout(field, 1)
        self._fields.setSpacing(12)
        layout = column(holder)
        layout.addLayout(self._fields)
        layout.addWidget(label(_("Stays on this computer. You can leave it empty."), "muted", wrap=True))
        return holder

    def _build_platform(self) -> QWidget:
        holder = QWidget()
        self.not_yet = OptionCard(
            _("Not yet, or I do not know"),
            _(
                "You can begin with everything: drafts, classes, pupils’ work. Add an address later; nothing is made twice."
            ),
        )
        self.known = OptionCard(
            _("I have an address"), _("From your national office or your school, for example twindesk.example.org.")
        )
        self.address = QLineEdit(self._address)
        self.address.setMaxLength(300)
        self.address.setAccessibleName(_("Address of the platform"))
        self.address.setPlaceholderText("twindesk.example.org")
        self.known.body.addWidget(self.address)
        self._choice = QButtonGroup(self)
        for card in (self.not_yet, self.known):
            self._choice.addButton(card.radio)
        self.known.radio.toggled.connect(self._ask_address)
        (self.known if self._knows else self.not_yet).radio.setChecked(True)
        self.address.setVisible(self._knows)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(12)
        for card in (self.not_yet, self.known):
            card.body.addStretch()
            self._cards.addWidget(card, 1)
        self.complaint = label("", "bad", wrap=True)
        self.complaint.hide()
        layout = column(holder)
        layout.addLayout(self._cards)
        layout.addWidget(self.complaint)
        return holder

    def _build_foot(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "foot")
        self.larger = button(_("Larger text"), self._grow, "link", "text-aa")
        self.larger.setObjectName("larger")
        self.larger.setEnabled(theme.scale < SCALES[-1])
        self.smaller = button(_("Smaller text"), self._shrink, "link")
        self.smaller.setObjectName("smaller")
        self.smaller.setVisible(theme.scale > SCALES[0])
        self.start = button(_("Start"), self.begin, "main")
        self.start.setDefault(True)
        self.start.setMinimumSize(theme.px(130), theme.px(38))
        line = row(self.larger, self.smaller, stretch=True)
        line.addWidget(self.start)
        line.setContentsMargins(40, 10, 40, 14)
        frame.setLayout(line)
        return frame

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture out where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._beside.setVisible(self.width() >= theme.px(BESIDE))
        narrow = self.width() < theme.px(NARROW)
        for pair in (self._fields, self._cards):
            pair.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    # -- answers ---------------------------------------------------------------------------

    def _remember(self) -> None:
        self._name, self._school, self._address = self.name.text(), self.school.text(), self.address.text()
        self._knows = self.known.radio.isChecked()

    def _speak(self, code: str) -> None:
        self._remember()
        speak(application(), code)
        self._workspace.remember("language", code)
        self._build(f"language-{code}")

    def _grow(self) -> None:
        self._scale(1, "larger")

    def _shrink(self) -> None:
        self._scale(-1, "smaller")

    def _scale(self, step: int, focus: str) -> None:
        place = SCALES.index(theme.scale) + step
        if 0 <= place < len(SCALES):
            self._remember()
            theme.apply(application(), theme.choice, SCALES[place])
            self._workspace.remember("scale", SCALES[place])
            self._build(focus)

    def _ask_address(self, known: bool) -> None:
        self.address.setVisible(known)
        self.complaint.hide()
        if known:
            self.address.setFocus()

    def begin(self) -> None:
        """Keep the answers and let the window open; a given address is looked at first."""
        self._remember()
        if self._looking:
            return
        if not self._knows or self._workspace.platform.address:
            self._keep()
        elif not self._address.strip():
            self._complain(_("Type the address, or choose “Not yet”."))
            self.address.setFocus()
        else:
            self._look()

    def _look(self) -> None:
        self._looking = True
        self.start.setEnabled(False)
        self._complain(_("Looking whether a platform answers there…"), "muted")
        workspace, typed = self._workspace, self._address
        run_in_worker(
            lambda _progress: workspace.platform.choose(typed),
            lambda _address: self._keep(),
            self._not_found,
            close=workspace.close_thread,
            owner=self,
        )

    def _not_found(self, error: Exception) -> None:
        self._looking = False
        self.start.setEnabled(True)
        code = getattr(error, "code", "trouble")
        if code == CODE and sign_in_to_proxy(self._workspace, self, self._address):
            self._look()
            return
        later = _("You can also choose “Not yet” and give the address later.")
        self._complain(f"{words.trouble(code)} {later}")
        self.address.setFocus()

    def _keep(self) -> None:
        try:
            self._workspace.account.introduce(self._name, self._school)
            self._workspace.prefer(DONE, True)
        except StoreError as error:
            self._looking = False
            self.start.setEnabled(True)
            self._complain(words.not_saved(error))
            return
        self.accept()

    def _complain(self, text: str, role: str = "bad") -> None:
        self.complaint.setText(text)
        self.complaint.setProperty("role", role)
        set_tone(self.complaint, "")
        self.complaint.show()


def language_name_in_itself(code: str) -> str:
    """A language's name as its own speakers write it."""
    from babel import Locale

    name = str(Locale.parse(code).get_display_name(code) or code)
    return name[:1].upper() + name[1:] if code != "tr" else "Türkçe"


def _promise(icon: str, title: str, text: str) -> QHBoxLayout:
    picture = QLabel()
    picture.setPixmap(theme.icon(icon, "nav_text").pixmap(theme.px(20), theme.px(20)))
    said = column(spacing=0)
    said.addWidget(label(title, "onNavBold", wrap=True))
    said.addWidget(label(text, "onNav", wrap=True))
    line = row(picture, spacing=12)
    line.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
    line.addLayout(said, 1)
    return line


def _numbered(place: int, title: str, widget: QWidget) -> QHBoxLayout:
    badge = label(number(place), "badge")
    badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
    badge.setFixedSize(theme.px(28), theme.px(28))
    inner: QVBoxLayout = column(spacing=8)
    heading = label(title, "cardTitle", wrap=True)
    heading.setMinimumHeight(theme.px(28))
    inner.addWidget(heading)
    inner.addWidget(widget)
    line = row(badge, spacing=12)
    line.setAlignment(badge, Qt.AlignmentFlag.AlignTop)
    line.addLayout(inner, 1)
    return line
