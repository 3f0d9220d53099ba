"""Saved searches: the button that says how many new teachers fit them, and its menu."""

from collections.abc import Callable

from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.partners import Query
from i18n import _
from i18n.formats import number
from ui.host import Host
from ui.partners.facets import facet_text
from ui.theme import theme
from ui.widgets.basics import button


class SavedSearches:
    """Keeps, opens and removes searches. ``query`` gives the present one; ``show`` searches for another."""

    def __init__(self, host: Host, page: QWidget, query: Callable[[], Query], show: Callable[[Query], object]) -> None:
        self._host, self._page, self._query, self._show = host, page, query, show
        self._keeping = host.workspace.keeping
        self._counts: dict[str, int] = {}
        self.button = button(_("Saved searches"), self._open_menu, icon="bookmark-simple")

    def refresh(self) -> None:
        """Show how many new teachers fit, as they were counted when the directory last changed."""
        self._counts = {kept.id: count for kept, count in self._keeping.known_new_people()}
        new = sum(self._counts.values())
        self.button.setText(_("Saved searches ({n} new)").format(n=number(new)) if new else _("Saved searches"))

    def menu(self) -> QMenu:
        """What can be done with saved searches; each tells how many new teachers fit."""
        menu, counts = QMenu(self._page), self._counts
        menu.addAction(theme.icon("plus"), _("Save this search…"), self._ask)
        saved = self._keeping.saved_searches()
        if saved:
            menu.addSeparator()
        for kept in saved:
            new = counts.get(kept.id, 0)
            text = _("{name} ({n} new)").format(name=kept.name, n=number(new)) if new else kept.name
            menu.addAction(text, lambda kept=kept: self.open(kept.id))
        if saved:
            remove = menu.addMenu(theme.icon("trash"), _("Remove"))
            for kept in saved:
                remove.addAction(kept.name, lambda kept=kept: self._remove(kept.id, kept.name))
        return menu

    def save(self, name: str) -> None:
        """Keep the present search under a name."""
        self._keeping.save_search(name, self._query())
        self._host.say(_("Saved. After a sync it tells how many new teachers fit."))

    def open(self, search_id: str) -> None:
        """Search again as was kept; nothing happens if the search is gone."""
        query = self._keeping.open_search(search_id)
        if query is not None:
            self._show(query)
            self.refresh()

    def _open_menu(self) -> None:
        self.menu().exec(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _ask(self) -> None:
        query = self._query()
        texts = [query.words, *(facet_text(tag) for tag in sorted(query.tags))]
        name, fine = QInputDialog.getText(
            self._page, _("Save this search…"), _("Name of the search:"), text=", ".join(text for text in texts if text)
        )
        if fine and name.strip():
            self.save(name)

    def _remove(self, search_id: str, name: str) -> None:
        undo = self._keeping.remove_search(search_id)
        self._host.say(_("“{name}” was removed.").format(name=name), undo)
