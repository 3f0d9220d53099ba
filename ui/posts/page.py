"""Posts that look for partners, and project ideas: the community's list, one post with its answers, and a new one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from app.posts import Post
from app.rules.outreach import MAX_POST, POST_DAYS
from i18n import _, mark, ngettext
from i18n.formats import clock, country_name, number, short_day
from ui import words
from ui.host import Host
from ui.partners.facets import AGES
from ui.projects.choice_field import ChoiceField
from ui.theme import theme
from ui.widgets.basics import (
    EmptyState,
    Page,
    button,
    card,
    chips,
    clear,
    column,
    label,
    row,
    scrolled,
    side_by_side,
    tone_label,
)
from ui.widgets.timers import single_shot

ROLE = Qt.ItemDataRole.UserRole
KIND_NAMES = {"partner": mark("Looking for a partner"), "idea": mark("Project idea")}


class PostsPage(Page):
    def __init__(self, host: Host) -> None:
        super().__init__(_("Partner posts"))
        self.say(_("Posts of all teachers, as they were at the last sync. Everybody can read them and the answers."))
        self._host, self._use = host, host.workspace.posts
        self._post: Post | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Words of the post, or a name"))
        self.line.setAccessibleName(_("Search posts"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda: self._fill())
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Which posts"))
        for text, data in (
            (_("All posts"), ""),
            *((_(name), kind) for kind, name in KIND_NAMES.items()),
            (_("My posts"), "mine"),
        ):
            self.kind.addItem(text, data)
        self.kind.activated.connect(lambda: self._fill())
        line = row(self.line, self.kind, button(_("New post…"), self.ask_new, "main", "plus"))
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(_("Posts found"))
        self.list.currentItemChanged.connect(lambda item, _before: self._show(item.data(ROLE) if item else None))
        frame, layout = card(margin=4)
        inner = QWidget()
        self._shown = column(inner, spacing=8, margin=12)
        layout.addWidget(scrolled(inner))
        self.body.addWidget(side_by_side((self.list, 420), (frame, 640), grows=1), 1)

    def refresh(self, topics: set[str] | None = None) -> None:
        if topics is None or topics & {"post", "post_answer", "outbox"}:
            self._fill()

    def _fill(self) -> None:
        chosen = self._post.id if self._post else ""
        kind = str(self.kind.currentData())
        found = self._use.posts(self.line.text(), "" if kind == "mine" else kind, mine=kind == "mine")
        self.list.blockSignals(True)
        self.list.clear()
        for post in found:
            answers = ngettext("{n} answer", "{n} answers", post.answers).format(n=number(post.answers))
            item = QListWidgetItem(f"{post.title}\n{post.author} · {country_name(post.country)} · {answers}")
            item.setData(ROLE, post)
            self.list.addItem(item)
        place = next((n for n, post in enumerate(found) if post.id == chosen), 0 if found else -1)
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)
        if self._is_writing():
            return
        self._show(found[place] if found else None)

    def _is_writing(self) -> bool:
        """Whether an answer is being typed: then the post beside the list stays as it is."""
        editor = self.findChild(QPlainTextEdit, "answer")
        return bool(editor and editor.toPlainText().strip())

    def _show(self, post: Post | None) -> None:
        self._post = post
        clear(self._shown)
        if post is None:
            self._shown.addWidget(
                EmptyState(
                    "megaphone",
                    _("No posts here"),
                    _("Posts come with a sync. You can write the first one: it waits until you are connected."),
                    _("New post…"),
                    self.ask_new,
                )
            )
            self._shown.addStretch()
            return
        self._head(post)
        text = label(post.text, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._shown.addWidget(text)
        facts = [
            *(words.item("languages", code) for code in post.languages),
            *(words.item("subjects", code) for code in post.subjects),
            *(AGES.get(band, band) for band in post.ages),
        ]
        if facts:
            self._shown.addWidget(chips(facts))
        self._answers(post)
        self._shown.addStretch()

    def _head(self, post: Post) -> None:
        self._shown.addWidget(label(post.title, "cardTitle", wrap=True))
        until = _("until {day}").format(day=short_day(post.expires)) if post.expires else _("waits to be sent")
        self._shown.addWidget(
            label(f"{post.author} · {country_name(post.country)} · {clock(post.at)} · {until}", "muted", wrap=True)
        )
        line = row(tone_label(_(KIND_NAMES.get(post.kind, post.kind)), "plain"))
        line.addStretch()
        if post.author_id == self._host.workspace.account.current.id:
            if not post.waiting:
                line.addWidget(button(_("Take it down"), lambda: self._close(post), icon="trash"))
        else:
            line.addWidget(button(_("Show the person"), lambda: self._person(post), icon="user-circle"))
        self._shown.addLayout(line)

    def _answers(self, post: Post) -> None:
        self._shown.addWidget(label(_("Answers"), "section"))
        for answer in self._use.answers(post.id):
            when = _("waits to be sent") if answer.waiting else clock(answer.at)
            self._shown.addWidget(label(f"{answer.author} · {country_name(answer.country)} · {when}", "muted"))
            self._shown.addWidget(label(answer.text, wrap=True))
        if post.waiting:
            return
        editor = QPlainTextEdit()
        editor.setObjectName("answer")
        editor.setAccessibleName(_("Your answer"))
        editor.setPlaceholderText(_("Your answer; everybody can read it"))
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(theme.px(84))
        send = button(_("Answer"), lambda: self._answer(post, editor), "main", "paper-plane-tilt")
        send.setEnabled(False)
        editor.textChanged.connect(lambda: send.setEnabled(0 < len(editor.toPlainText().strip()) <= MAX_POST))
        self._shown.addWidget(editor)
        self._shown.addWidget(send, alignment=Qt.AlignmentFlag.AlignLeft)

    # -- acting ----------------------------------------------------------------------------

    def _answer(self, post: Post, editor: QPlainTextEdit) -> None:
        undo = self._use.answer(post.id, editor.toPlainText())
        editor.clear()
        self._fill()
        self._host.say(_("Your answer goes out the next time you are connected."), undo)

    def _close(self, post: Post) -> None:
        undo = self._use.close(post.id)
        self._fill()
        self._host.say(_("“{name}” is taken down at the next sync.").format(name=post.title), undo)

    def _person(self, post: Post) -> None:
        self._host.page("partners").show_person(post.author_id)

    def ask_new(self) -> None:
        if not self._host.workspace.account.current.id:
            self._host.say(_("Sign in first."))
            return
        PostDialog(self._host, self._publish, self).exec()

    def _publish(self, kind: str, title: str, text: str, choices: dict[str, list[str]]) -> None:
        undo = self._use.publish(kind, title, text, **choices)
        self._fill()
        self._host.say(_("Your post goes out the next time you are connected."), undo)


class PostDialog(QDialog):
    """A new post. What was typed is kept when it is closed, for the next time."""

    DRAFT = "post-draft"

    def __init__(self, host: Host, on_publish: object, parent: QWidget) -> None:
        super().__init__(parent)
        self._host, self._on_publish = host, on_publish
        self.setWindowTitle(_("New post…"))
        self.resize(min(theme.px(560), 980), min(theme.px(560), 720))
        layout = column(self, spacing=6, margin=16)
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Kind of post"))
        for kind, name in KIND_NAMES.items():
            self.kind.addItem(_(name), kind)
        self.title = QLineEdit()
        self.title.setMaxLength(200)
        self.title.setPlaceholderText(_("Title"))
        self.title.setAccessibleName(_("Title"))
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("Text of the post"))
        self.text.setPlaceholderText(_("What you would like to do, with whom, and when"))
        self.languages, self.subjects = ChoiceField("languages", _("Languages")), ChoiceField("subjects", _("Subjects"))
        for widget in (self.kind, self.title, self.text):
            layout.addWidget(widget)
        for name, field in ((_("Languages"), self.languages), (_("Subjects"), self.subjects)):
            layout.addWidget(label(name, "section"))
            layout.addWidget(field)
        hint = _("Everybody can read it for {n} days. One post is enough: please do not post the same twice.")
        layout.addWidget(label(hint.format(n=number(POST_DAYS)), "muted", wrap=True))
        self.publish = button(_("Queue it"), self._done, "main", "paper-plane-tilt")
        layout.addLayout(row(button(_("Later"), self.reject), self.publish))
        kept = host.workspace.preference(self.DRAFT, {})
        self.title.setText(kept.get("title", ""))
        self.text.setPlainText(kept.get("text", ""))
        self._timer = single_shot(self, 250, self._keep)
        self.title.textChanged.connect(lambda: self._timer.start())
        self.text.textChanged.connect(lambda: self._timer.start())
        self._keep()

    def _keep(self) -> None:
        values = {"title": self.title.text(), "text": self.text.toPlainText()}
        self._host.workspace.prefer(self.DRAFT, values)
        self.publish.setEnabled(bool(values["title"].strip()) and 0 < len(values["text"].strip()) <= MAX_POST)

    def _done(self) -> None:
        self._timer.stop()
        choices = {"languages": self.languages.value(), "subjects": self.subjects.value()}
        self._on_publish(self.kind.currentData(), self.title.text(), self.text.toPlainText(), choices)
        self._host.workspace.prefer(self.DRAFT, {})
        self.accept()

    def reject(self) -> None:
        self._keep()
        super().reject()
