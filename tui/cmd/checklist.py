"""`pantau checklist`: what is to be shipped in Seller Center, for shops without API access."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag, known_shops
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from store.reading.by_hand import ByHandRow


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("checklist", help="Daftar kirim Seller Center. / What to ship in Seller Center.")(checklist)


def checklist(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop.", metavar="NAME")] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Save it as a table, in a new file.", metavar="FILE")
    ] = None,
    done: Annotated[
        list[str] | None,
        typer.Option("--done", help="Order id that is done in Seller Center; repeatable.", metavar="ID"),
    ] = None,
    order_ids: Annotated[
        list[str] | None, typer.Argument(help="More order ids, after --done.", metavar="[ID]...")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Order ids ready to paste, a hundred a group, the nearest deadline first; `--done` ticks them."""
    ctx = speaking(context.obj)
    names = [one.name for one in ctx.settings.shops if one.kind == "file"]
    if shop is not None and shop not in names:
        fail(USAGE, t("cli.shop.not_files", given=f"--shop {shop}"), known_shops(names))
    if order_ids and not done:
        fail(USAGE, t("cli.checklist.ids"))
    missing = _tick(ctx, shop, [*(done or ()), *(order_ids or ())])
    with ctx.reader() as reader:
        rows = reader.checklist(shop)
    if csv is not None:
        _save(ctx, csv, rows)
    if as_json:
        jsonout.dump({"shops": _documents(ctx, rows), "not_on_checklist": missing})
    elif csv is None:
        _print(ctx, rows)
    if missing:
        fail(FAILED, t("cli.checklist.missing", ids=" ".join(missing)))


def _tick(ctx: Context, shop: str | None, order_ids: Sequence[str]) -> list[str]:
    """Tick these orders; those that are not on the checklist. One that was ticked before stays so."""
    wanted = list(dict.fromkeys(one.strip() for one in order_ids))
    if not wanted:
        return []
    writing(ctx)
    from jobs.files.by_hand import tick

    with ctx.store() as store, ctx.reader() as reader:
        there = [row for row in reader.checklist(shop) if row.state == "queued"]
        now, ids = ctx.clock(), [row.id for row in there if row.order_id in set(wanted)]
        ticked = store.write(lambda conn: tick(conn, ids, now, "cli"))
    tell(t("checklist.was_ticked", n=len(ticked)))
    return [one for one in wanted if one not in {row.order_id for row in there}]


def _save(ctx: Context, path: Path, rows: Sequence[ByHandRow]) -> None:
    from jobs.files.checklist import table
    from tui.checklist_file import save_as
    from tui.file_words import unsaved

    try:
        save_as(path, table(rows, ctx.zone))
    except OSError as error:
        fail(FAILED, t("checklist.not_saved", detail=f"{clean(str(path))}: {unsaved(error)}"))
    tell(t("checklist.saved", path=str(path)))


def _documents(ctx: Context, rows: Sequence[ByHandRow]) -> list[dict[str, Any]]:
    from jobs.files.checklist import by_shop, deadline_of, groups, state_of

    return [
        {
            "shop": name,
            "groups": groups(some),
            "orders": [
                {
                    "order_id": row.order_id,
                    "package_id": row.package_id,
                    "courier": row.courier,
                    "buyer": row.buyer,
                    "items": row.summary,
                    "deadline": to_iso(deadline_of(row), ctx.zone),
                    "state": state_of(row),
                    "ticked_at": to_iso(row.sent_at, ctx.zone),
                }
                for row in some
            ],
        }
        for name, some in by_shop(rows).items()
    ]


def _print(ctx: Context, rows: Sequence[ByHandRow]) -> None:
    """The ids on stdout, as they are pasted; what is about them goes to stderr."""
    from jobs.files.checklist import DIFFERENT, by_shop, groups, pasted, state_of
    from tui.clock import full

    if not rows:
        tell(t("cli.checklist.empty"))
    for name, some in by_shop(rows).items():
        tell(t("checklist.title", shop=clean(name)))
        for row in some:
            if (state := state_of(row)) in DIFFERENT:
                at = "" if row.sent_at is None else full(row.sent_at, ctx.zone)
                tell(f"  {clean(row.order_id)}  {t(f'checklist.why.{state}', at=at)}")
        found = groups(some)
        for place, ids in enumerate(found, 1):
            tell(t("checklist.group", at=place, of=len(found), n=len(ids)))
            say(pasted([clean(one) for one in ids]))
        if ticked := sum(state_of(row) == "ticked" for row in some):
            tell(t("checklist.ticked", n=ticked).rstrip(":"))
