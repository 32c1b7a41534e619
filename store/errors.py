"""What can go wrong with the storage, as sentences for a person, and how a driver's error becomes one.

Imports no driver: an error is told by the numbers it carries, so SQLite's two drivers, psycopg and
SQLAlchemy's wrappers around them are all understood in one place.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple


class Words(NamedTuple):
    """What happened, what it means for the seller's data, and what to do."""

    title: str
    message: str
    hint: str


class StoreError(Exception):
    """A failure of the storage that a person can understand; raised as one of its subclasses.

    `title`, `message` and `hint` are Indonesian; `say` gives another language, str() is English for logs.
    Facts (`path`, `detail`, ...) never hold credentials or rows.
    """

    code: ClassVar[str] = "store"
    """A stable name, for job health and tests."""
    indonesian: ClassVar[Words]
    english: ClassVar[Words]

    def __init__(self, **facts: str) -> None:
        self.facts = {"detail": "", "path": "", **facts}
        self.title, self.message, self.hint = self.say("id")
        super().__init__(". ".join(self.say("en")[:2]))

    def say(self, language: str) -> Words:
        """The three sentences in `id` or `en`."""
        words = self.english if language == "en" else self.indonesian
        return Words(*(part.format_map(self.facts).strip() for part in words))


class NewerSchema(StoreError):
    """A newer Pantau has upgraded this store; writing to it could lose what that version keeps."""

    code = "newer_schema"
    indonesian = Words(
        "Data dibuat oleh Pantau yang lebih baru",
        "Versi ini tidak mengenal skema {detail}, jadi tidak ada yang dibaca atau diubah.",
        "Perbarui Pantau di komputer ini.",
    )
    english = Words(
        "The data belongs to a newer Pantau",
        "This version does not know schema {detail}, so nothing was read or changed.",
        "Update Pantau on this computer.",
    )


class LockedStore(StoreError):
    """Another process holds the database longer than we wait."""

    code = "locked"
    indonesian = Words(
        "Data sedang dipakai program lain",
        "Program lain mengunci penyimpanan terlalu lama; perubahan ini tidak disimpan. {detail}",
        "Tutup Pantau lain yang macet atau tunggu pembaruan selesai, lalu coba lagi.",
    )
    english = Words(
        "The data is in use by another program",
        "Another program kept the storage locked for too long; this change was not saved. {detail}",
        "Close a Pantau that hangs, or wait for an upgrade to end, then try again.",
    )


class DiskFull(StoreError):
    """The disk has no room (or refuses writes): nothing was saved, and nothing may be sent."""

    code = "disk_full"
    indonesian = Words(
        "Disk penuh atau tidak bisa ditulis",
        "Perubahan terakhir tidak disimpan dan tidak ada yang dikirim; data sebelumnya aman. {detail}",
        "Kosongkan ruang di disk {path}; Pantau melanjutkan sendiri setelahnya.",
    )
    english = Words(
        "The disk is full or cannot be written",
        "The last change was not saved and nothing is sent; everything before it is safe. {detail}",
        "Free some space on the disk of {path}; Pantau goes on by itself.",
    )


class NetworkFilesystem(StoreError):
    """SQLite on a network disk loses data: its locks do not hold there."""

    code = "network_filesystem"
    indonesian = Words(
        "Folder data ada di disk jaringan",
        "{path} berada di {detail}; kunci berkas tidak bisa dipercaya di sana dan data bisa hilang.",
        "Pilih folder di disk komputer ini (--data-dir), atau pakai PostgreSQL untuk banyak komputer.",
    )
    english = Words(
        "The data folder is on a network disk",
        "{path} is on {detail}; file locks cannot be trusted there and data could be lost.",
        "Choose a folder on this computer's disk (--data-dir), or use PostgreSQL for several computers.",
    )


class CorruptStore(StoreError):
    """The file is damaged, or is no store of Pantau."""

    code = "corrupt"
    indonesian = Words(
        "Berkas data rusak atau bukan milik Pantau",
        "{path} tidak bisa dibaca sebagai data Pantau. {detail}",
        "Simpan berkas itu, lalu pulihkan salinan terakhir dari folder backups di sebelahnya.",
    )
    english = Words(
        "The data file is damaged or not Pantau's",
        "{path} cannot be read as Pantau's data. {detail}",
        "Keep that file, then restore the last copy from the backups folder beside it.",
    )


class CannotConnect(StoreError):
    """The database cannot be reached or opened."""

    code = "cannot_connect"
    indonesian = Words(
        "Penyimpanan tidak bisa dibuka",
        "{path} tidak terjangkau atau tidak boleh dibuka. {detail}",
        "Periksa [store].url, izin folder, dan apakah server database menyala.",
    )
    english = Words(
        "The storage cannot be opened",
        "{path} cannot be reached or may not be opened. {detail}",
        "Check [store].url, the folder's permissions, and that the database server runs.",
    )


_SQLITE: Final[dict[int, type[StoreError]]] = {
    5: LockedStore,  # BUSY
    6: LockedStore,  # LOCKED
    8: DiskFull,  # READONLY
    10: DiskFull,  # IOERR
    11: CorruptStore,  # CORRUPT
    13: DiskFull,  # FULL
    14: CannotConnect,  # CANTOPEN
    26: CorruptStore,  # NOTADB
}
"""By primary result code (the low byte of an extended one)."""

_POSTGRES: Final[dict[str, type[StoreError]]] = {
    "53100": DiskFull,
    "25006": DiskFull,  # a read-only transaction: a standby, or a disk guard that switched it on
    "55P03": LockedStore,
    "57014": LockedStore,  # cancelled by a time limit
    "25P03": LockedStore,
    "XX001": CorruptStore,
    "XX002": CorruptStore,
    "08": CannotConnect,
    "28": CannotConnect,
    "3D": CannotConnect,
    "53": CannotConnect,
    "57": CannotConnect,
}
"""By SQLSTATE, or by its class (first two characters)."""


def explain(error: BaseException, path: str = "") -> StoreError | None:
    """The StoreError of a driver's or SQLAlchemy's error; None for one that is a bug, not a circumstance."""
    cause: Any = getattr(error, "orig", None) or error
    number = getattr(cause, "sqlite_errorcode", None)
    if number is not None:
        found = _SQLITE.get(number & 0xFF)
        return found(path=path, detail=f"(SQLite {cause.sqlite_errorname})") if found else None
    if not type(cause).__module__.startswith("psycopg"):
        return None
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # No answer from a server at all. The text may name a host or user, never a password; one line of it.
        lost = type(cause).__name__ == "OperationalError"
        return CannotConnect(path=path, detail=str(cause).strip().partition("\n")[0]) if lost else None
    found = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    return found(path=path, detail=f"(PostgreSQL {state})") if found else None
