"""Printing: the system's programs as they are really started, with fakes of them on the PATH."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from jobs.paper import printing
from jobs.paper.printing import PrintError, open_file, print_file, printers, safe_title
from tests.ui.hostile import CORPUS, RAW

pytestmark = pytest.mark.skipif(os.name == "nt", reason="lp is a program of POSIX systems")


class Office:
    """A folder of fake programs, and what they were told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = folder / "told"
        folder.mkdir()
        self.environ = {
            "PATH": f"{folder}:/usr/bin:/bin",
            "HOME": str(folder),
            "PANTAU_SHOP_X_APP_SECRET": "CANARY",
            "LD_PRELOAD": "",
        }

    def put(self, name: str, script: str) -> None:
        """A program of this name; `$0.told` is where it writes."""
        path = self.folder / name
        path.write_text(
            f"#!{sys.executable}\nimport os, sys, time, json\ntold = {str(self.told)!r}\n{script}\n"
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


_NOTE = "open(told, 'a').write(json.dumps([sys.argv[1:], sorted(os.environ)]) + '\\n')"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "bin")
    made.put("lpstat", "assert sys.argv[1:] == ['-e']\nprint('Zebra_GK420d\\nEPSON L3110\\n\\nZebra_GK420d')")
    made.put("lp", _NOTE)
    return made


def test_the_printers_are_those_of_the_system(office: Office) -> None:
    assert printers(office.environ) == ["Zebra_GK420d", "EPSON L3110"]


def test_no_printer_at_all_is_an_empty_list(office: Office) -> None:
    office.put("lpstat", "sys.stderr.write('lpstat: No destinations added.\\n'); sys.exit(1)")
    assert printers(office.environ) == []


def test_a_file_goes_to_the_printer_exactly_so(office: Office, tmp_path: Path) -> None:

    path = tmp_path / "labels_1.pdf"
    print_file(path, "EPSON L3110", "pantau label 1; $(id)\n\x1b[2J", office.environ)
    arguments, names = json.loads(office.told.read_text())
    assert arguments == ["-d", "EPSON L3110", "-t", "pantau label 1 id 2J", "--", str(path)]
    assert {"PATH", "HOME", "LC_ALL"} <= set(names)
    assert not [name for name in names if name.startswith(("PANTAU", "LD_"))]


@pytest.mark.parametrize(
    "printer", ["", "Nobody", "-o raw", "Zebra_GK420d ", "EPSON", "Zebra_GK420d\n", *CORPUS]
)
def test_an_unknown_printer_gets_nothing(office: Office, tmp_path: Path, printer: str) -> None:
    with pytest.raises(PrintError) as caught:
        print_file(tmp_path / "x.pdf", printer, "t", office.environ)
    assert (caught.value.reason, caught.value.sure) == ("unknown_printer", True)
    assert not office.told.exists()


def test_a_printer_that_refuses_says_so(office: Office, tmp_path: Path) -> None:
    office.put("lp", "sys.stderr.write('lp: \\x1b[2J error'); sys.exit(1)")
    with pytest.raises(PrintError) as caught:
        print_file(tmp_path / "x.pdf", "EPSON L3110", "t", office.environ)
    assert (caught.value.reason, caught.value.sure) == ("print_refused", True)
    assert "\x1b" not in str(caught.value)


def test_a_hanging_printer_leaves_a_doubt(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("lp", "time.sleep(60)")
    monkeypatch.setattr(printing, "LP_PATIENCE", 0.5)
    with pytest.raises(PrintError) as caught:
        print_file(tmp_path / "x.pdf", "EPSON L3110", "t", office.environ)
    assert (caught.value.reason, caught.value.sure) == ("print_slow", False)


def test_a_hanging_list_is_no_print_system(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("lpstat", "time.sleep(60)")
    monkeypatch.setattr(printing, "LIST_PATIENCE", 0.3)
    with pytest.raises(PrintError, match="no_printing"):
        printers(office.environ)


def test_a_computer_without_a_print_system(tmp_path: Path) -> None:
    with pytest.raises(PrintError, match="no_printing"):
        printers({"PATH": str(tmp_path)})


@pytest.mark.parametrize("text", [*CORPUS, *RAW])
def test_titles_hold_nothing_but_plain_signs(text: str) -> None:
    title = safe_title(text)
    assert title
    assert len(title) <= 60
    assert not title.startswith("-")
    assert set(title) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-")


def test_the_viewer_gets_the_file_and_no_secret(office: Office, tmp_path: Path) -> None:

    office.put("open" if sys.platform == "darwin" else "xdg-open", _NOTE)
    path = tmp_path / "labels_1.pdf"
    assert open_file(path, office.environ)
    end = time.monotonic() + 10
    while not (office.told.exists() and office.told.read_text().endswith("\n")):
        assert time.monotonic() < end
    arguments, names = json.loads(office.told.read_text())
    assert arguments == [str(path)]
    assert not [name for name in names if name.startswith("PANTAU")]


def test_without_a_viewer_nothing_happens(tmp_path: Path) -> None:
    assert not open_file(tmp_path / "x.pdf", {"PATH": str(tmp_path)})
