"""One post with its answers, and the answer that is being written."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.posts import Answer, Post
from app.rules.outreach import MAX_POST
from app.rules.text import brief
from i18n import _
from i18n.formats import clock, country_name, short_day
from ui import words
from ui.host import Host
from ui.partners.facets import AGES
from ui.posts.kinds import KIND_NAMES
from ui.theme import theme
from ui.unsaved import Unsaved
from ui.widgets.basics import Chips, breakable, button, column, label, row, tone_label
from ui.widgets.counter import Counter
from ui.widgets.row_list import RowList
from ui.widgets.saving import Saving
from ui.widgets.text_field import TextField


class PostView(QWidget):
    """Shows a post in place: news of it never disturb what is typed. Drafts of answers are stored per post."""

    def __init__(self, host: Host, answer: Callable[[Post, str], object], close: Callable[[Post], object]) -> None:
        super().__init__()
        self._host, self._on_answer, self._on_close = host, answer, close
        self._post: Post | None = None
        self.saving = Saving(self, self._store)
        layout = column(self, spacing=8)
        self._title, self._about = label("", "cardTitle", wrap=True), label("", "muted", wrap=True)
        self._kind = tone_label("", "plain")
        self._down = button(_("Take it down"), lambda: self._post and self._on_close(self._post), icon="trash")
        self._person = button(_("Show the person"), self._show_person, icon="user-circle")
        line = row(self._kind)
        line.addStretch()
        line.addWidget(self._down)
        line.addWidget(self._person)
        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = Chips()
        self._answers = RowList(lambda _answer: AnswerRow(), spacing=6)
        for widget in (self._title, self._about):
            layout.addWidget(widget)
        layout.addLayout(line)
        for widget in (self._text, self._facts, label(_("Answers"), "section"), self._answers, self._build_writing()):
            layout.addWidget(widget)
        layout.addStretch()

    def _build_writing(self) -> QWidget:
        self._writing = QWidget()
        layout = column(self._writing, spacing=6)
        self.editor = TextField(_("Your answer"), _("Your answer; everybody can read it"))
        self.editor.setObjectName("answer")
        self.editor.setFixedHeight(theme.px(84))
        self._count = Counter(self.editor, MAX_POST)
        self._send = button(_("Answer"), self._answer, "main", "paper-plane-tilt")
        self._saved = label("", "muted")
        self.saving.said.connect(self._saved.setText)
        self.saving.failed.connect(lambda error: self._host.say(words.not_saved(error)))
        self.editor.textChanged.connect(self._typed)
        for widget in (self.editor, self._count):
            layout.addWidget(widget)
        layout.addLayout(row(self._send, self._saved, stretch=True))
        return self._writing

    def show_post(self, post: Post, answers: list[Answer]) -> None:
        """Show a post as it is now."""
        if self._post is None or self._post.id != post.id:
            self._load_draft(post)
        self._post = post
        self._title.setText(breakable(post.title))
        until = _("until {day}").format(day=short_day(post.expires)) if post.expires else _("waits to be sent")
        self._about.setText(f"{post.author} · {country_name(post.country)} · {clock(post.at)} · {until}")
        self._kind.setText(_(KIND_NAMES.get(post.kind, post.kind)))
        mine = post.author_id == self._host.workspace.account.current.id
        self._down.setVisible(mine and not post.waiting)
        self._person.setVisible(not mine)
        self._text.setText(breakable(post.text))
        self._facts.show_texts(_facts(post))
        self._answers.show_rows([(answer.id, answer) for answer in answers])
        self._writing.setVisible(not post.waiting)

    def unsaved(self) -> list[Unsaved]:
        """An answer that could not be stored."""
        text = self.editor.text() if self.saving.unsaved else ""
        return [Unsaved(_("Your answer"), text)] if text else []

    # -- the answer being written ----------------------------------------------------------

    def _load_draft(self, post: Post) -> None:
        self._post = None
        self.editor.show_text(self._host.workspace.preference(f"answer-draft:{post.id}", ""))
        self._saved.clear()

    def _typed(self) -> None:
        text = self.editor.text()
        self._count.show_count(len(text))
        self._send.setEnabled(bool(text.strip()) and not self._count.too_many)
        if self._post:
            self.saving.typed()

    def _store(self) -> None:
        if self._post:
            self._host.workspace.prefer(f"answer-draft:{self._post.id}", self.editor.text() or None)

    def _answer(self) -> None:
        if self._post and self._on_answer(self._post, self.editor.text()) is not False:
            self.editor.show_text("")
            self.saving.save()
            self._saved.clear()

    def _show_person(self) -> None:
        if self._post:
            self._host.page("partners").show_person(self._post.author_id)


class AnswerRow(QWidget):
    """Who answered, when, and what."""

    def __init__(self) -> None:
        super().__init__()
        self._who, self._text = label("", "muted", wrap=True), label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = column(self, spacing=2)
        layout.addWidget(self._who)
        layout.addWidget(self._text)

    def show_value(self, answer: Any) -> None:
        """Show the answer as it is now."""
        when = _("waits to be sent") if answer.waiting else clock(answer.at)
        self._who.setText(f"{answer.author} · {country_name(answer.country)} · {when}")
        self._text.setText(breakable(answer.text))


def line_of(post: Post, answers: str) -> str:
    """The post in the list."""
    return f"{brief(post.title)}\n{post.author} · {country_name(post.country)} · {answers}"


def _facts(post: Post) -> list[str]:
    return [
        *(words.item("languages", code) for code in post.languages),
        *(words.item("subjects", code) for code in post.subjects),
        *(AGES.get(band, band) for band in post.ages),
    ]
