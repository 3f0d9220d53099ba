"""The demonstration's platform in a process of its own, and a stand-in for the browser."""

import html
import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

MAIN = Path(__file__).resolve().parents[2] / "main.py"
PASSWORD = "demo-password"
TEACHERS = ("ayse@example.org", "nikos@example.org")
OFFICES = ("TR", "EL")


class DemoPlatform:
    """Starts ``main.py serve`` on a free loopback port with the invented community."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Make the community and start the platform. Raises RuntimeError when it does not answer within 30 s."""
        self.command("seed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(self._line("run", "--port", str(port)), stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                urlopen(f"{self.url}/v1/health", timeout=1).close()
                return
            except (URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the platform did not start")

    def stop(self) -> None:
        """End the platform, if it runs."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def command(self, *words: str) -> str:
        """Run a platform command and return what it prints. Raises RuntimeError when it fails."""
        done = subprocess.run(self._line(*words), capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def audit(self) -> dict[str, Any]:
        """What the platform holds. Raises RuntimeError when the command fails."""
        found: dict[str, Any] = json.loads(self.command("audit"))
        return found

    def approve_all(self) -> list[str]:
        """Let every national office approve what waits for it; returns what was said."""
        return [
            self.command("review", "approve", "--country", country, "--project", project["id"]).strip()
            for project in json.loads(self.command("review", "list"))
            for country in project["waits_for"]
        ]

    def _line(self, *words: str) -> list[str]:
        return [sys.executable, str(MAIN), "serve", "--data", str(self.data), *words]


def browser_of(email: str) -> Any:
    """A stand-in for a person at the sign-in page: reads the form, fills it in, follows the redirect."""

    def person(url: str) -> None:
        page = urlopen(url, timeout=10).read().decode()
        fields = {k: html.unescape(v) for k, v in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        form = urlencode({**fields, "email": email, "password": PASSWORD}).encode()
        where = urlsplit(url)
        try:
            urlopen(Request(f"{where.scheme}://{where.netloc}/oauth/authorize", form), timeout=20).close()
        except HTTPError as error:
            error.close()

    return lambda url: threading.Thread(target=person, args=(url,), daemon=True).start()
