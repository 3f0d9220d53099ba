"""One request or invitation: who asks what, and the answer."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.messages import ASKED, ASKS_YOU, INVITED, INVITES_YOU, Request
from app.rules.text import brief
from app.safety import StoreError
from i18n import _
from ui import words
from ui.host import Host
from ui.messages.lines import name_of
from ui.widgets.basics import Avatar, breakable, clear, column, label, row
from ui.widgets.button_row import ButtonRow, Step


class RequestView(QWidget):
    """Shows a request; ``changed`` is called after an answer, ``write`` opens the conversation with a person."""

    def __init__(
        self, host: Host, changed: Callable[[], object], write: Callable[[str], object], back: QWidget
    ) -> None:
        super().__init__()
        self._host, self._use, self._changed, self._write = host, host.workspace.messages, changed, write
        self._request: Request | None = None
        layout = column(self, spacing=10)
        self._picture = row()
        names = column(spacing=2)
        self._name, self._what = label("", "cardTitle", wrap=True), label("", wrap=True)
        names.addWidget(self._name)
        names.addWidget(self._what)
        head = row(back, spacing=12)
        head.addLayout(self._picture)
        head.addLayout(names, 1)
        layout.addLayout(head)
        self._text, self._state, self.ways = label("", wrap=True), label("", "muted", wrap=True), ButtonRow()
        for widget in (self._text, self._state, self.ways):
            layout.addWidget(widget)
        layout.addStretch()

    def show_request(self, request: Request) -> None:
        """Show a request as it is now."""
        if self._request is None or self._request.name != request.name:
            clear(self._picture)
            self._picture.addWidget(Avatar(name_of(request.name)))
        self._request = request
        self._name.setText(breakable(name_of(request.name)))
        self._what.setText(breakable(_sentence(request)))
        self._text.setText(breakable(request.text))
        self._text.setVisible(bool(request.text))
        state = _state(request)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.ways.show_steps(self._steps(request))
        for step in self._steps(request):
            self.ways.button(step.name).setAccessibleName(f"{step.text}: {_sentence(request)}, {name_of(request.name)}")

    def _steps(self, request: Request) -> list[Step]:
        steps = []
        if request.answer:
            steps.append(Step("undo", _("Take the answer back"), self._take_back, icon="arrow-counter-clockwise"))
        elif request.kind in (ASKS_YOU, INVITES_YOU):
            steps.append(Step("accept", _("Accept"), lambda: self._answer(True), "main"))
            steps.append(Step("decline", _("Decline"), lambda: self._answer(False)))
        if request.project_id:
            steps.append(Step("project", _("Open the project"), self._open_project, icon="notebook"))
        if request.person_id:
            steps.append(Step("write", _("Write a message"), lambda: self._write(request.person_id), icon="chat-text"))
            if self._use.person(request.person_id).teacher:
                steps.append(Step("profile", _("Show the profile"), self._show_profile, icon="user-circle"))
        return steps

    def _answer(self, accept: bool) -> None:
        if self._request is None:
            return
        try:
            undo = self._use.answer(self._request, accept)
        except StoreError as error:
            self._host.say(words.not_saved(error))
            return
        said = _("Accepted. Your answer goes out the next time you are connected.")
        self._host.say(said if accept else _("Declined. Your answer goes out the next time you are connected."), undo)
        self._changed()

    def _take_back(self) -> None:
        if self._request and not self._use.take_answer_back(self._request):
            self._host.say(_("This cannot be taken back any more: it was sent already."))
        self._changed()

    def _open_project(self) -> None:
        if self._request:
            self._host.page("projects").show_project(self._request.project_id)

    def _show_profile(self) -> None:
        if self._request:
            self._host.page("partners").show_person(self._request.person_id)


def _sentence(request: Request) -> str:
    title = brief(request.title) or _("Untitled")
    return {
        ASKS_YOU: _("Would like to be your contact."),
        ASKED: _("You asked this person to be your contact."),
        INVITES_YOU: _("Invites you to found “{name}” together.").format(name=title),
        INVITED: _("You invited this person to found “{name}” together.").format(name=title),
    }[request.kind]


def _state(request: Request) -> str:
    if request.answer == "accept":
        return _("You have accepted. Your answer waits to be sent.")
    if request.answer == "decline":
        return _("You have declined. Your answer waits to be sent.")
    if request.waiting:
        return _("Your request waits to be sent.")
    return _("The answer is still to come.") if request.kind in (ASKED, INVITED) else ""
