"""`pantau digest`: what waits for the seller, made now; `--last`: as it was told the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, fail, say, speaking
from tui.cmd.look import JsonFlag, shop_named
from tui.strings import t

if TYPE_CHECKING:
    from jobs.routine.digest import Digest
    from store.reading.digest import DigestRow


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command("digest", help="Ringkasan hari ini. / What waits for you today.")(digest)


def digest(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop.", metavar="NAME")] = None,
    last: Annotated[bool, typer.Option("--last", help="The last one that was told, as it was.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """What is to ship, what is at risk, what waits for an answer, and how yesterday went."""
    from jobs.routine.job import now_digest

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        found = (
            _last(reader.digests(1))
            if last
            else now_digest(reader, ctx.settings, ctx.clock(), shop_id=shop_named(ctx, reader, shop))
        )
    if found is None:
        fail(FAILED, t("digest.none"))
    if as_json:
        import msgspec

        jsonout.dump(msgspec.to_builtins(found))
    else:
        say("\n".join(lines(found)))


def lines(found: Digest) -> list[str]:
    """The same for a person's eyes."""
    from tui.digest_words import made, parts

    told = [f"{t('digest.title')} · {made(found)}"]
    for heading, rows in parts(found):
        told += ["", heading]
        told += [f"  {line.value:>12}  {line.words}" for line in rows] or [f"  {t('digest.empty')}"]
    return told


def _last(rows: list[DigestRow]) -> Digest | None:
    from jobs.routine.digest import decode

    return decode(rows[0].body) if rows else None
