"""Foreign PDFs: each is read in a process of its own with limits, and costs itself at the most."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from jobs.paper import inspect, pdfwork
from jobs.paper.inspect import Unmerged, merge
from tests.jobs.paper_kit import built, pdf, texts
from tests.ui.hostile import CORPUS

HALF = pdf("half")[:300]
LOOP = built([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
SELF = built([b"1 0 R"])
MANY = built(
    [b"<< /Type /Catalog /Pages 2 0 R >>"]
    + [
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"%d 0 R " % (n + 3) * 10, 10 ** (6 - n))
        for n in range(6)
    ]
    + [b"<< /Type /Page /MediaBox [0 0 9 9] >>"]
)
FLAT = built(
    [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 30 >>" % (b"3 0 R " * 30),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
)
DEEP = b"%PDF-1.4\n1 0 obj\n" + b"[" * 200_000
BOMB = built(
    [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        (lambda data: b"<< /Type /ObjStm /N 9 /First 9 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
         % (len(data), data))(zlib.compress(b"0" * 50_000_000)),
    ]
)  # fmt: skip


def write(folder: Path, *contents: bytes) -> list[Path]:
    found = []
    for number, content in enumerate(contents):
        found.append(folder / f"label_{number}.pdf")
        found[-1].write_bytes(content)
    return found


async def test_pages_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    files = write(tmp_path, pdf("satu"), pdf("dua", 2), pdf("tiga"))
    out = tmp_path / "out.pdf"
    merged = await merge([files[2], files[0], files[1]], out)
    assert (merged.pages, merged.counts, merged.reasons) == (4, (1, 1, 2), (None,) * 3)
    assert texts(out) == ["tiga", "satu", "dua", "dua"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "label_0.pdf",
        "label_1.pdf",
        "label_2.pdf",
        "out.pdf",
    ]
    assert out.stat().st_mode & 0o777 == 0o600


async def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    files = write(tmp_path, pdf("satu"), pdf("dua"))
    await merge(files, tmp_path / "one.pdf")
    await merge(files, tmp_path / "other.pdf")
    data = (tmp_path / "one.pdf").read_bytes()
    assert data == (tmp_path / "other.pdf").read_bytes()
    assert b"Producer" not in data
    assert str(tmp_path).encode() not in data


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-", b"%PDF-1.4 garbage", HALF, LOOP, SELF, MANY, FLAT, DEEP, BOMB],
    ids=["nothing", "head", "garbage", "half", "loop", "self", "million", "flat", "deep", "bomb"],
)
async def test_a_hostile_file_costs_only_itself(tmp_path: Path, content: bytes) -> None:
    files = write(tmp_path, pdf("satu"), content, pdf("dua"))
    out = tmp_path / "out.pdf"
    merged = await merge(files, out, cpu=2)
    assert merged.counts[0] == merged.counts[2] == 1
    assert merged.reasons[1] in inspect.REASONS
    assert texts(out) == ["satu", "dua"]


async def test_a_file_that_never_ends_takes_no_neighbour_along(tmp_path: Path) -> None:
    """A few files share a child: it is killed for one of them, and the others are read all the same."""
    count = 150_000
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    crowd = built(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count 3 >>" % kids,
            *[page] * count,
        ]
    )
    files = write(tmp_path, pdf("satu"), crowd, pdf("dua"))
    merged = await merge(files, tmp_path / "out.pdf", cpu=1)
    assert merged.counts == (1, None, 1)
    # Which limit it meets first is a matter of the machine.
    assert merged.reasons[1] in inspect.REASONS
    assert texts(tmp_path / "out.pdf") == ["satu", "dua"]


async def test_every_text_of_the_corpus_may_stand_in_a_file(tmp_path: Path) -> None:
    whole = [b"%PDF-1.4\n" + text.encode("utf-8", "surrogatepass")[:4_000] for text in CORPUS[:12]]
    merged = await merge(write(tmp_path, *whole, pdf("baik")), tmp_path / "out.pdf")
    assert merged.pages == 1
    assert set(merged.reasons[:-1]) == {"broken"}


async def test_nothing_that_acts_comes_along(tmp_path: Path) -> None:
    acts = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (calc.exe) >> >>]"
    acts += b" /AA << /O << /S /JavaScript /JS (app.alert(1)) >> >>"
    root = b"/OpenAction << /S /JavaScript /JS (app.alert(2)) >> /Names << /EmbeddedFiles << /Names [] >> >>"
    files = write(tmp_path, pdf("label", extra=acts, root=root))
    merged = await merge(files, tmp_path / "out.pdf")
    assert merged.pages == 1
    found = (tmp_path / "out.pdf").read_bytes()
    for word in (b"JavaScript", b"Launch", b"calc", b"OpenAction", b"EmbeddedFiles", b"Annots", b"/AA"):
        assert word not in found


async def test_nothing_but_bad_files_writes_nothing(tmp_path: Path) -> None:
    merged = await merge(write(tmp_path, b"x", b"%PDF-"), tmp_path / "out.pdf")
    assert (merged.pages, merged.counts) == (0, (None, None))
    assert not (tmp_path / "out.pdf").exists()
    assert await merge([], tmp_path / "out.pdf") == inspect.Merged(0, (), ())


async def test_a_file_that_is_gone_is_a_bad_file(tmp_path: Path) -> None:
    (good,) = write(tmp_path, pdf("satu"))
    merged = await merge([tmp_path / "gone.pdf", good], tmp_path / "out.pdf")
    assert merged.reasons == ("broken", None)


async def test_the_deadline_ends_the_whole_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program and the child it made are both gone, and nothing is left behind."""
    sleeper = tmp_path / "sleeper.py"
    note = tmp_path / "pids"
    sleeper.write_text(
        "import os, sys, time\n"
        "child = os.fork()\n"
        f"open({str(note)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(pdfwork, "__file__", str(sleeper))
    with pytest.raises(Unmerged) as caught:
        await merge(write(tmp_path, pdf("x")), tmp_path / "out.pdf", deadline=1.5)
    assert caught.value.reason == "too_slow"
    for pid in map(int, note.read_text().split()):
        end = time.monotonic() + 5
        while _alive(pid):
            assert time.monotonic() < end
            await asyncio.sleep(0.01)


async def test_who_is_cancelled_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = tmp_path / "sleeper.py"
    note = tmp_path / "pids"
    sleeper.write_text(f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    monkeypatch.setattr(pdfwork, "__file__", str(sleeper))
    task = asyncio.create_task(merge(write(tmp_path, pdf("x")), tmp_path / "out.pdf"))
    while not (note.exists() and note.read_text()):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _alive(int(note.read_text()))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


_PROBE = """
import runpy, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
pdfwork = runpy.run_path({program!r})
def spin():
    while True: pass
def swell():
    return len(bytearray(2 << 30))
def write():
    open({out!r}, "wb").write(b"x" * 5_000_000)
    return 1
def crash():
    import ctypes
    return ctypes.string_at(0)
def leave():
    raise SystemExit(3)
print(pdfwork['apart']([{what}], 1, 512 << 20, 1 << 20)[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux keeps them")
@pytest.mark.parametrize(
    ("what", "why"),
    [("spin", "too_slow"), ("swell", "too_big"), ("write", "too_big"), ("crash", "broken"), ("leave", "broken"),
     ("lambda: 7", "7")],
)  # fmt: skip
def test_limits_hold_whatever_the_parser_does(tmp_path: Path, what: str, why: str) -> None:
    code = _PROBE.format(program=pdfwork.__file__, what=what, out=str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == why


def test_the_inner_program_speaks_json(tmp_path: Path) -> None:
    task = {
        "files": [],
        "out": "",
        "room": str(tmp_path),
        "most": 1,
        "cpu": 1,
        "memory": 1 << 30,
        "size": 1 << 20,
    }
    argv = [sys.executable, "-I", pdfwork.__file__]
    done = subprocess.run(
        argv, input=json.dumps(task), capture_output=True, text=True, timeout=30, check=True
    )
    assert json.loads(done.stdout) == {"found": [], "pages": 0}
