"""Buttons for what can be done now, in one wrapping line, updated in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QPushButton, QWidget

from ui.widgets.basics import Flow, as_high_as_it_wraps, button
from ui.widgets.pressed import when_released
from ui.widgets.tab_order import focus_at, focus_place


@dataclass(frozen=True)
class Step:
    """Something that can be done; ``name`` stays while its words and its deed may change."""

    name: str
    text: str
    act: Callable[[], object]
    role: str = ""
    icon: str = ""


class ButtonRow(QWidget):
    """Shows the steps that are possible. A button that is held down or has the focus stays the same button."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = Flow(spacing=8)
        self.setLayout(self._flow)
        as_high_as_it_wraps(self)
        self._buttons: dict[str, QPushButton] = {}
        self._steps: dict[str, Step] = {}
        self._wanted: tuple[Step, ...] = ()

    def button(self, name: str) -> QPushButton:
        """The button of a step that is shown."""
        return self._buttons[name]

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Offer exactly these steps, in this order."""
        self._wanted = tuple(steps)
        when_released(self, self._apply)

    def _apply(self) -> None:
        known = [(step.name, step.text, step.role, step.icon) for step in self._steps.values()]
        wanted = [(step.name, step.text, step.role, step.icon) for step in self._wanted]
        self._steps = {step.name: step for step in self._wanted}
        if known == wanted:
            return
        focused = self.window().focusWidget()
        is_mine = focused is not None and self.isAncestorOf(focused)
        place = focus_place(self, focused) if is_mine else 0
        while self._flow.takeAt(0):
            pass
        old, self._buttons = self._buttons, {}
        for step in self._wanted:
            self._buttons[step.name] = self._made(step, old.pop(step.name, None))
            self._flow.addWidget(self._buttons[step.name])
        for left in old.values():
            left.hide()
            left.deleteLater()
        self.updateGeometry()
        if is_mine and focused not in self._buttons.values():
            focus_at(self, place)

    def _made(self, step: Step, before: QPushButton | None) -> QPushButton:
        if before is not None and before.property("role") == step.role:
            before.setText(step.text)
            return before
        if before is not None:
            before.hide()
            before.deleteLater()
        made = button(step.text, lambda: self._steps[step.name].act(), step.role, step.icon)
        made.setObjectName(f"step-{step.name}")
        return made
