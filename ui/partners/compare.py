"""Up to four teachers side by side; what they have in common with your draft, or with each other, is marked."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.partners import Fit, Teacher
from i18n import _
from i18n.formats import ago, country_name
from ui import words
from ui.partners.facets import WORKLOADS
from ui.theme import theme
from ui.widgets.basics import Avatar, button, column, label, row, scrolled, tone_label
from ui.widgets.eye_order import Dialog

MOST = 4


class CompareDialog(Dialog):
    """``fits`` are given where a draft is being matched; ``on_open`` shows one teacher."""

    def __init__(
        self, partners: list[Teacher], fits: list[Fit] | None, parent: QWidget, on_open: Callable[[Teacher], None]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Compare teachers"))
        self.resize(min(theme.px(260) * len(partners) + theme.px(160), 1320), min(theme.px(620), 740))
        layout = column(self, spacing=12, margin=16)
        layout.addWidget(label(_("Compare teachers"), "title"))
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._heads(partners, on_open)
        if fits:
            self._line(_("Fit"), [fit_text(fit) for fit in fits])
        for title, texts in _facts(partners):
            self._line(title, texts)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = scrolled(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)  # a table of four with large text
        layout.addWidget(area, 1)
        layout.addLayout(row(button(_("Close"), self.accept)), 0)

    def _heads(self, partners: list[Teacher], on_open: Callable[[Teacher], None]) -> None:
        for place, partner in enumerate(partners, start=1):
            holder = QWidget()
            box = column(holder, spacing=4)
            box.addWidget(Avatar(partner.name, 44))
            box.addWidget(label(partner.name, "cardTitle", wrap=True))
            free = (_("Available for projects"), "ok") if partner.available else (_("Not available"), "warn")
            box.addWidget(tone_label(*free), alignment=Qt.AlignmentFlag.AlignLeft)
            show = button(_("Show"), lambda partner=partner: self._show(partner, on_open), "link")
            show.setAccessibleName(_("Show {name}").format(name=partner.name))
            box.addWidget(show, alignment=Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(holder, 0, place, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(place, 1)

    def _show(self, partner: Teacher, on_open: Callable[[Teacher], None]) -> None:
        self.accept()
        on_open(partner)

    def _line(self, title: str, texts: list[str]) -> None:
        number = self._grid.rowCount()
        self._grid.addWidget(label(title, "section"), number, 0, Qt.AlignmentFlag.AlignTop)
        same = len(set(texts)) == 1 and len(texts) > 1 and texts[0] != "–"
        for place, text in enumerate(texts, start=1):
            shown: QLabel = label(text, wrap=True)
            if same:
                shown.setProperty("role", "same")
                shown.setToolTip(_("The same for all"))
            shown.setAccessibleName(f"{title}: {text}")
            self._grid.addWidget(shown, number, place, Qt.AlignmentFlag.AlignTop)


def fit_text(fit: Fit) -> str:
    """Points and reasons in words."""
    reasons = "; ".join(words.reason(code) for code in fit.reasons if code not in ("active_quarter", "not_busy"))
    return _("{points} of {best} points: {reasons}").format(points=fit.points, best=fit.best, reasons=reasons)


def _facts(partners: list[Teacher]) -> list[tuple[str, list[str]]]:
    load = [("free" if p.active_projects == 0 else "some" if p.active_projects <= 2 else "busy") for p in partners]
    return [
        (_("Country"), [country_name(p.country) for p in partners]),
        (_("School"), [f"{p.school}, {p.town}" for p in partners]),
        (_("School type"), [words.item("school_types", p.school_type) for p in partners]),
        (_("eTwinning School"), [_("yes") if p.etwinning_school else _("no") for p in partners]),
        (_("Languages"), [", ".join(words.item("languages", code) for code in p.languages) for p in partners]),
        (_("Subjects"), [", ".join(words.item("subjects", code) for code in p.subjects) for p in partners]),
        (_("Pupils' age"), [f"{p.age_from}–{p.age_to}" for p in partners]),
        (_("Workload"), [_(WORKLOADS[name]) for name in load]),
        (_("Past projects"), ["; ".join(q.title for q in p.projects) or "–" for p in partners]),
        (_("Last active"), [ago(p.last_active) for p in partners]),
        (_("About"), [p.about or "–" for p in partners]),
    ]
