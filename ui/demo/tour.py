"""The guided week: every step done through real windows, checked, and pictured.

Two teachers' windows stand in one process, each on a profile of its own, as on
two computers; the platform is a second process, the one that is killed a third.
"""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QWidget

from app.projects import Project
from app.workspace import Workspace
from i18n import _
from ui.demo.hands import StepFailedError, check, label_of, pause, press, settled, wait_for
from ui.demo.platform import MAIN, TEACHERS
from ui.demo.session import Demo
from ui.messages.page import MessagesPage
from ui.partners.page import PartnersPage
from ui.projects.page import ProjectsPage
from ui.pupil_work.page import PupilWorkPage
from ui.shell import MainWindow
from ui.start.first import FirstStart
from ui.start.program import application, show_window

PUPILS = ("Zeynep Kara", "Ali İnce")
NOTE = "Met at the seminar; answers quickly."
STORY = "Karın altındaki su\n\nBir gün dağdan bir damla indi ve denizi aramaya gitti.\n"
DRAFT: dict[str, Any] = {
    "description": "Two schools, one on a mountain and one by the sea, follow the water between them.",
    "languages": ["en"],
    "subjects": ["biology", "geography"],
    "age_from": 12,
    "age_to": 15,
    "pupils": 48,
    "aims": "Pupils learn to measure water and to compare what they find.",
    "work_process": "October: first measurements. November: exchange of data. December: stories.",
    "expected_results": "A shared book of stories and a table of measurements.",
}
HALF_SECOND = 0.5


class Tour:
    """The week of Ayşe and Nikos, step by step."""

    def __init__(self, report: Path, language: str = "en") -> None:
        self.report, self.language, self.demo = report, language, Demo()
        self.a: MainWindow
        self.b: MainWindow
        self.project_id = ""
        self.published = ""
        self.files: list[Path] = []

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """The steps of the week, each with its title."""
        return [
            ("sign in and first sync, then the line is cut", self.sign_in),
            ("offline: find, star and note a partner", self.find_partner),
            ("offline: draft a project, name the co-founder", self.draft),
            ("offline: take in three works of two pupils", self.take_in),
            ("killed while typing, opened again", self.kill),
            ("online: everything goes out, the partner has it", self.send),
            ("the partner joins; both edit offline, both see the same text", self.merge),
            ("submit, approve: active on both computers", self.approve),
            ("publish one work; the others never left", self.publish),
        ]

    def window(self, email: str, connected: bool = True) -> MainWindow:
        """A teacher's window as it was left, with or without a connection."""
        workspace = self.demo.open(email)
        workspace.online = connected
        workspace.prefer("language", self.language)
        window = show_window(workspace, self.demo.menu)
        window.resize(1366, 768)  # the invisible screen is smaller than a school's
        return window

    def sign_in(self) -> str:
        """Step 1. Every step returns what it saw, and raises StepFailedError when something does not hold."""
        self.demo.start()
        self.a = self.window(TEACHERS[0])
        workspace = self.a.workspace
        self.first_questions(workspace)
        seen: set[str] = set()
        workspace.events.subscribe("status", lambda status: seen.add(status.progress.stage if status.progress else ""))
        self.a.do("sign-in")
        wait_for(lambda: workspace.account.current.id, "signed in")
        wait_for(lambda: workspace.status.synced_at and workspace.status.state == "idle", "first sync")
        teachers, countries, _at = workspace.partners.directory_size()
        check(teachers == 5_000 and countries >= 40, f"directory: {teachers} teachers in {countries} countries")
        check("directory" in seen, "the first sync showed its progress")
        self.cut(self.a)
        wait_for(lambda: workspace.status.state == "offline", "the pill says offline")
        self.a.go("today")
        return f"{workspace.account.current.name}; {teachers} teachers in {countries} countries; pill: {self.a.pill.text()}"

    def first_questions(self, workspace: Workspace) -> None:
        """The guide shows what a new profile asks."""
        dialog = FirstStart(workspace)
        dialog.show()
        self.photograph("first-start", dialog)
        dialog.close()
        dialog.deleteLater()

    def find_partner(self) -> str:
        """Step 2: search, star and note somebody, offline."""
        page: PartnersPage = self.a.page("partners")
        page.focus_search()
        self.look_around(page)
        QTest.keyClicks(page.line, "water")
        wait_for(lambda: page.line.text() == "water" and page._model.rowCount() > 0, "results while typing")
        pause(120)
        for facet in ("facet-c:EL", "facet-l:en", "facet-s:biology", "facet-a:12_15"):
            if page.findChild(QCheckBox, facet) is None:
                page.findChild(QAbstractButton, f"all-{facet[6]}").click()
                pause(80)
            box = page.findChild(QCheckBox, facet)
            check(box is not None, f"there is the facet {facet}")
            assert box is not None
            box.click()
            pause(80)
        found = page._model.index(0).data(Qt.ItemDataRole.UserRole)
        check(found and found.id == "t-nikos", "the best result is the Greek biology teacher")
        page.list.setCurrentIndex(page._model.index(0))
        QTest.mouseClick(page.profile.findChild(QAbstractButton, "star"), Qt.MouseButton.LeftButton)
        pause(60)
        note = page.profile.findChild(QWidget, "note")
        QTest.keyClicks(note, NOTE)
        wait_for(lambda: self.a.workspace.keeping.note("t-nikos") == NOTE, "the note is kept")
        chosen = self.a.workspace.partners.get("t-nikos")
        check(chosen and chosen.starred, "the star is kept")
        return f"{page._count.text()}; starred {found.name}, note kept"

    def look_around(self, page: PartnersPage) -> None:
        """The map, the comparison and the choice of countries, each with a picture."""
        wait_for(lambda: page._model.rowCount() > 0, "everybody is listed")
        press(page, _("Map"))
        check(
            page.map.country_at(page.map._transform().map(label_of("TR"))) == "TR", "Türkiye is where it is on the map"
        )
        self.photograph("partners-map", self.a)
        press(page, _("List"))
        for number in range(3):
            page._compare_toggled(page._model.index(number).data(Qt.ItemDataRole.UserRole))
        dialogs = {
            "partners-compare": page.compare(),
            "partners-countries": page.strip.dialog(),
        }
        for name, dialog in dialogs.items():
            dialog.show()
            self.photograph(name, dialog)
            dialog.close()

    def draft(self) -> str:
        """Step 3: fill in the form and name the co-founder, offline."""
        page: ProjectsPage = self.a.page("projects")
        press(page, _("New project"))
        QTest.keyClicks(page.form.editors["title"], "Water stories")
        for name, value in DRAFT.items():
            self.fill(page.form.editors[name], value)
        page.form.keep()
        project = self.a.workspace.projects.overview()[0]
        self.project_id = project.id
        check(not self.a.workspace.projects.problems(project.id), "nothing of the form is missing")
        contacts = self.a.workspace.projects.contacts()
        check(contacts and contacts[0][0] == "t-nikos", "the partner is a contact")
        page.invite_contact(contacts[0][0])
        check(self.project(self.a).waiting == "invite_cofounder", "the invitation waits")
        self.match(project.id)
        return f"“{project.title}” kept as typed; {contacts[0][1]} invited; {self.a.pill.text()}"

    def match(self, project_id: str) -> None:
        """Everyone ranked for the draft, the posts, and the own profile, each with a picture."""
        page: PartnersPage = self.a.page("partners")
        page._clear()
        page.match_to(project_id)
        wait_for(
            lambda: _("Fits well") in [text.text() for text in page.profile.findChildren(QLabel)],
            "the best fit is first",
        )
        self.photograph("partners-match", self.a)
        page.sort.setCurrentIndex(0)
        page._sorted()
        for name in ("posts", "profile"):
            self.a.go(name)
            self.photograph(name, self.a)
        self.a.go("projects")
        pause(60)

    def take_in(self) -> str:
        """Step 4: take in three works of two pupils, offline."""
        self.files = self.make_files()
        page: PupilWorkPage = self.a.page("pupil_work")
        page.add_class("6-A")
        use = self.a.workspace.pupil_work
        for pupil, files in zip(PUPILS, (self.files[:2], self.files[2:]), strict=True):
            page.add_pupil(pupil)
            expected = page.works.count() + len(files)
            page.take_in(files)
            wait_for(lambda expected=expected: page.works.count() == expected, f"works of {pupil}")  # type: ignore[misc]
        page.pupils.setCurrentRow(0)
        works = use.works(use.classes()[0][0])
        check(len(works) == 3 and len({work.pupil for work in works}) == 2, "three works of two pupils")
        check(all(work.has_picture or use.first_words(work) for work in works), "each has a small picture")
        page.works.setCurrentRow(0)
        page.permit.click()
        wait_for(lambda: use.works(use.classes()[0][0])[0].permitted, "the mark is kept")
        pause(50)
        return ", ".join(f"{work.filename} ({work.pseudonym})" for work in works) + "; one may be published"

    def kill(self) -> str:
        """Step 5: end the process while somebody types, and open the profile again."""
        email = TEACHERS[0]
        self.a.close()
        self.a.workspace.close()
        child = subprocess.Popen(
            [sys.executable, str(MAIN), "demo", "--type-until-killed", str(self.demo.profile(email))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdin and child.stdout
        child.stdin.write(self.demo.keys[email].hex() + "\n")
        child.stdin.flush()
        typed: list[tuple[float, int]] = []
        for line in child.stdout:
            typed.append((float(line.split()[0]), int(line.split()[1])))
            if len(typed) > 90:
                break
        child.kill()
        killed = time.time()
        typed += [(float(line.split()[0]), int(line.split()[1])) for line in child.stdout if len(line.split()) == 2]
        child.wait()
        for pipe in (child.stdin, child.stdout):
            pipe.close()
        self.a = self.window(email, connected=False)
        page: ProjectsPage = self.a.page("projects")
        kept = len(page.form.draft.fields["aims"]) if page.form.draft else 0
        old_enough = [length for at, length in typed if at < killed - HALF_SECOND]
        check(kept >= max(old_enough), f"kept {kept} characters, {max(old_enough)} were half a second old")
        check(not self.a.workspace.safety.check(), "the store is sound")
        lost = max(length for _at, length in typed) - kept
        return f"{len(typed)} key presses, {lost} characters lost (under half a second); the store is sound"

    def send(self) -> str:
        """Step 6: everything goes out, and the partner has it."""
        self.mend(self.a)
        wait_for(lambda: self.quiet(self.a), "everything went out")
        self.a.go("sync_centre")
        self.demo.sign_in(TEACHERS[1])
        self.b = self.window(TEACHERS[1])
        wait_for(lambda: self.project(self.b) is not None and self.quiet(self.b), "the partner has the draft")
        project = self.project(self.b)
        check(project.me_state == "invited", "the partner is invited")
        self.b.go("today")
        pause(100)
        texts = [item.kind for item in self.b.workspace.today.items()]
        check("invitation" in texts, "the invitation stands on the partner's Today")
        return f"{self.b.workspace.account.current.name} sees “{project.title}” by {project.founder}"

    def merge(self) -> str:
        """Step 7: both write in one draft offline, and both see the same text then."""
        page_b: ProjectsPage = self.b.page("projects")
        page_b.show_project(self.project_id)
        page_b.do(lambda project: self.b.workspace.projects.answer(project, True))
        wait_for(lambda: self.quiet(self.b) and self.project(self.b).me == "cofounder", "the partner has joined")
        self.a.workspace.sync_centre.sync_now()
        wait_for(lambda: self.project(self.a).cofounder_state == "member", "the founder knows it")
        for window in (self.a, self.b):
            self.cut(window)
            window.page("projects")
        one, other = self.form(self.a), self.form(self.b)
        start = one.editors["aims"].toPlainText()
        one.editors["aims"].setPlainText(start.replace("measure water", "measure snow, rain and water"))
        one.editors["pupils"].setValue(52)
        other.editors["aims"].setPlainText(f"{start.rstrip()} Θάλασσα 😀 and they write to each other.")
        other.editors["expected_results"].appendPlainText("An evening with the parents.")
        for window in (self.a, self.b):
            self.form(window).keep()
            self.mend(window)
        for _again in range(2):
            for window in (self.a, self.b):
                window.workspace.sync_centre.sync_now()
                wait_for(lambda w=window: self.quiet(w), "both are quiet")  # type: ignore[misc]
        wait_for(lambda: one.editors["aims"].toPlainText() == other.editors["aims"].toPlainText(), "the same text")
        merged = one.editors["aims"].toPlainText()
        check("snow, rain and water" in merged and "Θάλασσα 😀" in merged, "both contributions are in the text")
        check(one.draft.fields == other.draft.fields, "all fields are the same")
        history = self.a.workspace.projects.history(self.project_id)
        check({entry.author for entry in history} == {"Ayşe Işık", "Νίκος Δημητρίου"}, "the history names both")
        page: ProjectsPage = self.a.page("projects")
        page.tabs.setCurrentIndex(2)
        page.history.list.setCurrentRow(page.history.list.count() - 1)
        page.history.back.click()
        wait_for(lambda: one.draft.fields["aims"] != merged, "an earlier state is back")
        self.a.undo()
        wait_for(lambda: one.draft.fields["aims"] == merged, "and undone again")
        page.history.list.setCurrentRow(0)
        return f"{len(history)} entries of 2 authors; restored and undone; same text of {len(merged)} characters"

    def approve(self) -> str:
        """Step 8: the offices approve, and the project is active on both computers."""
        page_a: ProjectsPage = self.a.page("projects")
        page_a.refresh()
        page_a.submit()
        wait_for(
            lambda: self.project(self.a).state == "pending_nso" and self.quiet(self.a), "with the national offices"
        )
        said = self.demo.platform.approve_all()
        check(len(said) == 2, "two offices approved")
        for window in (self.a, self.b):
            window.workspace.sync_centre.sync_now()
            wait_for(lambda w=window: self.project(w).state == "active", "active")  # type: ignore[misc]
        self.write()
        page_a = self.a.page("projects")
        page_a.tabs.setCurrentIndex(0)
        page_a.refresh()
        return "; ".join(said)

    def write(self) -> None:
        """A letter and its answer, from window to window, with a picture."""
        for window, to, words in (
            (
                self.b,
                "t-ayse",
                "Good morning! Our post office says glass is not allowed. Shall we use plastic bottles?",
            ),
            (self.a, "t-nikos", "Good morning! Plastic is fine. The labels come on Friday."),
        ):
            page: MessagesPage = window.page("messages")
            page.open_person(to)
            QTest.keyClicks(page.view.writing.field, words)
            QTest.mouseClick(page.view.writing.send, Qt.MouseButton.LeftButton)
            for one in (self.a, self.b):
                one.workspace.sync_centre.sync_now()
                wait_for(lambda w=one: self.quiet(w), "the letter went out")  # type: ignore[misc]
        page_a: MessagesPage = self.a.page("messages")
        wait_for(lambda: len(page_a.view.letters.in_view()) == 2, "both letters are shown")
        wait_for(lambda: not self.a.workspace.messages.counts()[0], "what was in view is read")
        QTest.keyClicks(page_a.view.writing.field, "And how high do your pupils live?")
        self.a._toast.hide()
        self.photograph("messages", self.a)
        page_a.view.writing.field.show_text("")

    def publish(self) -> str:
        """Step 9: publish one work; the others never left the computer."""
        page: PupilWorkPage = self.a.page("pupil_work")
        use = self.a.workspace.pupil_work
        works = use.works(use.classes()[0][0])
        permitted = next(work for work in works if work.permitted)
        page.works.setCurrentRow(works.index(permitted))
        QTest.mouseClick(page.detail.publish, Qt.MouseButton.LeftButton)
        wait_for(lambda: use.publication(permitted.id) == "finished" and self.quiet(self.a), "published")
        self.b.workspace.sync_centre.sync_now()
        wait_for(lambda: [m for m in self.materials() if m.here], "the partner has the file")
        material = self.materials()[0]
        data = self.b.workspace.projects.material_bytes(material.sha256)
        sent = self.a.workspace.projects.material_bytes(material.sha256)
        check(data == sent and hashlib.sha256(data).hexdigest() == material.sha256, "byte for byte the same")
        check(material.pupil == permitted.pseudonym, "under the pseudonym")
        self.prove_the_rest_stayed(works, material.sha256)
        page_b: ProjectsPage = self.b.page("projects")
        page_b.tabs.setCurrentIndex(1)
        pause(100)
        return f"{material.filename} of {material.pupil}, {len(data)} bytes, the same on both; nothing else on the platform"

    def prove_the_rest_stayed(self, works: list[Any], published: str) -> None:
        """Look for the other works and every name in the platform's database and files."""
        audit = self.demo.platform.audit()
        check(set(audit["files"]) == {published}, "the platform keeps one file")
        check(audit["uploads"] == audit["unfinished_uploads"] == [], "nothing else was begun to be sent")
        held = b"".join(path.read_bytes() for path in self.demo.platform.data.rglob("*") if path.is_file())
        for secret in (*PUPILS, NOTE, STORY.splitlines()[2], *(work.filename for work in works), "zeynep", "Zeynep"):
            check(secret.encode() not in held, f"“{secret}” is not on the platform")
        others = [
            path.read_bytes() for path in self.files if hashlib.sha256(path.read_bytes()).hexdigest() != published
        ]
        check(all(data not in held for data in others), "the other works' bytes are not on the platform")
        profile = self.demo.profile(TEACHERS[0])
        here = b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())
        check(all(secret.encode() not in here for secret in (*PUPILS, NOTE)), "nothing lies in clear on the computer")

    # -- helpers ---------------------------------------------------------------------------

    def cut(self, window: MainWindow) -> None:
        """Cut a computer's line, if it is whole."""
        if window.workspace.online:
            self.demo.switch_line(window)

    def mend(self, window: MainWindow) -> None:
        """Mend a computer's line, if it is cut."""
        if not window.workspace.online:
            self.demo.switch_line(window)

    def quiet(self, window: MainWindow) -> bool:
        """Whether nothing waits and nothing runs."""
        status = window.workspace.status
        return status.state == "idle" and status.waiting == 0

    def project(self, window: MainWindow) -> Project:
        """The project of the week as one computer has it."""
        return window.workspace.projects.get(self.project_id)  # type: ignore[return-value]

    def form(self, window: MainWindow) -> Any:
        """The form of the project page, shown."""
        return window.page("projects").form

    def materials(self) -> list[Any]:
        """What is published in the project, as the partner has it."""
        return self.b.workspace.projects.materials(self.project_id)

    def fill(self, editor: Any, value: Any) -> None:
        """Put a value into a field of the form as a person would."""
        if isinstance(value, str):
            QTest.keyClicks(editor, value)
        elif isinstance(value, int):
            editor.setValue(value)
        else:
            for item in value:
                editor._toggle(item)

    def make_files(self) -> list[Path]:
        """The pupils' files, as they come from a stick."""
        folder = self.demo.root / "stick"
        folder.mkdir()
        photo = Image.new("RGB", (1600, 1200), "#7fb2d9")
        pen = ImageDraw.Draw(photo)
        pen.polygon([(0, 1200), (700, 320), (1250, 1200)], fill="#55606F")
        pen.polygon([(560, 500), (700, 320), (820, 510)], fill="#FFFFFF")
        photo.save(folder / "zeynep-dağ.jpg", quality=90)
        photo.resize((800, 600)).save(folder / "zeynep-cizim.pdf")
        (folder / "ali-öykü.txt").write_text(STORY, "utf-8")
        return sorted(folder.iterdir(), key=lambda path: path.name, reverse=True)

    def picture(self, number: int) -> None:
        """A picture of the window after a step."""
        window = self.b if number in (6, 9) else self.a
        settled(window).save(str(self.report / f"step-{number}.png"))

    def photograph(self, name: str, widget: QWidget) -> None:
        """A picture for the guide."""
        settled(widget).save(str(self.report / f"{name}.png"))

    def close(self) -> None:
        """Close both windows and throw the demonstration away."""
        for name in ("a", "b"):
            window = getattr(self, name, None)
            if window is not None:
                window.close()
                window.workspace.close()
        self.demo.close()


class Week(Protocol):
    """A week that can be run."""

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """The steps, each with its title."""

    def picture(self, number: int) -> None:
        """A picture after a step."""

    def close(self) -> None:
        """Throw everything away."""


def run_tour(report: Path, language: str = "en", week: str = "usual") -> int:
    """Run a week, ``usual`` or ``worst``; print each step with its result; 0 only if every step held."""
    application()
    report.mkdir(parents=True, exist_ok=True)
    if week == "worst":
        from ui.demo.worst_week import WorstWeek

        tour: Week = WorstWeek(report, language)
    else:
        tour = Tour(report, language)
    print(f"The week, step by step. Screenshots go to {report.resolve()}", flush=True)
    try:
        for number, (title, step) in enumerate(tour.steps(), start=1):
            begun = time.monotonic()
            try:
                result = step()
            except StepFailedError as failure:
                print(f"{number}. FAILED  {title}: {failure}", flush=True)
                return 1
            tour.picture(number)
            print(f"{number}. held    {title} ({time.monotonic() - begun:.1f} s)\n           {result}", flush=True)
    finally:
        tour.close()
    print(f"All {number} steps held.", flush=True)
    return 0
