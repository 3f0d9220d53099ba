"""Speaks AT-SPI, as a screen reader does, over a real accessibility bus: https://docs.gtk.org/atspi2/.

A screen of its own (Xvfb), a session bus of its own and the launcher of the accessibility bus; nothing of the person's desktop
is touched. The packages are Debian's xvfb, dbus and at-spi2-core.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MatchRule, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
LIBRARIES = (
    "xcb-cursor",
    "xcb-icccm",
    "xcb-image",
    "xcb-keysyms",
    "xcb-render-util",
    "xkbcommon-x11",
)  # Qt's, on a screen
ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
STATES = {0: "invalid", 1: "active", 4: "checked", 8: "enabled", 11: "focusable", 12: "focused", 25: "showing"}
STATES |= {
    23: "selected",
    24: "sensitive",
    30: "visible",
    41: "checkable",
    7: "editable",
    5: "collapsed",
    9: "expandable",
}


def is_here() -> bool:
    """Whether this computer has what is needed."""
    programs = shutil.which("Xvfb") and shutil.which("dbus-daemon") and launcher()
    return bool(programs and all(find_library(name) for name in LIBRARIES))


def launcher() -> str:
    """The launcher of the accessibility bus; empty if there is none."""
    return next((path for path in LAUNCHERS if Path(path).exists()), "")


@dataclass(frozen=True)
class Node:
    """One thing that a screen reader meets."""

    bus: str
    path: str
    name: str
    role: str
    states: frozenset[str]
    description: str = ""
    children: list["Node"] = field(default_factory=list, hash=False, compare=False)

    def all(self) -> Iterator["Node"]:
        """This and everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.all()

    def __str__(self) -> str:
        return f"{self.role} {self.name!r} ({', '.join(sorted(self.states))})"


@contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """A screen and a session with an accessibility bus; gives the environment for programs that use them."""
    with ExitStack() as stack:
        reading, writing = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_end, screen)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
        )
        stack.callback(_end, bus)
        assert bus.stdout
        address = bus.stdout.readline().strip()
        kept = {
            name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS")
        }
        around = kept | {"DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": address, "QT_QPA_PLATFORM": "xcb"}
        around |= {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_ACCESSIBILITY": "1"}
        helper = subprocess.Popen([launcher(), "--launch-immediately"], env=around, stderr=subprocess.DEVNULL)
        stack.callback(_end, helper)
        yield around


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class ScreenReader:
    """Looks at programs and hears what happens in them."""

    def __init__(self, session: str) -> None:
        with open_dbus_connection(session) as first:
            place = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            address = first.send_and_get_reply(new_method_call(place, "GetAddress"), timeout=30).body[0]
        self._bus: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def programs(self) -> list[tuple[str, str]]:
        """The bus name and root of every program there."""
        found: list[tuple[str, str]] = self._call("org.a11y.atspi.Registry", ROOT, "GetChildren")[0]
        return [(bus, path) for bus, path in found if bus]

    def read(self, bus: str, path: str) -> Node:
        """A thing with all below it that is shown."""
        states = self._states(bus, path)
        children = []
        for child_bus, child_path in self._call(bus, path, "GetChildren")[0]:
            if child_path.endswith("/null"):
                continue
            child = self.read(child_bus, child_path)
            if "showing" in child.states or child.role in ("application", "window"):
                children.append(child)
        role = str(self._call(bus, path, "GetRoleName")[0])
        return Node(
            bus,
            path,
            self._property(bus, path, "Name"),
            role,
            states,
            self._property(bus, path, "Description"),
            children,
        )

    def listen(self, interface: str, member: str) -> Any:
        """A queue of what programs announce; use it in ``with``."""
        rule = MatchRule(type="signal", interface=interface, member=member)
        registry = DBusAddress("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
        words = f"{interface.rpartition('.')[2]}:{member}"
        self._bus.send_and_get_reply(new_method_call(registry, "RegisterEvent", "s", (words,)), timeout=30)
        self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=30)
        return self._bus.filter(rule)

    def next(self, queue: Any, timeout: float = 30) -> Any:
        """The body of the next thing announced. Raises TimeoutError."""
        return self._bus.recv_until_filtered(queue, timeout=timeout).body

    def _call(self, bus: str, path: str, method: str, interface: str = ACCESSIBLE, *rest: Any) -> Any:
        place = DBusAddress(path, bus, interface)
        reply = self._bus.send_and_get_reply(new_method_call(place, method, *rest), timeout=30)
        return reply.body

    def _property(self, bus: str, path: str, name: str) -> str:
        body = self._call(bus, path, "Get", "org.freedesktop.DBus.Properties", "ss", (ACCESSIBLE, name))
        value = body[0]
        return str(value[1]) if isinstance(value, tuple) else ""

    def _states(self, bus: str, path: str) -> frozenset[str]:
        low, high = self._call(bus, path, "GetState")[0]
        bits = low | high << 32
        return frozenset(name for bit, name in STATES.items() if bits >> bit & 1)
