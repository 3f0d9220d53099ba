"""Find partners: search as you type, facets with counts, a list or a map, and the profile beside them."""

from dataclasses import replace

from PySide6.QtCore import QItemSelection, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QWidget,
)

from app.events import Changes
from app.partners import Found, Query, Teacher
from app.rules import projects as rules
from i18n import _, ngettext
from i18n.formats import day, number
from ui import words
from ui.host import Host
from ui.partners.compare import MOST, CompareDialog
from ui.partners.directory import DirectoryStrip
from ui.partners.facets import FacetPanel, active_text, facet_text, near_text
from ui.partners.keeping import choose_folder, save_table
from ui.partners.list import ROLE, PartnerList, PartnerModel
from ui.partners.map import PartnerMap
from ui.partners.profile import PartnerProfile
from ui.partners.saved import SavedSearches
from ui.partners.weights import WeightsDialog
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import EmptyState, Flow, Page, button, clear, column, label, row
from ui.widgets.page_state import keep_choice
from ui.widgets.panels import Panel, Panels
from ui.widgets.search_field import name_buttons
from ui.widgets.tall import Tall
from ui.widgets.timers import single_shot

WAIT_MS = 4  # keys that come faster are one search
SETTLE_MS = 60  # a pause in the typing: facets, map and profile follow
LIST, MAP, NOTHING = range(3)


class PartnersPage(Page):
    """The directory: search and filters, the list or the map, and one teacher."""

    listens_to = frozenset({"partners", "contact", "message", "projects", "membership", "searches"})
    _found = Signal(object)
    _failed = Signal(object)

    def __init__(self, host: Host) -> None:
        super().__init__(_("Find partners"))
        self._host, self._use, self._keeping = host, host.workspace.partners, host.workspace.keeping
        self._query = Query.from_data(host.workspace.preference("partner-query", {}))
        self._shown: Found | None = None
        self._compared: list[Teacher] = []
        self._keep_chosen = False
        self._build_search_line()
        self._build_chip_line()
        self.strip = DirectoryStrip(host, lambda: self.refresh())
        self.body.addWidget(self.strip)
        self._build_columns()
        self._wanted: Teacher | None = None
        self._settle_timer = single_shot(self, SETTLE_MS, self._settle)
        self._timer = single_shot(self, WAIT_MS, self._typed)
        self._found.connect(self._show)
        self.line.setText(self._query.words)
        self._failed.connect(lambda _error: host.say(words.trouble("store")))

    # -- building --------------------------------------------------------------------------

    def _build_search_line(self) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Name, school, town, or words of the description"))
        self.line.setToolTip(
            _("Words find whatever begins with them. “In quotes” they must stand together; -word leaves out.")
        )
        self.line.setAccessibleName(_("Search partners"))
        self.line.addAction(theme.icon("magnifying-glass", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        name_buttons(self.line)
        self.line.textChanged.connect(lambda: self._timer.start())
        self.only = QComboBox()
        self.only.setAccessibleName(_("Whom to search"))
        self.only.setMinimumContentsLength(11)
        self.only.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.only.activated.connect(lambda: self._change(only=self.only.currentData()))
        self.saved = SavedSearches(self._host, self, lambda: self._query, self._show_query)
        self._more = button("", self._open_more_menu, icon="dots-three")
        self._more.setAccessibleName(_("More for partners"))
        self._more.setToolTip(_("More for partners"))
        line = row(self.line, self.only, self.saved.button, self._more)
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def _build_chip_line(self) -> None:
        self._chip_bar = Flow()
        holder = QWidget()
        holder.setLayout(self._chip_bar)
        self._count = label("", "muted")
        self.sort = QComboBox()
        self.sort.setAccessibleName(_("Order of the results"))
        self.sort.activated.connect(self._sorted)
        self._weights = button("", self._weigh, icon="sliders-horizontal")
        self._weights.setAccessibleName(_("What counts for the fit"))
        self._weights.setToolTip(_("What counts for the fit"))
        self._view = button(_("Map"), self._switch_view, icon="map-trifold")
        self._view.setCheckable(True)
        keep_choice(self._view)
        line = row(holder, self._count, self.sort, self._weights, self._view)
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def _build_columns(self) -> None:
        self._model = PartnerModel(self._use)
        self.list = PartnerList(self._model)
        self.list.selectionModel().selectionChanged.connect(self._choose)
        self.map = PartnerMap()
        self.map.chosen.connect(lambda country: self._toggle(f"c:{country}"))
        self.profile = PartnerProfile(self._host, self._star, self._compare_toggled, lambda: self.compare().exec())
        nothing = QWidget()
        self._nothing_body = column(nothing)
        self._middle = QStackedWidget()
        for widget in (self.list, self.map, nothing):
            self._middle.addWidget(widget)
        self.facets = FacetPanel(
            self._toggle, lambda days: self._change(active_days=days), lambda km: self._change(within_km=km)
        )
        panels = (
            Panel(self.facets, 216, _("Filters")),
            Panel(self._middle, 550, _("Teachers")),
            Panel(Tall(self.profile), 326, _("Profile")),
        )
        for panel in panels:
            panel.widget.setMinimumWidth(min(theme.px(panel.width) // 2 + 60, 330))
        self.body.addWidget(Panels(*panels, grows=1, first=1), 1)

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changes: Changes | None = None) -> None:
        """Show what is true now; the chosen teacher stays chosen."""
        if changes is None or "searches" in changes:
            self.saved.refresh()
        if changes is not None and not changes.touch(self.listens_to - {"searches"}):
            return
        teachers, countries, at = self._use.directory_size()
        if at is None:
            self.say(_("The directory comes with the first sync."))
        else:
            text = ngettext(
                "{n} teacher in {countries} countries, on this computer. Directory of {day}.",
                "{n} teachers in {countries} countries, on this computer. Directory of {day}.",
                teachers,
            )
            self.say(text.format(n=number(teachers), countries=number(countries), day=day(at)))
        self.strip.refresh()
        self._fill_only()
        self._fill_sort()
        self._search(keep=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the chosen teacher's profile as it is now."""
        super().showEvent(event)
        self.profile.show_partner(self._chosen())

    def focus_search(self) -> None:
        """Put the cursor into the search line, its words chosen."""
        self.line.setFocus()
        self.line.selectAll()

    def search_for(self, typed: str) -> None:
        """Search everyone for these words, without a filter."""
        self._clear()
        self.line.setText(typed)
        self.line.setFocus()

    def leave(self) -> None:
        """Store the note, and remember what was searched for."""
        self.profile.keep_note()
        self._host.workspace.remember("partner-query", self._query.as_data())

    def place(self) -> tuple[Teacher | None, list[Teacher]]:
        """Who is shown, and who is compared."""
        return self.profile.partner, self._compared

    def go_back_to(self, place: tuple[Teacher | None, list[Teacher]]) -> None:
        """Show the same person beside the list, as soon as the search is done."""
        self._wanted, self._compared = place
        self._keep_chosen = True
        self.profile.show_partner(self._wanted)
        self.profile.show_compared({other.id for other in self._compared})

    def unsaved(self) -> list[Unsaved]:
        """The note, if it could not be stored."""
        return self.profile.unsaved()

    def saving_error(self) -> Exception | None:
        """Why it could not."""
        return self.profile.saving.error

    def show_person(self, partner_id: str) -> None:
        """Show one teacher alone beside the list."""
        found = self._use.get(partner_id)
        if found:
            self._wanted = found  # a search that is under way leaves them shown
            QTimer.singleShot(0, lambda: self.profile.show_partner(found))
        else:
            self._host.say(
                _("This person is not in the directory on this computer. Choose their country to have it here.")
            )

    def _typed(self) -> None:
        if self.line.text() != self._query.words:
            self._change(words=self.line.text())

    def _change(self, **values: object) -> None:
        self._query = replace(self._query, **values)  # type: ignore[arg-type]
        self._search()

    def _search(self, *, keep: bool = False) -> None:
        self._keep_chosen = keep
        self._show_chips()
        self._use.search_later(self._query, self._found.emit, self._failed.emit)

    def _show(self, found: Found) -> None:
        """The rows at once; what stands beside them once the typing pauses."""
        self._wanted = self._wanted or self._chosen()
        self._shown = found
        self._model.show_found(found)
        self._count.setText(ngettext("{n} teacher", "{n} teachers", found.total).format(n=number(found.total)))
        self._show_middle(found)
        self._settle_timer.start()

    def _settle(self) -> None:
        found, chosen, keep = self._shown, self._wanted, self._keep_chosen
        self._wanted = None
        if found is None:
            return
        self.facets.show_counts(found, found.query)
        self.map.show_counts(found.countries, {tag[2:] for tag in found.query.tags if tag[0] == "c"})
        if self.list.currentIndex().isValid():
            return  # somebody was chosen while the typing paused
        if keep and chosen and (place := self._model.row_of(chosen.id)) >= 0:
            self.list.setCurrentIndex(self._model.index(place))
        elif found.total and not (keep and chosen):
            self.list.setCurrentIndex(self._model.index(0))
        elif not found.total:
            self.profile.show_partner(None)

    def _show_middle(self, found: Found) -> None:
        clear(self._nothing_body)
        if found.total or self._view.isChecked():
            self._middle.setCurrentIndex(MAP if self._view.isChecked() else LIST)
            return
        self._middle.setCurrentIndex(NOTHING)
        self._nothing_body.addWidget(self._empty(found))

    def _empty(self, found: Found) -> QWidget:
        if self._use.directory_size()[0] == 0:
            return EmptyState(
                "globe-hemisphere-west",
                _("No directory yet"),
                _(
                    "It comes by itself when you are signed in and connected. A large directory asks first "
                    "which countries you want."
                ),
                _("Choose countries…"),
                self.strip.choose,
            )
        if found.suggestion:
            return EmptyState(
                "magnifying-glass",
                _("Nobody has all of these words"),
                _("Perhaps one is written differently."),
                _("Search for “{words}”").format(words=found.suggestion),
                lambda: self.line.setText(found.suggestion),
            )
        return EmptyState(
            "magnifying-glass",
            _("Nobody fits all of this"),
            _("Take a filter away, or use fewer words."),
            _("Clear all"),
            self._clear,
        )

    def _show_chips(self) -> None:
        clear(self._chip_bar)
        for tag in sorted(self._query.tags):
            self._chip(facet_text(tag), lambda tag=tag: self._toggle(tag))
        if self._query.active_days:
            self._chip(active_text(self._query.active_days), lambda: self._change(active_days=0))
        if self._query.within_km:
            self._chip(near_text(self._query.within_km), lambda: self._change(within_km=0))
        if self._chip_bar.count():
            self._chip_bar.addWidget(button(_("Clear all"), self._clear, "link"))

    def _chip(self, text: str, remove: object) -> None:
        def act() -> None:
            self.line.setFocus()
            QTimer.singleShot(0, remove)  # type: ignore[arg-type]

        chip = button(f"{text}  ×", act, "chip")
        chip.setAccessibleName(_("Remove the filter {name}").format(name=text))
        self._chip_bar.addWidget(chip)

    def _fill_only(self) -> None:
        self.only.clear()
        self.only.addItem(theme.icon("users"), _("Everyone"), "")
        self.only.addItem(theme.icon("star"), _("Starred"), "starred")
        self.only.addItem(theme.icon("handshake"), _("My contacts"), "contacts")
        for folder_id, name in self._keeping.folders():
            self.only.addItem(theme.icon("folder"), name, folder_id)
        self.only.setCurrentIndex(max(0, self.only.findData(self._query.only)))

    def _fill_sort(self) -> None:
        self.sort.clear()
        self.sort.addItem(_("Most recently active first"), ("activity", ""))
        if self._use.home():
            self.sort.addItem(_("Nearest to my school first"), ("distance", ""))
        for project in self._host.workspace.projects.overview():
            if rules.may_edit_draft(project.state, project.me):
                text = _("Best fit for “{name}”").format(name=project.title or _("Untitled"))
                self.sort.addItem(text, ("fit", project.id))
        self.sort.setMinimumContentsLength(20)
        self.sort.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        wanted = (self._query.sort, self._query.project_id)
        place = next((n for n in range(self.sort.count()) if tuple(self.sort.itemData(n)) == wanted), 0)
        self.sort.setCurrentIndex(place)
        if place == 0 and wanted[0] != "activity":
            self._query = replace(self._query, sort="activity", project_id="")
        self._fit_changed()

    # -- acting ----------------------------------------------------------------------------

    def _toggle(self, tag: str) -> None:
        tags = self._query.tags ^ {tag}
        QTimer.singleShot(0, lambda: self._change(tags=frozenset(tags)))

    def _clear(self) -> None:
        self._query = replace(self._query, words="", tags=frozenset(), active_days=0, within_km=0, only="")
        self.line.clear()
        self._fill_only()
        QTimer.singleShot(0, self._search)

    def _sorted(self) -> None:
        sort, project_id = self.sort.currentData()
        self._change(sort=sort, project_id=project_id)
        self._fit_changed()

    def _fit_changed(self) -> None:
        self._weights.setVisible(self._query.sort == "fit")
        self.profile.match_to(self._query.project_id if self._query.sort == "fit" else "")

    def match_to(self, project_id: str) -> None:
        """Rank everyone for a draft."""
        self._query = replace(self._query, sort="fit", project_id=project_id)
        self._fill_sort()
        self._search()

    def _weigh(self) -> None:
        WeightsDialog(self._use, self, self._search).exec()

    def _switch_view(self) -> None:
        self._view.setText(_("List") if self._view.isChecked() else _("Map"))
        if self._shown:
            self._show_middle(self._shown)
        if self._view.isChecked():
            self.map.setFocus()

    def _chosen(self) -> Teacher | None:
        index = self.list.currentIndex()
        return index.data(ROLE) if index.isValid() else None

    def _choose(self, chosen: QItemSelection, _before: QItemSelection) -> None:
        indexes = chosen.indexes()
        self.profile.show_partner(indexes[0].data(ROLE) if indexes else None)

    def _star(self, partner: Teacher) -> None:
        self._keeping.star(partner.id, not partner.starred)
        self._show_anew(partner)

    def _show_anew(self, partner: Teacher) -> None:
        fresh = self._use.get(partner.id)
        if fresh:
            self._model.update(fresh)
            self.profile.show_partner(fresh)

    # -- folders, comparing -------------------------------------------------

    def _show_query(self, query: Query) -> None:
        self._query = query
        self.line.setText(query.words)
        self._fill_only()
        self._fill_sort()
        self._search()

    def _open_more_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction(theme.icon("globe-hemisphere-west"), _("Choose countries…"), self.strip.choose)
        menu.addAction(
            theme.icon("download-simple"), _("Save the starred as a table…"), lambda: save_table(self._host, self)
        )
        chosen = self._chosen()
        put = menu.addAction(theme.icon("folder"), _("Put into a folder…"), lambda: self.put_into_folder(chosen))
        put.setEnabled(chosen is not None)
        folders = self._keeping.folders()
        if folders:
            remove = menu.addMenu(theme.icon("trash"), _("Remove a folder"))
            for folder_id, name in folders:
                remove.addAction(name, lambda folder_id=folder_id, name=name: self._remove_folder(folder_id, name))
        menu.exec(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def put_into_folder(self, partner: Teacher | None) -> None:
        """Star a teacher and put them into a folder that the person chooses."""
        folder_id = choose_folder(self._keeping, self) if partner else None
        if partner is None or folder_id is None:
            return
        self._keeping.star(partner.id, True, folder_id)
        self._fill_only()
        self._show_anew(partner)

    def _remove_folder(self, folder_id: str, name: str) -> None:
        undo = self._keeping.remove_folder(folder_id)
        if self._query.only == folder_id:
            self._change(only="")
        self._fill_only()
        self._host.say(_("“{name}” was removed.").format(name=name), undo)

    def _compare_toggled(self, partner: Teacher) -> None:
        """Put a teacher into the comparison, up to four, or take them out."""
        if partner.id in {other.id for other in self._compared}:
            self._compared = [other for other in self._compared if other.id != partner.id]
        elif len(self._compared) < MOST:
            self._compared.append(partner)
        self.profile.show_compared({other.id for other in self._compared})

    def compare(self) -> CompareDialog:
        """The comparison of those who were added."""
        project = self._query.project_id if self._query.sort == "fit" else ""
        fits = [self._use.fit(partner, project) for partner in self._compared] if project else None
        return CompareDialog(self._compared, fits, self, lambda partner: self.profile.show_partner(partner))
