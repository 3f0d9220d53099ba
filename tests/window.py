"""What the tests of the window share."""

import json
from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.rules.directory import PARTS, part_of
from app.workspace import Workspace
from local_db.directory import index
from local_db.tables import records, settings
from tests.inside import inside
from ui.shell import MainWindow

ME = {"id": "t-me", "name": "Işıl Öğretmen", "email": "isil@example.org", "country": "TR", "school": "Köy Okulu"}


def teacher(number: int, **values: Any) -> dict[str, Any]:
    return {
        "id": f"t-{number}",
        "country": "EL",
        "name": f"Teacher {number}",
        "school": "School",
        "town": "Town",
        "role": "teacher",
        "languages": ["en"],
        "subjects": ["biology"],
        "age_from": 12,
        "age_to": 15,
        "about": "We measure water.",
        "available": True,
        "last_active": "2026-11-01",
        "school_type": "lower_secondary",
        "etwinning_school": False,
        "place": "35.5,24.0",
        "projects": [],
        "active_projects": 0,
        "expires": "9999-12-31",
        **values,
    }


TEACHERS = {
    "EL": [teacher(1, name="Νίκος Δημητρίου"), teacher(2, name="Μαρία Νικολάου", about="Music", subjects=["music"])],
    "TR": [teacher(3, country="TR", name="İpek Işık", languages=["tr", "en"], age_from=7, age_to=11)],
    "IE": [teacher(4, country="IE", name="Seán <b>Ó Briain</b>", about="Bogs & birds", available=False)],
}


def furnish(desk: Workspace) -> None:
    """A signed-in teacher with a small directory and one contact."""
    settings.put(inside(desk).store, "account", ME)
    for country, rows in TEACHERS.items():
        for part in PARTS:
            lines = [(row, json.dumps(row).encode()) for row in rows if part_of(row) == part]
            index.replace_pack(inside(desk).directory_db, country, part, 1, "0" * 64, lines)
    fields = {"account_id": "t-1", "name": "Νίκος Δημητρίου", "country": "EL", "state": "contact"}
    with inside(desk).store.transaction():
        records.accept(inside(desk).store, "account:t-me", [records.ServerRow("contact", "t-me--t-1", 1, fields)])


def shown(parent: QWidget, kind: type = QWidget) -> Iterator[Any]:
    """The visible widgets of a kind, once what was put into layouts has been shown."""
    QApplication.processEvents()
    return (widget for widget in parent.findChildren(kind) if widget.isVisible())


def find_button(parent: QWidget, text: str) -> QAbstractButton:
    for _moment in range(20):
        for button in shown(parent, QAbstractButton):
            if text in (button.text(), button.accessibleName()):
                return button
    raise AssertionError(f"no button {text!r} among {[b.text() for b in shown(parent, QAbstractButton)]}")


def words_on(parent: QWidget) -> str:
    """All that a page says."""
    return "\n".join(widget.text() for widget in shown(parent) if callable(getattr(widget, "text", None)))


def message(window: MainWindow) -> str:
    return window._toast.text.text() if window._toast.isVisible() else ""
