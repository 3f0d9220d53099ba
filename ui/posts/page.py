"""Posts that look for partners, and project ideas: the community's list, and one post with its answers."""

from PySide6.QtWidgets import QComboBox, QWidget

from app.posts import Post
from app.safety import StoreError
from i18n import _, ngettext
from i18n.formats import number
from ui import words
from ui.before_leaving import may_go_on
from ui.host import Host
from ui.posts.dialog import PostDialog
from ui.posts.kinds import KIND_NAMES
from ui.posts.view import PostView, line_of
from ui.unsaved import Unsaved
from ui.widgets.basics import EmptyState, Page, button, card, column, row, scrolled
from ui.widgets.item_list import Item, ItemList, show_choices
from ui.widgets.page_state import keep_choice
from ui.widgets.panels import Panel, Panels
from ui.widgets.search_field import name_buttons
from ui.widgets.text_field import LineField

AT_FIRST = 60  # posts in the list; as many more at each press


class PostsPage(Page):
    """The list at the left, one post at the right."""

    listens_to = frozenset({"post", "post_answer", "outbox"})

    def __init__(self, host: Host) -> None:
        super().__init__(_("Partner posts"))
        self.say(_("Posts of all teachers, as they were at the last sync. Everybody can read them and the answers."))
        self._host, self._use = host, host.workspace.posts
        self._post: Post | None = None
        self.line = LineField(_("Search posts"), _("Words of the post, or a name"))
        name_buttons(self.line)
        self.line.textChanged.connect(lambda: self._begin())
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Which posts"))
        kinds = [(_(name), kind) for kind, name in KIND_NAMES.items()]
        show_choices(self.kind, [(_("All posts"), ""), *kinds, (_("My posts"), "mine")], "")
        keep_choice(self.kind)
        self.kind.activated.connect(lambda: self._begin())
        line = row(self.line, self.kind, button(_("New post…"), self.ask_new, "main", "plus"))
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.list = ItemList(_("Posts found"))
        self.list.currentItemChanged.connect(lambda *_items: self._choose())
        self._most = AT_FIRST
        self.more = button(_("Older posts"), self._show_more)
        left = QWidget()
        beside = column(left, spacing=8)
        beside.addWidget(self.list, 1)
        beside.addWidget(self.more)
        self.body.addWidget(
            Panels(Panel(left, 420, _("Posts")), Panel(self._build_right(), 640, _("This post")), grows=1), 1
        )

    def _build_right(self) -> QWidget:
        frame, layout = card(margin=4)
        inner = QWidget()
        right = column(inner, spacing=8, margin=12)
        self.view = PostView(self._host, self._answer, self._close)
        self._nothing = EmptyState(
            "megaphone",
            _("No posts here"),
            _("Posts come with a sync. You can write the first one: it waits until you are connected."),
            _("New post…"),
            self.ask_new,
        )
        right.addWidget(self.view)
        right.addWidget(self._nothing)
        right.addStretch()
        layout.addWidget(scrolled(inner))
        return frame

    def refresh(self, changes: object = None) -> None:
        """Show the posts that are searched for, and the chosen one, as they are now."""
        kind = str(self.kind.currentData())
        typed, mine = self.line.text(), kind == "mine"
        posts = self._use.posts(typed, "" if mine else kind, mine=mine, most=self._most + 1)
        self.more.setVisible(len(posts) > self._most)
        posts = posts[: self._most]
        chosen = self.list.show_items([Item(post.id, line_of(post, _answers(post)), post) for post in posts])
        if self._post and self.view.unsaved() and (chosen is None or chosen.id != self._post.id):
            return  # an answer that cannot be stored now stays on the screen
        self._show(chosen)

    def search_for(self, typed: str) -> None:
        """Show the posts of everyone that have these words."""
        self.kind.setCurrentIndex(0)
        self.line.setText(typed)
        self.line.setFocus()

    def _begin(self) -> None:
        """Another search: from its newest posts."""
        self._most = AT_FIRST
        self.refresh()

    def _show_more(self) -> None:
        self._most += AT_FIRST
        self.refresh()
        self.list.setFocus()

    def leave(self) -> None:
        """Store the answer being typed."""
        self.view.saving.save()

    def unsaved(self) -> list[Unsaved]:
        """An answer that could not be stored."""
        return self.view.unsaved()

    def saving_error(self) -> Exception | None:
        """Why it could not."""
        return self.view.saving.error

    def _choose(self) -> None:
        if may_go_on(self, self.view.unsaved(), self.view.saving.error, self.view.saving.save):
            self.view.saving.forget()
            self._show(self.list.chosen_value())
        elif self._post:
            self.list.choose(self._post.id)

    def _show(self, post: Post | None) -> None:
        if post is None or (self._post and self._post.id != post.id):
            self.view.saving.save()
        self._post = post
        self.view.setVisible(post is not None)
        self._nothing.setVisible(post is None)
        if post is not None:
            self.view.show_post(post, self._use.answers(post.id))

    # -- acting ----------------------------------------------------------------------------

    def _answer(self, post: Post, text: str) -> bool:
        try:
            undo = self._use.answer(post.id, text)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return False
        self.refresh()
        self._host.say(_("Your answer goes out the next time you are connected."), undo)
        return True

    def _close(self, post: Post) -> None:
        undo = self._use.close(post.id)
        self.refresh()
        self._host.say(_("“{name}” is taken down at the next sync.").format(name=post.title), undo)

    def ask_new(self) -> None:
        """Write a new post."""
        if not self._host.workspace.account.current.id:
            self._host.say(_("Sign in first."))
            return
        PostDialog(self._host, self._publish, self).exec()

    def _publish(self, kind: str, title: str, text: str, choices: dict[str, list[str]]) -> bool:
        try:
            undo = self._use.publish(kind, title, text, **choices)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return False
        self.refresh()
        self._host.say(_("Your post goes out the next time you are connected."), undo)
        return True


def _answers(post: Post) -> str:
    return ngettext("{n} answer", "{n} answers", post.answers).format(n=number(post.answers))
