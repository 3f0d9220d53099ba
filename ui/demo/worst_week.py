"""A school's worst week: what computers, disks, networks, clocks and files do to a teacher, one after the other.

Everything goes wrong in the program's own ways: a real keyring that fails, a real store that is full, a real proxy.
What is shown by each step: the person is told what it is and how to go on, and nothing that was made is lost.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keyring
from keyring.backends.fail import Keyring as FailingKeyring
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.demonstration import full_disk
from app.safety import PassphraseNeededError, WrongKeyError
from app.workspace import Workspace, open_workspace
from i18n import _
from ui import words
from ui.demo.bad_files import GOOD, write_bad_files
from ui.demo.bad_network import BadNetwork, behind
from ui.demo.hands import check, pause, press, settled, wait_for
from ui.demo.platform import TEACHERS, browser_of
from ui.demo.session import Demo
from ui.language import speak
from ui.projects.page import ProjectsPage
from ui.pupil_work.page import PupilWorkPage
from ui.settings.proxy import ProxyDialog
from ui.shell import MainWindow
from ui.start.application import application
from ui.start.first import FirstStart
from ui.start.passphrase import PassphraseDialog
from ui.start.program import show_window
from ui.theme import theme

PASSPHRASE, LOGIN = "kar, deniz ve tuz", ("ogretmen", "parola 1")
YEAR = 365.25 * 86_400.0
AIMS = "Pupils learn to measure water and to compare what they find. " * 40


class WorstWeek:
    """One teacher's week, step by step, on a profile that is opened as on a computer without a keyring."""

    def __init__(self, report: Path, language: str = "en") -> None:
        self.report, self.language, self.demo = report, language, Demo()
        self.window: MainWindow | None = None
        self.project_id = ""
        self._shown: QWidget | None = None  # what the picture of the present step shows, where it is not the window
        self._keyring = keyring.get_keyring()

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """The steps of the week, each with its title."""
        return [
            ("no keyring: a passphrase is asked for, and opens the work", self.no_keyring),
            ("the first start with text of 200 % in the smallest window", self.first_start),
            ("the disk is full while one types", self.full_disk),
            ("files that would hurt, and a good one among them", self.hostile_files),
            ("a proxy that asks for a name and a password", self.proxy),
            ("a portal that answers everything itself", self.portal),
            ("a clock that is nine years ahead, then twenty behind", self.wrong_clock),
            ("the profile is copied to another computer, and both go on", self.copied_profile),
            ("text of 200 % in the smallest window, on every page", self.large_text),
        ]

    @property
    def profile(self) -> Path:
        """The folder of the teacher's computer."""
        return self.demo.profile(TEACHERS[0])

    # -- steps: each returns what it saw, and raises StepFailedError when something does not hold ----

    def no_keyring(self) -> str:
        """A new profile on a computer without a keyring."""
        self.demo.start()
        keyring.set_keyring(FailingKeyring())
        speak(application(), self.language)
        try:
            open_workspace(self.profile).close()
            check(False, "it opened without a key")
        except PassphraseNeededError as needed:
            dialog = PassphraseDialog(new=True, why=needed.reason)
        dialog.show()
        dialog.first.setText(PASSPHRASE)
        dialog.second.setText(PASSPHRASE + "?")
        dialog._check()
        check(dialog.complaint.isVisible(), "two different passphrases are not taken")
        self.photograph(1, dialog)
        dialog.second.setText(PASSPHRASE)
        dialog._check()
        check(dialog.result(), "the passphrase is taken")
        self._open().close()
        try:
            open_workspace(self.profile, passphrase="another one").close()
            check(False, "it opened with a wrong passphrase")
        except WrongKeyError as wrong:
            said = words.not_opened(wrong)
        return said

    def first_start(self) -> str:
        """The first questions, as somebody sees them who needs large text."""
        workspace = self._open()
        theme.apply(application(), "light", 200)
        dialog = FirstStart(workspace)
        dialog.resize(900, 560)
        dialog.name.setText("Ayşe Işık")
        dialog.show()
        pause(50)
        check(not cut_off(dialog), f"nothing is cut off: {cut_off(dialog)}")
        self.photograph(2, dialog)
        press(dialog, _("Start"))
        check(dialog.result() and workspace.account.current.name == "Ayşe Işık", "it goes on with Start alone")
        theme.apply(application(), "light", 100)
        workspace.close()
        return "three questions at most, none of which must be answered"

    def full_disk(self) -> str:
        """Nothing can be stored while somebody types; later it can."""
        window = self._show()
        window.workspace.online = False
        window.do("new-project")
        page: ProjectsPage = window.page("projects")
        self.project_id = window.workspace.projects.overview()[0].id
        with full_disk(window.workspace):
            page.form.editors["aims"].setPlainText(AIMS)
            wait_for(lambda: page.saving_error() is not None, "it is told that nothing can be stored")
            said = words.not_saved_yet(page.saving_error())
            check(page.form.editors["aims"].toPlainText() == AIMS, "what was typed stands there")
            self.photograph(3, window)
        page.form.editors["title"].setText("Water stories")
        wait_for(lambda: page.saving_error() is None and not page.unsaved(), "it is stored once there is room")
        return said

    def hostile_files(self) -> str:
        """A stick with files that crash, fill or stop a program that trusts them."""
        files = write_bad_files(self.demo.root / "stick")
        page: PupilWorkPage = self._window.page("pupil_work")
        page.add_class("6-A")
        page.add_pupil("Ada Kaya")
        page.take_in(files)
        use = self._window.workspace.pupil_work
        works: Callable[[], list[str]] = lambda: [work.filename for work in use.works(use.classes()[0][0])]  # noqa: E731
        wait_for(lambda: page._intake.isHidden() and GOOD in works(), "the good file is taken in", 120)
        check(
            "program.jpg" not in works() and "pipe.jpg" not in works() and "cut-short.jpg" not in works(),
            "bad ones are not",
        )
        self.photograph(4, self._window)
        return f"{len(files)} files; taken in: {', '.join(works())}"

    def proxy(self) -> str:
        """The first sign-in, then a proxy that lets nobody out without a name."""
        workspace = self._window.workspace
        workspace.online = True
        self._window.do("sign-in")
        wait_for(lambda: workspace.account.current.id, "signed in")
        self._quiet()
        with behind(BadNetwork(LOGIN)) as network:
            self._write("description", "Behind a proxy.")
            workspace.sync_centre.sync_now()
            wait_for(lambda: workspace.status.code == "proxy_sign_in", "it is told that the proxy asks")
            said = words.trouble("proxy_sign_in")
            self._window.go("sync_centre")
            offered = self._window.page("sync_centre").findChildren(QAbstractButton)
            check(
                any(one.text() == _("Sign in to the network…") and one.isVisible() for one in offered),
                "a way on is offered",
            )
            self._answer_proxy()
            workspace.sync_centre.sync_now()
            self._quiet()
            check(network.refused and network.passed, "it went through the proxy")
        return said

    def portal(self) -> str:
        """A network that shows its own page whatever one asks for."""
        workspace = self._window.workspace
        with behind(BadNetwork(is_portal=True)):
            self._write("description", "Behind a portal.")
            workspace.sync_centre.sync_now()
            wait_for(lambda: workspace.status.code == "captive_portal", "it is told that the network wants a sign-in")
            check(workspace.status.waiting, "what was made waits")
            said = words.trouble("captive_portal")
            self._window.go("sync_centre")
            self.photograph(6, self._window)
        workspace.sync_centre.sync_now()
        self._quiet()
        return said

    def wrong_clock(self) -> str:
        """Work goes out and comes in whatever the clock says."""
        for years, text in ((9, "In the year 2035."), (-20, "In the year 2006.")):
            with clock_off_by(years * YEAR):
                self._write("work_process", text)
                self._window.workspace.sync_centre.sync_now()
                self._quiet()
                self.photograph(7, self._window)
        fields = self._fields(self._window.workspace)
        check(
            fields["work_process"] == "In the year 2006.",
            "the last text typed is the last, not the latest by the clock",
        )
        return f"sent at both times; the text of now: “{fields['work_process']}”"

    def copied_profile(self) -> str:
        """A technician copies the folder to a second computer; both are used."""
        self._close()
        copy = self.profile.parent / "copy"
        shutil.copytree(self.profile, copy, copy_function=_copy_bytes)
        self._show()
        self._write("expected_results", "From the first computer.")
        self._window.workspace.sync_centre.sync_now()
        self._quiet()
        other = self._open(copy)
        try:
            draft = other.projects.open(self.project_id)
            draft.set_fields({"aims": "From the second computer."})
            draft.keep()
            other.sync_and_wait()
            other.sync_and_wait()
            self._window.workspace.sync_centre.sync_now()
            wait_for(
                lambda: self._fields(self._window.workspace)["aims"] == "From the second computer.", "both have both"
            )
            check(self._fields(other) == self._fields(self._window.workspace), "both computers have the same draft")
        finally:
            other.close()
        self._window.page("projects").show_project(self.project_id)
        self.photograph(8, self._window)
        return "both computers' words are in the one draft"

    def large_text(self) -> str:
        """Every page with the largest text in the smallest window."""
        self._window.change_look("dark", 200)
        self._window.resize(900, 560)
        names = (
            "today",
            "projects",
            "partners",
            "messages",
            "posts",
            "pupil_work",
            "sync_centre",
            "profile",
            "bin",
            "settings",
        )
        for name in names:
            self._window.go(name)
            wait_for(
                lambda: not cut_off(self._window._pages[self._window.current_name()]),
                f"nothing is cut off on {name}",
                8,
            )
        check(self._window.width() <= 900, "the window is not wider than the screen")
        self._window.go("today")
        self.photograph(9, self._window)
        return f"{len(names)} pages, nothing cut off"

    # -- hands -----------------------------------------------------------------------------

    @property
    def _window(self) -> MainWindow:
        assert self.window is not None
        return self.window

    def _open(self, profile: Path | None = None) -> Workspace:
        workspace = open_workspace(profile or self.profile, passphrase=PASSPHRASE, server=self.demo.platform.url)
        workspace.open_browser = browser_of(TEACHERS[0])
        workspace.prefer("language", self.language)
        workspace.prefer("look", "light")
        return workspace

    def _show(self) -> MainWindow:
        self.window = show_window(self._open())
        self.window.resize(1366, 768)
        return self.window

    def _close(self) -> None:
        if self.window is not None:
            self.window.close()
            self.window.workspace.close()
            self.window = None

    def _write(self, field: str, text: str) -> None:
        page: ProjectsPage = self._window.page("projects")
        page.show_project(self.project_id)
        page.form.editors[field].setPlainText(text)
        wait_for(lambda: not page.unsaved(), "what was typed is stored")

    def _fields(self, workspace: Workspace) -> dict[str, Any]:
        return dict(workspace.projects.open(self.project_id).fields)

    def _quiet(self) -> None:
        """Wait until everything has gone out."""

        def is_quiet() -> bool:
            status = self._window.workspace.status
            return status.state == "idle" and not status.waiting and not status.troubles

        wait_for(is_quiet, "everything went out", 60)

    def _answer_proxy(self) -> None:
        """Fill in the dialog. It is shown without a loop of its own: under Wine no timer comes into one that a click began."""
        network = self._window.workspace.network
        dialog = ProxyDialog(network.proxy(), refused=False, parent=self._window)
        dialog.show()
        dialog.name.setText(LOGIN[0])
        dialog.password.setText(LOGIN[1])
        self.photograph(5, dialog)
        press(dialog, _("Sign in"))
        check(dialog.result(), "the dialog takes them")
        network.sign_in(network.proxy(), dialog.name.text(), dialog.password.text(), keep=dialog.keep.isChecked())

    def photograph(self, step: int, widget: QWidget) -> None:
        """The picture of a step, of the moment that it is about."""
        settled(widget).save(str(self.report / f"worst-{step}.png"))

    def picture(self, number: int) -> None:
        """A step that took no picture itself shows the window."""
        if self.window is not None and not (self.report / f"worst-{number}.png").exists():
            self.photograph(number, self.window)

    def close(self) -> None:
        """Close everything, throw it away, and give the computer its keyring back."""
        self._close()
        keyring.set_keyring(self._keyring)
        self.demo.close()


def _copy_bytes(source: str, target: str) -> str:
    Path(target).write_bytes(Path(source).read_bytes())
    return target


@contextmanager
def clock_off_by(seconds: float) -> Iterator[None]:
    """This program believes in another time meanwhile."""
    right = time.time
    time.time = lambda: right() + seconds
    try:
        yield
    finally:
        time.time = right


def cut_off(parent: QWidget) -> list[str]:
    """The words below ``parent`` that have less room than they need."""
    found = []
    for widget in parent.findChildren(QWidget):
        if not widget.isVisible() or hasattr(widget, "_whole"):
            continue
        if not isinstance(widget, QAbstractButton | QLabel) or not widget.text():
            continue
        if isinstance(widget, QAbstractButton):
            cut = widget.width() < widget.minimumSizeHint().width() - 2
        else:
            cut = widget.wordWrap() and widget.height() < widget.heightForWidth(widget.width()) - 4
        if cut:
            found.append(widget.text())
    return found
