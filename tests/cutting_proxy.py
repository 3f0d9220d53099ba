"""A line that misbehaves by a seed: it cuts, repeats, delays and truncates at any byte, and knows nothing of HTTP."""

import random
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

KINDS = ("honest", "cut_question", "cut_answer", "truncate_answer", "silence", "twice", "late", "drip")
LIKELY = (1, 2, 3, 2, 1, 2, 2, 1)
LATE_SECONDS = 0.3  # a held question is delivered then at the latest
PIECE = 64 * 1024


@dataclass(frozen=True)
class Plan:
    """What happens to one connection. ``at`` is the byte from which it happens, counted in the direction concerned.

    - cut_question, cut_answer: reset there; truncate_answer: ended there in good order; silence: reset before a byte
      of an answer, though the platform has the whole question
    - twice: the answers are cut, and everything asked is asked once more on a connection of its own
    - late: the connection is reset before the platform has seen anything of it, and the platform gets the question only
      after another one was answered
    - drip: every byte on its own for a while, then the answers are cut
    """

    kind: str = "honest"
    at: int = 0


class CuttingProxy:
    """A TCP proxy on loopback before ``target``. ``misbehave`` with a seed, then ``be_honest``; ``settle`` waits for
    everything that is still on its way."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._chance: random.Random | None = None
        self._busy, self._idle = 0, threading.Condition()
        self._answered = threading.Event()
        self._open: set[socket.socket] = set()
        self.used: list[Plan] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def misbehave(self, seed: int) -> None:
        """Follow the schedule of ``seed``. Open connections are ended, for a client may keep a good one all day."""
        self.used, self._chance = [], random.Random(seed)
        self._end_open()

    def be_honest(self) -> None:
        """Pass everything; open connections are ended, for they follow their plans."""
        self._chance = None
        self._end_open()

    def _end_open(self) -> None:
        with self._idle:
            for connection in self._open:
                _shut(connection)

    def settle(self) -> None:
        """Wait until every connection and every late or repeated question has come to its end."""
        self._answered.set()
        with self._idle:
            assert self._idle.wait_for(lambda: not self._busy, 20), "the proxy is still at work"

    def close(self) -> None:
        _shut(self._listener)
        self._listener.close()
        self.be_honest()

    # -- connections -------------------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plan = self._plan()
            with self._idle:
                self._open.add(client)
            self._begin(lambda client=client, plan=plan: self._serve(client, plan))  # type: ignore[misc]

    def _plan(self) -> Plan:
        if self._chance is None:
            return Plan()
        kind = self._chance.choices(KINDS, LIKELY)[0]
        at = int(2 ** self._chance.uniform(0, 14))
        self.used.append(Plan(kind, at))
        return self.used[-1]

    def _begin(self, work: Callable[[], None]) -> None:
        with self._idle:
            self._busy += 1

        def run() -> None:
            try:
                work()
            except (OSError, ValueError):  # a connection that was ended from the other side
                pass
            finally:
                with self._idle:
                    self._busy -= 1
                    self._idle.notify_all()

        threading.Thread(target=run, daemon=True).start()

    def _serve(self, client: socket.socket, plan: Plan) -> None:
        try:
            if plan.kind == "late":
                self._hold(client)
                return
            with socket.create_connection(self._target, 5) as server:
                asked = _Pump(client, server, plan).run(self._answered.set)
            if plan.kind == "twice":
                self._ask_again(bytes(asked))
        finally:
            with self._idle:
                self._open.discard(client)
            client.close()

    def _hold(self, client: socket.socket) -> None:
        """Take the question, drop the client, and let the platform have it after somebody else's."""
        client.settimeout(0.02)
        asked = bytearray()
        try:
            while piece := client.recv(PIECE):
                asked += piece
        except TimeoutError:
            pass
        self._answered.clear()
        _reset(client)
        self._answered.wait(LATE_SECONDS)
        self._ask_again(bytes(asked))

    def _ask_again(self, asked: bytes) -> None:
        with socket.create_connection(self._target, 5) as server:
            server.settimeout(5)
            server.sendall(asked)
            server.shutdown(socket.SHUT_WR)
            while server.recv(PIECE):
                pass


class _Pump:
    """Passes bytes both ways until the plan says otherwise."""

    def __init__(self, client: socket.socket, server: socket.socket, plan: Plan) -> None:
        self._client, self._server, self._plan = client, server, plan
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asked, self._answered = bytearray(), 0

    def run(self, on_answer: Callable[[], object]) -> bytearray:
        """Returns what the client asked."""
        while True:
            ready, _write, _error = select.select([self._client, self._server], [], [], 10)
            if not ready:
                return self._asked
            for source in ready:
                piece = source.recv(PIECE)
                if source is self._server and piece:
                    on_answer()
                go_on = self._question(piece) if source is self._client else self._answer(piece)
                if not go_on:
                    return self._asked

    def _question(self, piece: bytes) -> bool:
        if not piece:
            return False
        if self._plan.kind == "cut_question" and len(self._asked) + len(piece) > self._plan.at:
            self._server.sendall(piece[: self._plan.at - len(self._asked)])
            _reset(self._client)
            _reset(self._server)
            return False
        self._asked += piece
        self._send(self._server, piece)
        return True

    def _answer(self, piece: bytes) -> bool:
        if not piece:
            return False
        if self._plan.kind == "silence":
            _reset(self._client)
            return False
        over = self._answered + len(piece) > self._plan.at
        if self._plan.kind not in ("honest", "cut_question") and over:
            self._client.sendall(piece[: self._plan.at - self._answered])
            if self._plan.kind != "truncate_answer":
                _reset(self._client)
            return False
        self._answered += len(piece)
        self._send(self._client, piece)
        return True

    def _send(self, target: socket.socket, piece: bytes) -> None:
        single = min(len(piece), 300) if self._plan.kind == "drip" else 0
        for number in range(single):
            target.sendall(piece[number : number + 1])
        target.sendall(piece[single:])


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
