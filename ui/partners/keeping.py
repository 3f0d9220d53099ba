"""Folders for the starred, and the table to take along."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from app.partners import KeepingUseCases
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.host import Host
from ui.worker import run_in_worker


def choose_folder(keeping: KeepingUseCases, parent: QWidget) -> str | None:
    """Ask for a folder, an old one or a new name; None when the person gives up."""
    folders = keeping.folders()
    names = [name for _id, name in folders]
    name, fine = QInputDialog.getItem(
        parent, _("Put into a folder…"), _("Folder, or the name of a new one:"), names, 0, True
    )
    if not fine or not name.strip():
        return None
    known = next((folder_id for folder_id, known_name in folders if known_name == name.strip()), None)
    return known or keeping.add_folder(name)


def save_table(host: Host, parent: QWidget) -> None:
    """Write the starred teachers as CSV where the person says."""
    path, _kind = QFileDialog.getSaveFileName(
        parent, _("Save the starred as a table…"), _("partners") + ".csv", "CSV (*.csv)"
    )
    if not path:
        return
    header = [
        _("Name"),
        _("School"),
        _("Town"),
        _("Country"),
        _("Languages"),
        _("Subjects"),
        _("Pupils' age"),
        _("Folder"),
        _("Note"),
    ]

    def done(count: int) -> None:
        text = ngettext(
            "{n} teacher was written to “{file}”. It is not encrypted: keep it safe.",
            "{n} teachers were written to “{file}”. It is not encrypted: keep it safe.",
            count,
        )
        host.say(text.format(n=number(count), file=Path(path).name))

    run_in_worker(
        lambda _progress: host.workspace.keeping.export_csv(Path(path), header),
        done,
        lambda error: host.say(words.not_copied(error)),
        close=host.workspace.close_thread,
    )
