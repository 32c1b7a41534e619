"""The log: no secrets, nothing that acts on a terminal, nobody else's eyes."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import logs
from jobs.config.secrets import Secret
from jobs.logs import log_to, stop_logging

log = logging.getLogger("test.logs")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a log."""
    handler = log_to(tmp_path / "data", [Secret("canary-1"), Secret("canary-1-and-more"), Secret("id")])
    yield tmp_path / "data"
    stop_logging(handler)


def written(folder: Path) -> str:
    return (folder / logs.NAME).read_text("utf-8")


def test_known_secrets_are_taken_out_whole(folder: Path) -> None:
    log.warning("app %s and %s", "canary-1", ["canary-1-and-more"])
    assert "canary" not in written(folder) and "more" not in written(folder)
    assert "app *** and" in written(folder)


def test_a_short_secret_does_not_eat_the_log(folder: Path) -> None:
    log.warning("provider identity")
    assert "provider identity" in written(folder)


@pytest.mark.parametrize(
    "text",
    [
        "GET https://auth.example/api/v2/token/refresh?app_key=k&app_secret=HIDE&refresh_token=HIDE2",
        '{"access_token": "HIDE", "refresh_token":"HIDE2"}',
        "headers {'x-tts-access-token': 'HIDE'}",
        "sign=HIDE&x=1",
        "Authorization: Bearer HIDE",
        "postgresql+psycopg://user:HIDE@host/db",
        "api_key = HIDE",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(folder: Path, text: str) -> None:
    log.warning("%s", text)
    assert "HIDE" not in written(folder)


def test_words_that_only_begin_like_one_stay(folder: Path) -> None:
    log.warning("signed=yes at design=1")
    assert "signed=yes at design=1" in written(folder)


def test_tracebacks_are_treated_like_our_own_words(folder: Path) -> None:
    try:
        raise ValueError("refresh_token=HIDE canary-1 \x1b[2J")
    except ValueError:
        log.exception("failed")
    text = written(folder)
    assert "Traceback" in text and "HIDE" not in text and "canary" not in text and "\x1b" not in text


def test_foreign_text_cannot_write_a_second_record(folder: Path) -> None:
    log.warning("note %s", "hi\n2026-11-22 00:00:00 INFO jobs all is well\r\x1b]0;x\x07\u2028\u202e")
    text = written(folder)
    assert len(text.splitlines()) == 1
    assert not {"\x1b", "\x07", "\r", "\u2028", "\u202e"} & set(text)


def test_only_the_owner_can_read_it(folder: Path) -> None:
    log.warning("x")
    assert stat.S_IMODE((folder / logs.NAME).stat().st_mode) == 0o600


def test_libraries_that_log_whole_addresses_are_kept_quiet(folder: Path) -> None:
    log.info("ours")
    logging.getLogger("httpx").info("GET https://x?canary=1")
    assert "ours" in written(folder) and "GET" not in written(folder)


def test_a_log_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / logs.NAME
    path.write_text("old\n")
    path.chmod(0o644)
    before = logging.getLogger().level
    stop_logging(log_to(tmp_path))
    assert logging.getLogger().level == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "old\n"


def test_a_link_planted_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("")
    (tmp_path / logs.NAME).symlink_to(tmp_path / "victim")
    with pytest.raises(OSError):
        log_to(tmp_path)


def test_a_long_log_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LIMIT", 3)
    (tmp_path / logs.NAME).write_text("long enough")
    stop_logging(log_to(tmp_path))
    assert (tmp_path / f"{logs.NAME}.1").read_text() == "long enough"
    assert (tmp_path / logs.NAME).read_text() == ""
