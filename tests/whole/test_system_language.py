"""The program speaks the language of the computer, however the computer says which that is."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SAYS = "from i18n import use_language; print(use_language(None))"


@pytest.mark.parametrize(
    "said, spoken",
    [
        ({"LANGUAGE": "tr"}, "tr"),
        ({"LANGUAGE": "ku:tr:en", "LANG": "en_US.UTF-8"}, "tr"),
        ({"LANG": "tr_TR.UTF-8"}, "tr"),
        ({"LC_ALL": "tr_TR.UTF-8"}, "tr"),
        ({"LC_MESSAGES": "tr_TR.UTF-8", "LANG": "en_US.UTF-8"}, "tr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_first_language_of_the_computer_that_the_program_knows(said: dict[str, str], spoken: str) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    found = subprocess.run(
        [sys.executable, "-c", SAYS], env=ours | said, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == spoken
