"""How the screen of the files looks, and what it knows: which files there are, and what is in the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from store.reading.files import ImportRow
from tui.screens import imports_work as work
from tui.screens.imports_deeds import FOLDER, Look, look_into
from tui.screens.imports_view import Line, file_line, inside, sorted_out
from tui.screens.lines import entry, keys, plain
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.app import PantauApp

LATEST: Final = 100
"""Files listed."""
_LOOK_EVERY: Final = 0.25
"""Seconds between two looks at how far a reading is."""
_SHOPLESS: Final = "-"


class ImportsPage(Screen[None]):
    """The files, what is in one of them, how far a reading is, the keys; what they mean is its subclass's."""

    AUTO_FOCUS = None
    SCOPED_CSS = False
    CSS = "ImportsPage ToastRack { margin-bottom: 3; }"
    DEFAULT_CSS = """
    ImportsPage { background: $background; padding: 0 1; }
    ImportsPage > Static { height: auto; }
    ImportsPage > #title { height: 1; color: $accent; text-style: bold; text-wrap: nowrap; }
    ImportsPage > #files, ImportsPage > #inside { text-wrap: nowrap; }
    ImportsPage > #inside { height: 1fr; border-top: solid $foreground 18%; }
    ImportsPage > #keys { max-height: 3; }
    """

    def __init__(self, app: PantauApp) -> None:
        super().__init__()
        self._pantau = app
        # Files are what these shops live on, so they come first.
        self._shops = sorted(app.settings.shops, key=lambda shop: shop.kind != "file")
        self._shop = 0
        self._rows: Sequence[ImportRow] = ()
        self._names: dict[int, str] = {}
        self._loaded = False
        self._at: int | None = None
        """The file under the cursor, by id."""
        self._look = Look()
        self._asked: tuple[Any, ...] | None = None
        """What the look at hand is of, or will be: a file that has ended does not change any more."""
        self._entered = False
        self._place = 0
        """The cursor's line inside."""
        self._first = 0
        """The first line inside that is on the screen."""
        self._lines: list[Line] = []
        self._lines_of: tuple[Any, ...] = ()
        self._folder = ""

    # ---- building and showing ---------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Title, files, what is in one of them, how far a reading is, the keys."""
        for name in ("title", "files", "inside", "said", "keys"):
            yield Static(id=name, markup=False)

    def on_mount(self) -> None:
        """Look at once; the app tells of every change, a reading is asked."""
        if (reading := work.under_way(self._pantau)) is not None:
            reading.ended = self._ended
        self.set_interval(_LOOK_EVERY, self._tick)
        self.store_changed()
        self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are folded to the room there is."""
        self.redraw()

    def store_changed(self) -> None:
        """Look at the store anew."""

        def read(reader: Reader) -> tuple[list[ImportRow], dict[int, str], str]:
            shops = {shop.id: shop.name for shop in reader.shops()}
            return reader.imports(LATEST), shops, reader.pref(FOLDER) or ""

        self._pantau.data.ask(read, self._arrived)

    def _arrived(self, found: tuple[list[ImportRow], dict[int, str], str]) -> None:
        self._rows, self._names, self._folder = found
        self._loaded = True
        if self._row is None:
            self._at = self._rows[0].id if self._rows else None
            self._entered = False
        self._look_inside()
        self.redraw()

    def _look_inside(self) -> None:
        row = self._row
        if row is None:
            return
        wanted = (row.id, row.state, row.ended_at)
        if wanted == self._asked:
            return
        if self._asked is None or self._asked[0] != row.id:
            self._look, self._place, self._first = Look(), 0, 0
        self._asked = wanted
        if row.state == "running":
            return  # its numbers are in the row; what is in it is looked at when it has ended

        def arrived(look: Look) -> None:
            if self._asked == wanted:
                self._look = look
                self.redraw()

        self._pantau.data.ask(lambda reader: look_into(reader, row.id), arrived, slow=True)

    @property
    def _row(self) -> ImportRow | None:
        return next((row for row in self._rows if row.id == self._at), None)

    def _tick(self) -> None:
        if work.under_way(self._pantau) is not None:
            self.redraw()

    def redraw(self) -> None:
        """Show everything anew."""
        if not self.query("#inside"):
            return
        cramped, size = self._pantau.cramped, self.app.size
        room = max(size.width - 3, 16)
        said, below = self._said(room), keys(self._phrases(), room)
        shop = self._shops[self._shop].name if self._shops else ""
        title = t("files.title.shop", shop=plain(shop, 60)) if len(self._shops) > 1 else t("files.title")
        high = size.height - 2 - len(said) - min(below.plain.count("\n") + 1, 3)
        listed = 1 if self._entered else max(1, min(len(self._rows), high // 3))
        texts = {
            "#title": Content(t("app.too_small") if cramped else title),
            "#files": Content("\n").join(self._files(room, listed)),
            "#inside": Content("\n").join(self._inside(room, max(1, high - listed))),
            "#said": Content("\n").join(said),
            "#keys": below,
        }
        for name, text in texts.items():
            self.query_one(name, Static).update(text)
            self.query_one(name, Static).display = name == "#title" or not cramped
        self.query_one("#said", Static).display = bool(said) and not cramped

    def _files(self, room: int, high: int) -> list[Content]:
        if not self._rows:
            if not self._loaded:
                return []
            watched = next((shop.watch_dir for shop in self._shops if shop.watch_dir), "")
            texts = [t("files.none" if self._shops else "files.no_shop")]
            texts += [t("files.none.watched", folder=plain(watched, 200))] if watched else []
            return [line for text in texts for line in entry("", text, room, style="$text-muted")]
        ids = [row.id for row in self._rows]
        at = ids.index(self._at) if self._at in ids else 0
        first = max(0, min(at - high // 2, len(ids) - high))
        zone, several = self._pantau.zone, len(self._names) > 1
        return [
            file_line(row, self._shop_of(row) if several else "", room, zone, here=row.id == self._at)
            for row in self._rows[first : first + high]
        ]

    def _shop_of(self, row: ImportRow) -> str:
        return self._names.get(row.shop_id, _SHOPLESS)

    def _inside(self, room: int, high: int) -> list[Content]:
        row = self._row
        if row is None:
            self._lines, self._lines_of = [], ()
            return []
        made_of = (row, id(self._look), room)
        if made_of != self._lines_of:
            news = sorted_out(self._look.news)
            now, zone = self._pantau.clock(), self._pantau.zone
            self._lines = inside(row, self._look.rejects, news, now, zone, room - 1)
            self._lines_of = made_of
        self._place = max(0, min(self._place, len(self._lines) - 1))
        if self._entered:
            self._first = max(self._place - high + 1, min(self._first, self._place))
        else:
            self._first = 0
        shown = self._lines[self._first : self._first + high]
        return [
            Content.assemble(
                ("▌" if self._entered and place == self._place else " ", "$accent"), line.content
            )
            for place, line in enumerate(shown, self._first)
        ]

    def _said(self, room: int) -> list[Content]:
        reading = work.under_way(self._pantau)
        if reading is None:
            return []
        name, progress = plain(reading.path.name, 60), reading.progress
        if reading.stopping:
            words = t("files.progress.stopping", name=name)
        elif progress is None or not progress.total:
            words = t("files.progress.start", name=name)
        else:
            words = t("files.progress", name=name, done=progress.done, total=progress.total)
        return list(entry("… ", words, room, style="bold $accent", most=2))

    def _phrases(self) -> list[str]:
        if self._pantau.cramped:
            return [t("files.key.back")]
        row, phrases = self._row, []
        reading = work.under_way(self._pantau) is not None
        if reading:
            phrases.append(t("files.key.stop"))
        elif not self._pantau.read_only and self._shops:
            phrases.append(t("files.key.read"))
        if self._entered and self._here is not None:
            phrases.append(t("files.key.open"))
        elif row is not None and not self._entered:
            phrases.append(t("files.key.look"))
        if row is not None and row.rejected:
            phrases.append(t("files.key.save", n=row.rejected))
        if len(self._shops) > 1:
            phrases.append(t("files.key.shop"))
        if self._entered and not reading:
            phrases.append(t("files.key.list"))
        return [*phrases, t("files.key.back")]

    @property
    def _here(self) -> int | None:
        return self._lines[self._place].pk if self._place < len(self._lines) else None

    def _ended(self, reading: work.Reading) -> None:
        """A reading has come to its end."""
