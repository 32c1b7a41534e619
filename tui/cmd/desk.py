"""Commands about what the seller keeps beside the orders: `note`, `tag`, `batches`, and the appeal file of `order`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag, find
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from store.reading.desk import BatchMember, BatchRow


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("note", help="Catatan sendiri pada pesanan. / Your own note on an order.")(note)
    # What begins with `-` here is a tag to take off, no option: `-tahan` holds an `h`, and must not show the help.
    app.command(
        "tag",
        help="Tag pesanan: ID... +x -y. / Tags of orders: ID... +x -y.",
        context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    )(tag)
    batches = typer.Typer(help="Kumpulan pesanan. / Saved batches of orders.", invoke_without_command=True)
    batches.callback()(list_batches)
    batches.command("save", help="Simpan pesanan dengan nama. / Keep orders under a name.")(save)
    batches.command("show", help="Pesanan satu kumpulan. / The orders of one.")(show)
    batches.command("drop", help="Hapus satu kumpulan. / Delete one.")(drop)
    app.add_typer(batches, name="batches")


def note(
    context: typer.Context,
    order_id: str,
    text: Annotated[str | None, typer.Argument(help='The note; "" takes it away; left out: show it.')] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show, write or take away the note on an order; the buyer never sees it."""
    ctx = speaking(context.obj)
    changed = False
    with ctx.reader() as reader:
        [pk] = find(reader, [order_id])
        if text is not None:
            from store.desk import set_note

            writing(ctx)
            now, said = ctx.clock(), text
            with ctx.store() as store:
                changed = store.write(lambda conn: set_note(conn, pk, said, "cli", now))
        kept = reader.note(pk)
    if as_json:
        at = to_iso(kept.at, ctx.zone) if kept else None
        document = {"order_id": order_id.strip(), "note": kept.text if kept else None, "at": at}
        jsonout.dump(document | {"by": kept.by if kept else None, "changed": changed})
    elif kept is not None:
        say(clean(kept.text))
    else:
        say(t("cli.note.none"))


def tag(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="Order ids, then +tag and -tag.", metavar="ID... +x -y")],
    as_json: JsonFlag = False,
) -> None:
    """Put tags on orders and take them off; without any, show them. `+tahan` holds orders back."""
    ctx = speaking(context.obj)
    plus, minus, order_ids = _sorted(words)
    if not order_ids:
        fail(USAGE, t("cli.tag.no_order"), "pantau tag 580000000000000001 +kado -tahan")
    touched: set[int] = set()
    with ctx.reader() as reader:
        pks = find(reader, order_ids)
        if plus or minus:
            from store.desk import add_tags, drop_tags

            writing(ctx)
            now = ctx.clock()

            def write(conn: Any) -> set[int]:
                off = drop_tags(conn, pks, minus, "cli", now)
                return {*off, *add_tags(conn, pks, plus, "cli", now)}

            with ctx.store() as store:
                touched = store.write(write)
        rows = reader.rows(pks)
    results = [
        {
            "order_id": row.order_id,
            "tags": list(filter(None, row.tags.split(","))),
            "changed": row.pk in touched,
        }
        for row in rows
    ]
    if as_json:
        jsonout.dump({"results": results})
    else:
        say(
            jsonout.table(
                (row.order_id, " ".join(f"#{one}" for one in row.tags.split(",") if one)) for row in rows
            )
        )


def list_batches(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Every saved batch, the newest first."""
    if context.invoked_subcommand is not None:
        return
    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        rows = reader.batches()
    if as_json:
        jsonout.dump({"batches": [_batch(row, ctx) for row in rows]})
    elif not rows:
        say(t("cli.batches.none"))
    else:
        say(jsonout.table((clean(row.name), str(row.orders), to_iso(row.at, ctx.zone) or "") for row in rows))


def save(
    context: typer.Context,
    name: str,
    order_ids: list[str],
    replace: Annotated[bool, typer.Option("--replace", help="In place of the batch of this name.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Keep orders under a name; nothing happens to them."""
    from store.desk import NAME_LIMIT, NameTakenError, save_batch

    ctx = writing(context.obj)
    if (given := len(" ".join(name.split()))) > NAME_LIMIT:
        fail(USAGE, t("cli.batches.long", n=NAME_LIMIT, given=given))
    now = ctx.clock()
    with ctx.store() as store, ctx.reader() as reader:
        pks = find(reader, order_ids)
        try:
            store.write(lambda conn: save_batch(conn, name, pks, "cli", now, replace=replace))
        except NameTakenError as taken:
            fail(FAILED, t("cli.batches.taken", name=str(taken)), "--replace")
        except ValueError:
            fail(USAGE, t("cli.batches.limits"))
        kept = next(row for row in reader.batches() if row.at == now)
    if as_json:
        jsonout.dump(_batch(kept, ctx))
    else:
        say(t("cli.batches.kept", name=kept.name, n=kept.orders))


def show(context: typer.Context, name: str, as_json: JsonFlag = False) -> None:
    """The orders of a batch as they stand now, and which have moved on or are gone."""
    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        members = reader.batch_members(name)
    if members is None:
        _unknown(name)
    if as_json:
        jsonout.dump({"name": name, "orders": [_member(one) for one in members]})
        return
    if not members:
        say(t("cli.batches.empty", name=name))
    for one in members:
        told = _member(one)
        moved = f"({told['was']})" if told["moved"] else ""
        say(
            clean(
                "  ".join(
                    filter(None, (told["order_id"] or "-", told["status"] or t("cli.batches.gone"), moved))
                )
            )
        )


def drop(context: typer.Context, name: str, as_json: JsonFlag = False) -> None:
    """Forget a batch; its orders stay as they are."""
    from store.desk import drop_batch

    ctx = writing(context.obj)
    with ctx.store() as store:
        dropped = store.write(lambda conn: drop_batch(conn, name))
    if not dropped:
        _unknown(name)
    if as_json:
        jsonout.dump({"name": name, "dropped": True})
    else:
        tell(t("cli.batches.dropped", name=name))


def write_appeal(ctx: Context, order_id: str, folder: Path, as_json: bool) -> None:
    """`pantau order ID --appeal DIR`: everything known of the order as a PDF and a JSON of one name."""
    from jobs.appeal.files import write
    from jobs.appeal.gather import gather

    with ctx.reader() as reader:
        [pk] = find(reader, [order_id])
        appeal = gather(reader, pk, ctx.clock(), ctx.zone)
    assert appeal is not None  # found a moment ago in the same reader
    try:
        made = write(appeal, folder.expanduser(), ctx.settings.language)
    except OSError as error:
        fail(FAILED, f"{folder}: {error.strerror or error}")
    if as_json:
        paths = {"pdf": str(made.pdf), "json": str(made.json)}
        jsonout.dump({"order_id": appeal.order_id, **paths, "pages": made.pages, "sha256": made.sha256})
    else:
        say(clean(str(made.pdf)))
        say(clean(str(made.json)))


def _sorted(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Tags to put on, tags to take off, order ids."""
    from store.desk import tag_of

    plus: list[str] = []
    minus: list[str] = []
    order_ids: list[str] = []
    for word in words:
        sign, rest = word[:1], word[1:]
        if sign not in ("+", "-"):
            order_ids.append(word)
            continue
        try:
            (plus if sign == "+" else minus).append(tag_of(rest))
        except ValueError:
            fail(USAGE, t("cli.tag.wrong", given=word), t("cli.tag.rule"))
    return plus, minus, order_ids


def _batch(row: BatchRow, ctx: Context) -> dict[str, Any]:
    return {"name": row.name, "orders": row.orders, "at": to_iso(row.at, ctx.zone), "by": row.by}


def _member(one: BatchMember) -> dict[str, Any]:
    row = one.row
    return {
        "order_id": None if row is None else row.order_id,
        "status": None if row is None else row.status,
        "was": one.was,
        "moved": one.was is not None,
        "gone": row is None,
    }


def _unknown(name: str) -> NoReturn:
    fail(FAILED, t("cli.batches.unknown", name=name))
