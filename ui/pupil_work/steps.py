"""What the steps of pupils' work share: done and told with an undo, or told why not."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from app.safety import StoreError
from i18n import _
from ui import words
from ui.host import Host
from ui.pupil_work import sentences


class Steps:
    """Does steps of one page; ``show`` shows what is true afterwards."""

    def __init__(self, host: Host, page: QWidget, show: Callable[[], object]) -> None:
        self.host, self.page, self.show = host, page, show

    def attempt(self, step: Callable[[], Any]) -> Any:
        """The step's answer; None where it could not be done, which is told."""
        try:
            return step()
        except ValueError as error:
            self.host.say(sentences.refused(error))
        except StoreError as error:
            self.host.say(words.not_saved(error))
        finally:
            self.show()
        return None

    def say(self, text: str, undo: Callable[[], bool]) -> None:
        """Tell what was done; taking it back says so where that cannot be any more."""

        def take_back() -> None:
            if self.attempt(undo) is False:
                self.host.say(sentences.changed_meanwhile())

        self.host.say(text, take_back)

    def say_removed(self, text: str, name: str, undo: Callable[[], str]) -> None:
        """As :meth:`say`, for what went into the bin and may have been published."""
        told = {
            "republished": _("“{name}” is back, and will be published again."),
            "not_published": _("“{name}” is back, but not in its projects any more."),
            "gone": _("“{name}” cannot be brought back any more."),
        }

        def take_back() -> None:
            if sentence := told.get(str(self.attempt(undo))):
                self.host.say(sentence.format(name=name))

        self.host.say(text, take_back)

    def ask(self, title: str, question: str, before: str = "") -> str:
        """A line of text; empty where nothing is wanted or nothing would change."""
        normal = QLineEdit.EchoMode.Normal
        text, fine = QInputDialog.getText(self.page, title, question, normal, before)
        return text if fine and text.strip() and text != before else ""
