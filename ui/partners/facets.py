"""The facets beside the results: tick boxes with live counts, and choices of one (activity, distance)."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from app.partners import Found, Query
from i18n import _, mark
from i18n.formats import number
from ui import words
from ui.widgets.arrow_group import ArrowGroup
from ui.widgets.basics import ElidedCheckBox, button, card, clear, column, label, row, scrolled

TICKED = (
    ("c", mark("Country")),
    ("l", mark("Language")),
    ("a", mark("Pupils' age")),
    ("s", mark("Subject")),
    ("r", mark("Role")),
    ("t", mark("School type")),
    ("w", mark("Workload")),
    ("v", ""),
    ("e", ""),
)
VOCABULARIES = {"c": "countries", "l": "languages", "s": "subjects", "r": "staff_roles", "t": "school_types"}
AGES = {"u6": "3–6", "7_11": "7–11", "12_15": "12–15", "16_19": "16–19"}
WORKLOADS = {"free": mark("No project now"), "some": mark("1 or 2 projects"), "busy": mark("3 projects or more")}
YES = {"v": mark("Available for projects"), "e": mark("eTwinning School")}
SHOWN = 6


def facet_text(tag: str) -> str:
    """A facet in words."""
    kind, _sep, item = tag.partition(":")
    if kind == "a":
        return AGES.get(item, item)
    if kind == "w":
        return _(WORKLOADS.get(item, item))
    if kind in YES:
        return _(YES[kind])
    return words.item(VOCABULARIES[kind], item)


def active_text(days: int) -> str:
    """A time of last activity in words; empty for other numbers of days."""
    return {
        7: _("Active this week"),
        30: _("Active this month"),
        90: _("Active in 3 months"),
        180: _("Active in 6 months"),
    }.get(days, "")


def near_text(kilometres: int) -> str:
    """A distance in words."""
    return _("Within {km} km").format(km=number(kilometres))


class FacetPanel(QFrame):
    """Shows a result's counts; ``on_tag`` toggles a facet, ``on_active`` and ``on_near`` choose one."""

    def __init__(
        self, on_tag: Callable[[str], None], on_active: Callable[[int], None], on_near: Callable[[int], None]
    ) -> None:
        super().__init__()
        self._on_tag, self._on_active, self._on_near = on_tag, on_active, on_near
        self._open: set[str] = set()
        self._shown: tuple[Found, Query] | None = None
        outer, layout = card(margin=4)
        column(self).addWidget(outer)
        inner = QWidget()
        self._body = column(inner, spacing=0, margin=10)
        layout.addWidget(scrolled(inner))

    def show_counts(self, found: Found, query: Query) -> None:
        """Rebuild the boxes; the keyboard stays where it was, though the boxes are new."""
        self._shown = found, query
        self.setUpdatesEnabled(False)
        focused = self.focusWidget().objectName() if self.focusWidget() else ""
        clear(self._body)
        for kind, title in TICKED:
            self._kind(kind, title, found, query)
        self._one_of(
            _("Last active"),
            "active",
            {days: active_text(days) for days in found.active},
            found.active,
            query.active_days,
            self._on_active,
        )
        if found.near:
            self._one_of(
                _("Distance from my school"),
                "near",
                {km: near_text(km) for km in found.near},
                found.near,
                query.within_km,
                self._on_near,
            )
        self._body.addStretch()
        if focused and (same := self.findChild(QWidget, focused)):
            same.setFocus()
        self.setUpdatesEnabled(True)

    def _kind(self, kind: str, title: str, found: Found, query: Query) -> None:
        counts = {tag: n for tag, n in found.facets.items() if tag[0] == kind}
        counts |= {tag: counts.get(tag, 0) for tag in query.tags if tag[0] == kind}
        if not counts:
            return
        ordered = sorted(counts, key=lambda tag: (tag not in query.tags, -counts[tag], facet_text(tag)))
        if title:
            self._body.addWidget(label(_(title), "section"))
        boxes = []
        for tag in ordered if kind in self._open else ordered[:SHOWN]:
            holder, box = self._box(tag, counts[tag], tag in query.tags)
            self._body.addWidget(holder)
            boxes.append(box)
        ArrowGroup(boxes, boxes[0].parentWidget())
        if len(ordered) > SHOWN:
            text = _("Fewer") if kind in self._open else _("All {n}").format(n=number(len(ordered)))
            more = button(text, lambda: self._toggle_open(kind), "link")
            more.setAccessibleName(f"{text}: {_(title)}")
            more.setObjectName(f"all-{kind}")
            self._body.addWidget(more)

    def _box(self, tag: str, count: int, ticked: bool) -> tuple[QWidget, QWidget]:
        holder = QWidget()
        box = ElidedCheckBox(facet_text(tag))
        box.setChecked(ticked)
        box.setAccessibleName(f"{facet_text(tag)}, {number(count)}")
        box.setObjectName(f"facet-{tag}")
        box.clicked.connect(lambda: self._on_tag(tag))
        line = row(box, label(number(count), "muted"))
        line.setStretch(0, 1)
        line.setContentsMargins(0, 0, 6, 0)
        holder.setLayout(line)
        return holder, box

    def _one_of(
        self,
        title: str,
        name: str,
        texts: dict[int, str],
        counts: dict[int, int],
        chosen: int,
        choose: Callable[[int], None],
    ) -> None:
        self._body.addWidget(label(title, "section"))
        box = QComboBox()
        box.setAccessibleName(title)
        box.setObjectName(f"one-of-{name}")
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.addItem(_("Any"), 0)
        for value, text in texts.items():
            box.addItem(f"{text} ({number(counts[value])})", value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.activated.connect(lambda _index: choose(int(box.currentData())))
        self._body.addWidget(box)

    def _toggle_open(self, kind: str) -> None:
        self._open ^= {kind}
        if self._shown:
            self.show_counts(*self._shown)
