"""The list of partners: a model that reads page by page, and cards painted by hand."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.partners import PAGE, Found, PartnerUseCases, Teacher
from i18n import _
from i18n.formats import ago, country_name
from ui import words
from ui.theme import theme
from ui.widgets.basics import paint_avatar

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole.UserRole


def place(partner: Teacher) -> str:
    """A teacher's school, town and country."""
    return f"{partner.school} · {partner.town}, {country_name(partner.country)}"


def spoken(partner: Teacher) -> str:
    """A partner in one sentence, for a screen reader."""
    parts = [
        partner.name,
        place(partner),
        ", ".join(words.item("subjects", s) for s in partner.subjects),
        _("active {when}").format(when=ago(partner.last_active)),
    ]
    return ". ".join(parts + ([_("starred")] if partner.starred else []))


class PartnerModel(QAbstractListModel):
    """A result of any length; pages are read when they come into view, and a few of them kept."""

    KEPT_PAGES = 40

    def __init__(self, partners: PartnerUseCases) -> None:
        super().__init__()
        self._partners = partners
        self._found: Found | None = None
        self._pages: dict[int, list[Teacher]] = {}

    def show_found(self, found: Found) -> None:
        """Show another result."""
        self.beginResetModel()
        self._found, self._pages = found, {0: found.rows}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many teachers are shown."""
        return 0 if parent.isValid() or self._found is None else self._found.total

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What Qt asks about a row."""
        partner = self._partner(index.row()) if index.isValid() else None
        if partner is None or role == ROLE:
            return partner
        if role == Qt.ItemDataRole.DisplayRole:
            return partner.name
        return spoken(partner) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def row_of(self, partner_id: str) -> int:
        """Where a teacher of the pages in view stands; -1 for others."""
        for page, rows in self._pages.items():
            for number, row in enumerate(rows):
                if row.id == partner_id:
                    return page * PAGE + number
        return -1

    def update(self, partner: Teacher) -> None:
        """Show a teacher anew who was changed."""
        number = self.row_of(partner.id)
        if number >= 0:
            self._pages[number // PAGE][number % PAGE] = partner
            self.dataChanged.emit(self.index(number), self.index(number))

    def _partner(self, number: int) -> Teacher | None:
        page = number // PAGE
        if page not in self._pages and self._found is not None:
            if len(self._pages) > self.KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)))
            self._pages[page] = self._partners.page(self._found, page * PAGE)
        rows = self._pages.get(page, [])
        return rows[number % PAGE] if number % PAGE < len(rows) else None


class PartnerList(QTableView):
    """The cards in one column. A table rather than a list view, which would ask the model about every row to lay
    out a million of them; a table knows that all rows are alike."""

    def __init__(self, model: PartnerModel) -> None:
        super().__init__()
        self.setModel(model)
        self._card = PartnerCard(self)
        self.setItemDelegate(self._card)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(self._card.height())
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Teachers found"))


class PartnerCard(QStyledItemDelegate):
    """Paints one partner as a card with avatar, place, chips and a star."""

    def height(self) -> int:
        """How high a row is at the present text size, in pixels."""
        return theme.px(88)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row is equally high."""
        return QSize(theme.px(160), self.height())  # the list makes it as wide as itself

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a teacher: initials, name, school, country and what fits."""
        partner: Teacher | None = index.data(ROLE)
        if partner is None:  # left the directory while the list was shown
            return
        box = option.rect.adjusted(1, 1, -2, -theme.px(8))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(theme.colour("accent" if chosen else "border"), 2 if focused else 1))
        painter.setBrush(theme.colour("accent_soft" if chosen else "surface"))
        painter.drawRoundedRect(box, 10, 10)
        side = theme.px(40)
        paint_avatar(painter, QRect(box.x() + theme.px(14), box.center().y() - side // 2, side, side), partner.name)
        self._texts(painter, box, partner)
        painter.restore()

    def _texts(self, painter: QPainter, box: QRect, partner: Teacher) -> None:
        left, right = box.x() + theme.px(66), box.right() - theme.px(14)
        star = theme.icon("star-fill" if partner.starred else "star", "warn" if partner.starred else "muted")
        star.paint(painter, QRect(right - theme.px(18), box.y() + theme.px(10), theme.px(18), theme.px(18)))
        name_box = QRect(left, box.y() + theme.px(8), right - left - theme.px(26), theme.px(22))
        _draw(painter, name_box, partner.name, 14, "text", bold=True)
        _draw(painter, QRect(left, name_box.bottom(), right - left, theme.px(20)), place(partner), 13, "muted")
        when = _("active {when}").format(when=ago(partner.last_active))
        metrics = QFontMetrics(_font(12, False))
        room = metrics.horizontalAdvance(when) + theme.px(12)
        line = QRect(left, name_box.bottom() + theme.px(22), right - left, theme.px(22))
        _draw(
            painter, QRect(right - room, line.y(), room, line.height()), when, 12, "muted", Qt.AlignmentFlag.AlignRight
        )
        texts = [words.item("subjects", s) for s in partner.subjects[:2]]
        texts += [f"{partner.age_from}–{partner.age_to}", " ".join(code.upper() for code in partner.languages)]
        self._chips(painter, QRect(line.x(), line.y(), line.width() - room, line.height()), texts, metrics)

    def _chips(self, painter: QPainter, line: QRect, texts: list[str], metrics: QFontMetrics) -> None:
        x = line.x()
        for text in texts:
            width = metrics.horizontalAdvance(text) + theme.px(18)
            if x + width > line.right():
                break
            chip = QRect(x, line.y(), width, line.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("sunken"))
            painter.drawRoundedRect(chip, 8, 8)
            _draw(painter, chip, text, 12, "text", Qt.AlignmentFlag.AlignCenter)
            x += width + theme.px(6)


def _font(size: int, bold: bool) -> QFont:
    font = QFont(QApplication.font())
    font.setPixelSize(theme.px(size))
    font.setBold(bold)
    return font


def _draw(
    painter: QPainter,
    box: QRect,
    text: str,
    size: int,
    token: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    *,
    bold: bool = False,
) -> None:
    font = _font(size, bold)
    painter.setFont(font)
    painter.setPen(theme.colour(token))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, shown)
