"""Find partners: search as you type, facets with counts, results, and the profile beside them."""

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QPushButton,
    QWidget,
)

from app.partners import Found, PartnerRow, Query
from i18n import _, mark, ngettext
from i18n.formats import day, number
from ui import words
from ui.host import Host
from ui.partners.list import ROLE, PartnerCard, PartnerModel
from ui.partners.profile import PartnerProfile
from ui.theme import theme
from ui.widgets.basics import (
    ElidedCheckBox,
    EmptyState,
    Flow,
    Page,
    button,
    card,
    clear,
    column,
    label,
    row,
    scrolled,
    side_by_side,
)

FACETS = (("c", mark("Country"), "countries"), ("l", mark("Language"), "languages"),
          ("a", mark("Pupils' age"), "age_bands"), ("s", mark("Subject"), "subjects"))  # fmt: skip
SHOWN = 6


def facet_text(tag: str) -> str:
    kind, _sep, item = tag.partition(":")
    if kind == "a":
        return {"u6": "3–6", "7_11": "7–11", "12_15": "12–15", "16_19": "16–19"}.get(item, item)
    return words.item(next(v for k, _t, v in FACETS if k == kind), item)


class PartnersPage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Find partners"))
        self._host, self._use = host, host.workspace.partners
        self._tags: set[str] = set()
        self._open_kinds: set[str] = set()
        self._starred = False
        self._built = False
        self._search_line()
        self._chip_bar = Flow()
        chip_holder = QWidget()
        chip_holder.setLayout(self._chip_bar)
        self._count = label("", "muted")
        line = row(chip_holder, self._count)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self._columns()

    # -- building --------------------------------------------------------------------------

    def _search_line(self) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Name, school, town, or words of the description"))
        self.line.setAccessibleName(_("Search partners"))
        self.line.setClearButtonEnabled(True)
        self.line.addAction(theme.icon("magnifying-glass", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self, singleShot=True, interval=60)
        self._timer.timeout.connect(self._search)
        self.line.textChanged.connect(self._timer.start)
        self._star_filter = button(_("Starred"), self._toggle_starred, icon="star")
        self._star_filter.setCheckable(True)
        line = row(self.line, self._star_filter)
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def _columns(self) -> None:
        self._model = PartnerModel(self._use)
        self.list = QListView()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setModel(self._model)
        self.list.setItemDelegate(PartnerCard())
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(_("Teachers found"))
        self.list.selectionModel().selectionChanged.connect(self._choose)
        self.profile = PartnerProfile(self._host, self._star)
        self._nothing = QWidget()
        self._nothing_body = column(self._nothing)
        self._nothing.hide()
        middle = QWidget()
        middle_layout = column(middle)
        middle_layout.addWidget(self.list, 1)
        middle_layout.addWidget(self._nothing, 1)
        self._facets = self._facet_panel()
        for widget, width in ((self._facets, 210), (middle, 560), (self.profile, 316)):
            widget.setMinimumWidth(min(theme.px(width) // 2 + 60, 330))
        panels = ((self._facets, 210), (middle, 560), (self.profile, 316))
        self.body.addWidget(side_by_side(*panels, grows=1), 1)

    def _facet_panel(self) -> QFrame:
        frame, layout = card(margin=4)
        inner = QWidget()
        self._facet_body = column(inner, spacing=0, margin=10)
        layout.addWidget(scrolled(inner))
        return frame

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, topics: set[str] | None = None) -> None:
        if topics is not None and not topics & {"partners", "contact"}:
            return
        teachers, countries, at = self._use.directory_size()
        if at is None:
            self.say(_("The directory comes with the first sync."))
        else:
            text = ngettext("{n} teacher in {countries} countries, on this computer. Directory of {day}.",
                            "{n} teachers in {countries} countries, on this computer. Directory of {day}.", teachers)  # fmt: skip
            self.say(text.format(n=number(teachers), countries=number(countries), day=day(at)))
        self._search(keep=True)

    def focus_search(self) -> None:
        self.line.setFocus()
        self.line.selectAll()

    def leave(self) -> None:
        self.profile.keep_note()

    def _search(self, *, keep: bool = False) -> None:
        chosen = self._chosen()
        found = self._model.search(Query(self.line.text(), frozenset(self._tags), self._starred))
        self._count.setText(
            ngettext("{n} teacher · most recently active first", "{n} teachers · most recently active first", found.total)
            .format(n=number(found.total))
        )  # fmt: skip
        self._show_chips()
        self._show_facets(found)
        self._show_nothing(found)
        if keep and chosen and (place := self._model.row_of(chosen.id)) >= 0:
            self.list.setCurrentIndex(self._model.index(place))
        elif found.rows and not keep:
            self.list.setCurrentIndex(self._model.index(0))
        elif not found.rows:
            self.profile.show_partner(None)

    def _show_nothing(self, found: Found) -> None:
        self.list.setVisible(bool(found.rows))
        self._nothing.setVisible(not found.rows)
        clear(self._nothing_body)
        if found.rows:
            return
        if self._use.directory_size()[0] == 0:
            empty = EmptyState("globe-hemisphere-west", _("No directory yet"),
                               _("It comes by itself when you are signed in and connected."))  # fmt: skip
        else:
            empty = EmptyState("magnifying-glass", _("Nobody fits all of this"),
                               _("Take a filter away, or use fewer words."), _("Clear all"), self._clear)  # fmt: skip
        self._nothing_body.addWidget(empty)

    def _show_chips(self) -> None:
        clear(self._chip_bar)
        for tag in sorted(self._tags):
            chip = button(f"{facet_text(tag)}  ×", lambda tag=tag: self._toggle(tag), "chip")
            chip.setAccessibleName(_("Remove the filter {name}").format(name=facet_text(tag)))
            self._chip_bar.addWidget(chip)
        if self._tags:
            self._chip_bar.addWidget(button(_("Clear all"), self._clear, "link"))

    def _show_facets(self, found: Found) -> None:
        scroll = self._facet_body.parentWidget()
        scroll.setUpdatesEnabled(False)
        focused = self.focusWidget().objectName() if self.focusWidget() else ""
        clear(self._facet_body)
        for kind, title, _vocabulary in FACETS:
            counts = {tag: n for tag, n in found.facets.items() if tag.startswith(f"{kind}:")}
            counts |= {tag: counts.get(tag, 0) for tag in self._tags if tag.startswith(f"{kind}:")}
            ordered = sorted(counts, key=lambda tag: (tag not in self._tags, -counts[tag], facet_text(tag)))
            self._facet_body.addWidget(label(_(title), "section"))
            shown = ordered if kind in self._open_kinds else ordered[:SHOWN]
            for tag in shown:
                self._facet_body.addWidget(self._facet_row(tag, counts[tag]))
            if len(ordered) > SHOWN:
                text = _("Fewer") if kind in self._open_kinds else _("All {n}").format(n=number(len(ordered)))
                more = button(text, lambda kind=kind: self._open_facet(kind), "link")
                more.setObjectName(f"all-{kind}")
                more.setAccessibleName(f"{_(title)}: {text}")
                self._facet_body.addWidget(more)
        self._facet_body.addStretch()
        if focused.startswith(("facet-", "all-")) and (same := self.findChild(QWidget, focused)):
            same.setFocus()  # the keyboard stays where it was, though the boxes are new
        scroll.setUpdatesEnabled(True)

    def _facet_row(self, tag: str, count: int) -> QWidget:
        holder = QWidget()
        box = ElidedCheckBox(facet_text(tag))
        box.setChecked(tag in self._tags)
        box.setAccessibleName(f"{facet_text(tag)}, {number(count)}")
        box.setObjectName(f"facet-{tag}")
        box.clicked.connect(lambda: self._toggle(tag))
        line = row(box, label(number(count), "muted"))
        line.setStretch(0, 1)
        line.setContentsMargins(0, 0, 6, 0)
        holder.setLayout(line)
        return holder

    # -- acting ----------------------------------------------------------------------------

    def _toggle(self, tag: str) -> None:
        self._tags ^= {tag}
        focused = self.focusWidget()
        if isinstance(focused, QPushButton) and focused.property("role") == "chip":
            self.line.setFocus()
        QTimer.singleShot(0, self._search)

    def _open_facet(self, kind: str) -> None:
        self._open_kinds ^= {kind}
        QTimer.singleShot(0, self._search)

    def _toggle_starred(self) -> None:
        self._starred = self._star_filter.isChecked()
        self._search()

    def _clear(self) -> None:
        self._tags.clear()
        self._starred = False
        self._star_filter.setChecked(False)
        self.line.clear()
        QTimer.singleShot(0, self._search)

    def _chosen(self) -> PartnerRow | None:
        index = self.list.currentIndex()
        return index.data(ROLE) if index.isValid() else None

    def _choose(self, chosen: QItemSelection, _before: QItemSelection) -> None:
        indexes = chosen.indexes()
        self.profile.show_partner(indexes[0].data(ROLE) if indexes else None)

    def _star(self, partner: PartnerRow) -> None:
        self._use.star(partner.id, not partner.starred)
        fresh = self._use.get(partner.id)
        if fresh:
            self._model.update(fresh)
            self.profile.show_partner(fresh)
