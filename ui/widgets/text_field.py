"""Fields for writing that lose nothing: no character changed by Qt, nothing cut, no size that stops the window."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.rules.text import common_ends
from ui.theme import theme
from ui.widgets.replacements import replacements

NO_LIMIT = 2**31 - 1
LONG_WORD = 5_000
_BLOCK = "\u2029"
_ENDS = {ord(end): _BLOCK for end in "\n\r\ufdd0\ufdd1"}
_TYPED = {0x2029: "\n", 0x2028: "\n"}


class TextField(QPlainTextEdit):
    """A text of several lines. Qt knows fewer kinds of line ends and spaces than texts have, so the text as
    it was given is kept beside Qt's, and only what the person changed in Qt's is changed in it.
    """

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self._given, self._shown = "", ""
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)

    def text(self) -> str:
        """The text with every character as it was given or typed."""
        now = self.document().toRawText()
        if now != self._shown:
            head, tail = common_ends(self._shown, now)
            typed = now[head : len(now) - tail].translate(_TYPED)
            start, end = self._place(head), self._place(len(self._shown) - tail)
            self._given, self._shown = self._given[:start] + typed + self._given[end:], now
        return self._given

    def show_text(self, text: str) -> None:
        """Show another text by changing only what differs, so that cursor and selection stay at their words."""
        now, wanted = self.document().toRawText(), _as_qt(text)
        if now != wanted:
            self._make_room(wanted)
            cursor = QTextCursor(self.document())
            for start, end, new in reversed(replacements(now, wanted)):
                cursor.setPosition(_units(now[:start]))
                cursor.setPosition(_units(now[:end]), QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(new)
        self._given, self._shown = text, self.document().toRawText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop."""
        self._make_room(source.text())
        super().insertFromMimeData(source)

    def _make_room(self, text: str) -> None:
        """Break lines anywhere from now on if a word is so long that Qt would look for its end for minutes."""
        if len(text) > LONG_WORD and max(map(len, text.split()), default=0) > LONG_WORD:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    def _place(self, shown: int) -> int:
        """Where a place of Qt's text is in the given one, which may have two characters for an end of line."""
        if len(self._given) == len(self._shown):
            return shown
        pairs, at = 0, self._given.find("\r\n")
        while at >= 0 and at - pairs < shown:
            pairs, at = pairs + 1, self._given.find("\r\n", at + 2)
        return shown + pairs


class LineField(QLineEdit):
    """A text of one line, of any length."""

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setMaxLength(NO_LIMIT)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)

    def show_text(self, text: str) -> None:
        """Show another text; the cursor stays where it was, as far as there is text."""
        if self.text() != text:
            at = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(at, len(text)))


def fit_height(field: TextField, fewest: int, most: int) -> None:
    """Make a field as high as its text, between two numbers of lines."""
    lines = min(most, max(fewest, round(field.document().size().height())))
    height = lines * field.fontMetrics().lineSpacing() + theme.px(24)
    if height != field.height():
        field.setFixedHeight(height)


def _as_qt(text: str) -> str:
    return text.replace("\r\n", _BLOCK).translate(_ENDS)


def _units(text: str) -> int:
    """Qt counts UTF-16 units, Python counts code points."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
