"""The buttons inside a search field, named for who does not see them."""

from PySide6.QtWidgets import QLineEdit, QToolButton

from i18n import _


def name_buttons(field: QLineEdit) -> None:
    """Give a search field Qt's own button that empties it, and its buttons the names that Qt leaves out."""
    signs = field.findChildren(QToolButton)
    field.setClearButtonEnabled(True)
    for made in field.findChildren(QToolButton):
        if not made.accessibleName():
            made.setAccessibleName(field.accessibleName() if made in signs else _("Clear the search"))
