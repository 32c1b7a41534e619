"""SQLite without SQLAlchemy: which driver, how a connection is set up, and where a database may live.

Every connection of the program to a SQLite file is made here, so its settings and the file's permissions hold
for the writer, for the screen and for migrations alike.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from store.errors import CannotConnect, CorruptStore, NetworkFilesystem, explain

BUSY_MS: Final = 10_000
"""How long a statement waits for another process's lock."""

_SETTINGS: Final = (
    # For a file that is still empty: half as many pages to keep in order, check and write. Others stay as they are.
    "page_size=8192",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cache_size=-16000",
    # Pages of many orders touch the same pages of indexes again and again: fewer checkpoints write each once.
    "wal_autocheckpoint=4000",
)


def _load_driver() -> Any:
    # The interpreter's own SQLite is often old enough to have the WAL-reset bug (see wal_is_safe).
    try:
        found = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        found = importlib.import_module("sqlite3")
    # For every value that is no plain int, float or str the driver looks for an adapter, and finding none
    # costs 0.6 to 1.7 us: with two dozen NULLs an order, half of all ingest. These answer with the same value.
    found.register_adapter(type(None), {None: None}.get)
    found.register_adapter(bool, int)
    found.register_adapter(bytes, bytes)
    return found


driver: Final = _load_driver()
"""The DB-API module used everywhere: pysqlite3 where there is a wheel, else the interpreter's."""

_SMALLEST: Final = 512
"""Bytes of the smallest database."""
_UNLOCKED: Final = (
    {"flags": driver.SQLITE_OPEN_READWRITE | driver.SQLITE_OPEN_NOMUTEX}
    if hasattr(driver, "SQLITE_OPEN_NOMUTEX")
    else {}
)
"""How to open what one thread at a time uses (SQLAlchemy's pool sees to it): two hundred locks an order less.
The interpreter's own module has no such argument."""

_NETWORK: Final = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "beegfs"),
        *("9p", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.s3fs"),
    }
)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether a SQLite of this version may use write-ahead logging.

    3.7.0 to 3.51.2 can lose committed transactions when a checkpoint races another connection's write (the
    WAL-reset bug); fixed in 3.51.3 and, for two older lines, in 3.50.7 and 3.44.6.
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def database_path(url: str) -> Path | None:
    """The file of a `sqlite:///...` URL or of a plain path; None when the URL names a server."""
    scheme, found, rest = url.partition("://")
    if not found:
        return Path(url)
    if scheme.partition("+")[0] != "sqlite":
        return None
    return Path(rest.removeprefix("/").partition("?")[0])


def connect(path: Path, *, read_only: bool = False) -> Any:
    """A raw connection in autocommit mode: the caller says BEGIN.

    Makes the file (0600, its folder 0700) unless `read_only`. It may be used from another thread than the one
    that opened it, by one thread at a time. Raises NetworkFilesystem, CannotConnect, CorruptStore.
    """
    if not read_only:
        _prepare(path)
    _expect_database(path)
    try:
        raw = driver.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_MS / 1_000,
            cached_statements=256,
            **({} if read_only else _UNLOCKED),
        )
    except driver.Error as error:
        raise explain(error, str(path)) or CannotConnect(path=str(path)) from error
    try:
        for setting in _SETTINGS:
            raw.execute(f"PRAGMA {setting}")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.Error as error:
        raw.close()
        raise explain(error, str(path)) or CorruptStore(path=str(path)) from error
    return raw


def keep_private(path: Path) -> None:
    """Take away what an earlier copy or a careless tool allowed others; the log files follow the file's mode."""
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(FileNotFoundError):
            if os.name == "posix" and file.stat().st_mode & 0o077:
                file.chmod(0o600)


def set_journal(raw: Any) -> str:
    """Put the file into the mode this SQLite is safe with and return the mode it is in then.

    A file that others use stays as it is: SQLite refuses to change it under them.
    """
    wanted = "wal" if wal_is_safe(driver.sqlite_version_info) else "delete"
    present: str = raw.execute("PRAGMA journal_mode").fetchone()[0]
    if present == wanted:
        return present
    try:
        changed: str = raw.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0]
    except driver.OperationalError:
        return present
    return changed


def problems(raw: Any) -> list[str]:
    """What SQLite finds wrong with the file: broken pages, indexes, search index, dangling references."""
    found: list[str] = []
    try:
        found += (row[0] for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok")
        for child, row, parent, _ in raw.execute("PRAGMA foreign_key_check"):
            found.append(f"{child} row {row} points to a row that {parent} does not have")
    except driver.DatabaseError as error:
        # Where the damage sits decides whether SQLite tells of it or gives up over it.
        found.append(str(error))
    return found


def filesystem(path: Path, mountinfo: str) -> str | None:
    """The type of filesystem a path is on, by the text of /proc/self/mountinfo; None when it is not told."""
    best, kind = "", None
    where = str(path)
    for line in mountinfo.splitlines():
        fields, _, tail = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) < 5 or not tail:
            continue
        # The kernel writes blanks in paths as octal escapes.
        mount = parts[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = where == mount or where.startswith(mount.rstrip("/") + "/")
        # A later line of the same length covers the earlier one: it was mounted over it.
        if inside and len(mount) >= len(best):
            best, kind = mount, tail.split(" ")[0]
    return kind


def _refuse_network(path: Path) -> None:
    place = path.resolve()
    if sys.platform == "win32":
        kind = "cifs" if str(place).startswith("\\\\") else None
    else:
        mounts = Path("/proc/self/mountinfo")
        kind = filesystem(place, mounts.read_text("utf-8", "replace")) if mounts.exists() else None
    if kind in _NETWORK:
        raise NetworkFilesystem(path=str(path), detail=str(kind))


def _expect_database(path: Path) -> None:
    """Refuse what SQLite would take for an empty database: a file of less than 512 bytes, whatever it is.

    It tells of larger ones by itself, and it alone may open them: POSIX drops all locks a process holds on a file
    when it closes any descriptor of it, and without SQLite's lock another program that comes and goes deletes the
    live log.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CannotConnect(path=str(path), detail=f"({error.strerror})") from error
    if 0 < size < _SMALLEST:
        raise CorruptStore(path=str(path))


def _prepare(path: Path) -> None:
    """Make a missing folder and file ours alone before SQLite does: it would make the file readable for all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_network(path)
        with suppress(FileExistsError):
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
            os.close(os.open(path, flags, 0o600))
    except OSError as error:
        raise CannotConnect(path=str(path), detail=f"({error.strerror})") from error
