"""How much of what a field may hold is used, told beside it while one types. It keeps nobody from typing."""

from PySide6.QtWidgets import QLabel, QWidget

from i18n import _
from i18n.formats import number


class Counter(QLabel):
    """``n of most characters`` of one field, in words and colour when it is too much; a screen reader hears it too.

    ``only_if_near``: seen only from three quarters of ``most`` on, for short fields that hardly anybody fills.
    """

    def __init__(self, field: QWidget, most: int, *, only_if_near: bool = False) -> None:
        super().__init__()
        self._field, self._most, self._only_if_near = field, most, only_if_near
        self.setWordWrap(True)
        self.setIndent(0)
        self.show_count(0)

    @property
    def too_many(self) -> bool:
        """Whether the field holds more than may be submitted."""
        return self._count > self._most

    def show_count(self, count: int) -> None:
        """Tell how many characters there are now."""
        self._count = count
        text = _("{n} of {most} characters").format(n=number(count), most=number(self._most))
        if self.too_many:
            text = _("{count}: all of it is kept, but shorten it before you send it").format(count=text)
        self.setText(text)
        if self._only_if_near:
            self.setVisible(count * 4 >= self._most * 3)
        role = "bad" if self.too_many else "muted"
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
        self._field.setAccessibleDescription(text)
