"""The paper folder: names of ours only, nothing outside it, nobody else reads it, nothing is overwritten."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.paper.files import BadName, PaperFolder, label_name, paper_name, save_to
from tests.ui.hostile import CORPUS, RAW

PLAIN = re.compile(r"label_[0-9A-Za-z_-]{0,80}\.pdf")


@pytest.fixture
def folder(tmp_path: Path) -> PaperFolder:
    return PaperFolder(tmp_path / "data" / "paper")


def test_a_label_is_named_by_its_package() -> None:
    assert label_name("1150000000000000001") == "label_1150000000000000001.pdf"
    assert label_name("1150000000000000001", "A5") == "label_1150000000000000001_A5.pdf"
    assert paper_name("label", 12) == "labels_12.pdf"
    assert paper_name("picklist", 3) == "picklist_3.pdf"


@pytest.mark.parametrize("text", [*CORPUS, *RAW, "", ".", "..", "a/b", "/etc/passwd", "x" * 500])
def test_hostile_ids_make_plain_names(folder: PaperFolder, text: str) -> None:
    for size in ("A6", "A5", text):
        name = label_name(text, size)[:104]
        assert re.fullmatch(r"[0-9A-Za-z_.-]+", name)
    name = label_name(text)
    assert PLAIN.fullmatch(name)
    assert folder.file(name).parent == folder.path.resolve()


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_ids_never_share_a_file(one: str, other: str) -> None:
    if one != other:
        assert label_name(one) != label_name(other)


@pytest.mark.parametrize(
    "name",
    ["", "x", "../x.pdf", "a/b.pdf", "/etc/passwd.pdf", "a.pdf\n", ".pdf", "a.PDF", "a..pdf", "a\0.pdf", "x.pdf.exe",
     "é.pdf", "a" * 101 + ".pdf", "C:\\x.pdf", "-o raw.pdf"],
)  # fmt: skip
def test_other_names_are_refused(folder: PaperFolder, name: str) -> None:
    with pytest.raises(BadName):
        folder.file(name)


def test_a_link_out_of_the_folder_is_refused(folder: PaperFolder, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.pdf"
    target.write_bytes(b"x")
    (folder.make() / "label_1.pdf").symlink_to(target)
    with pytest.raises(BadName):
        folder.write("label_1.pdf", b"y")
    folder.remove("label_1.pdf")
    assert target.read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_only_the_owner_reads_paper(folder: PaperFolder) -> None:
    old = os.umask(0)
    try:
        path = folder.write("label_1.pdf", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert [path.name for path in folder.path.iterdir()] == ["label_1.pdf"]


def test_a_file_is_intact_or_not_there(folder: PaperFolder) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    assert not folder.intact("label_1.pdf", digest)
    path = folder.write("label_1.pdf", b"x")
    assert folder.intact("label_1.pdf", digest)
    assert not folder.intact("label_1.pdf", None)
    assert not folder.intact(None, digest)
    assert not folder.intact("../x.pdf", digest)
    path.write_bytes(b"y")
    assert not folder.intact("label_1.pdf", digest)
    folder.remove("label_1.pdf")
    folder.remove("label_1.pdf")
    assert not path.exists()


def test_a_failed_write_leaves_what_was_there(folder: PaperFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.write("label_1.pdf", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.write("label_1.pdf", b"new")
    assert path.read_bytes() == b"old"
    assert [path.name for path in folder.path.iterdir()] == ["label_1.pdf"]


def test_only_our_own_old_papers_are_swept(folder: PaperFolder) -> None:
    ours = ["label_1.pdf", "label_1_A5.pdf", "labels_1.pdf", "slips_2.pdf", "picklist_3.pdf", "manifest_4.pdf",
            "own_1.pdf", ".labels_1.part", ".label_1.ab12.part"]  # fmt: skip
    others = ["skripsi.pdf", "labels.pdf", "labels_x.pdf", "foto.jpg", "label_1.txt"]
    assert folder.sweep(1) == 0  # no folder yet
    for name in [*ours, *others]:
        (folder.make() / name).write_bytes(b"x")
        os.utime(folder.path / name, (1_000, 1_000))
    work = folder.path / ".work-abc"
    work.mkdir()
    (work / "0.pdf").write_bytes(b"x")
    os.utime(work, (1_000, 1_000))
    folder.write("label_9.pdf", b"fresh")
    assert folder.sweep(1_000_000) == 0
    assert folder.sweep(1_000_001) == len(ours) + 1
    assert sorted(path.name for path in folder.path.iterdir()) == sorted([*others, "label_9.pdf"])


def test_the_sellers_own_folder_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    PaperFolder(tmp_path).write("label_1.pdf", b"x")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_copies_never_overwrite(tmp_path: Path) -> None:
    source = tmp_path / "labels_1.pdf"
    source.write_bytes(b"one")
    there = tmp_path / "out" / "deep"
    names = [save_to(source, there).name for _ in range(3)]
    assert names == ["labels_1.pdf", "labels_1-2.pdf", "labels_1-3.pdf"]
    (there / "labels_1-4.pdf").symlink_to(tmp_path / "nowhere")
    assert save_to(source, there).name == "labels_1-5.pdf"
    assert not (tmp_path / "nowhere").exists()
    assert {path.read_bytes() for path in there.iterdir() if path.is_file()} == {b"one"}
