"""Commands that change: `confirm`, `unconfirm` (local) and `ship` (through the outbox, irreversible)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, tell, writing
from tui.cmd.look import JsonFlag, find
from tui.cmd.results import Result, number_of, of_action, of_held, report
from tui.cmd.wishes import Wait, carry_out, consent
from tui.reasons import reason
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.plans import Held, ShipChoice, ShipPlan
    from store.views import ActionRow, OrderDetail

_ANSWERED = frozenset({"note_unseen", "cod_limit"})
"""Reasons to hold an order back that `--yes` answers."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("confirm", help="Konfirmasi (lokal). / Confirm, locally.")(confirm)
    app.command("unconfirm", help="Batalkan konfirmasi. / Undo a confirmation.")(unconfirm)
    app.command("ship", help="Atur pengiriman. / Arrange shipment.")(ship)


def confirm(context: typer.Context, order_ids: list[str], as_json: JsonFlag = False) -> None:
    """Mark as checked and ready: reserves stock, joins the picking list; can be undone."""
    _set_confirmed(context.obj, order_ids, True, as_json)


def unconfirm(context: typer.Context, order_ids: list[str], as_json: JsonFlag = False) -> None:
    """Take a confirmation back."""
    _set_confirmed(context.obj, order_ids, False, as_json)


def ship(
    context: typer.Context,
    order_ids: list[str],
    pickup: Annotated[bool, typer.Option("--pickup", help="The courier comes.")] = False,
    drop_off: Annotated[bool, typer.Option("--drop-off", help="We bring it.")] = False,
    slot: Annotated[str | None, typer.Option(help="Start of the pick-up slot, ISO time.")] = None,
    courier: Annotated[str | None, typer.Option(help="Provider id, for orders the seller ships.")] = None,
    resi: Annotated[str | None, typer.Option(help="Tracking number, for orders the seller ships.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; what is held back is in the result.")
    ] = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Arrange shipment. It cannot be taken back; nothing is ever sent twice."""
    from jobs.wishes.intents import plan_ship, progress, queue_ship

    ctx = writing(context.obj, wait)
    order_ids = list(dict.fromkeys(order_ids))
    choice = _choice(order_ids, pickup, drop_off, slot, courier, resi)
    with ctx.store() as store, ctx.reader() as reader:
        pks = find(reader, order_ids)
        now = ctx.clock()
        plan = store.read(lambda conn: plan_ship(conn, pks, now, ctx.settings, choice))
        _one_number_one_package(plan)
        if not yes:
            _ask(plan)
        # Who names an order and says --yes has looked at its note and its amount; nobody can look stock into being.
        named = {held.pk for held in plan.held if held.reason in _ANSWERED} if yes else set()
        sent = any(not line.by_hand for line in plan.lines)
        batch = carry_out(
            ctx, store, lambda conn: queue_ship(conn, plan, "cli", now, named), wait if sent else 0.0
        )
        rows = store.read(lambda conn: progress(conn, batch)).rows
        details = {pk: reader.detail(pk, {}) for pk in pks}
    results = _results([held for held in plan.held if held.pk not in named], rows, details)
    report(results, as_json)


def _choice(
    order_ids: Sequence[str],
    pickup: bool,
    drop_off: bool,
    slot: str | None,
    courier: str | None,
    resi: str | None,
) -> ShipChoice:
    """The hand-over as the options say it; ends with a sentence where they contradict each other."""
    from couriers.awb import is_number, normalise
    from jobs.wishes.plans import ShipChoice

    if pickup and drop_off:
        fail(USAGE, t("cli.ship.both"))
    if drop_off and slot is not None:
        fail(USAGE, t("cli.ship.slot_pickup"))
    if (courier is None) != (resi is None):
        fail(USAGE, t("cli.ship.pair"))
    if courier is not None and not courier.strip():
        fail(USAGE, t("cli.ship.no_courier"))
    if resi is not None and not is_number(normalise(resi)):
        fail(USAGE, t("cli.ship.no_number", given=f"--resi {resi!r}"))
    if resi is not None and len(order_ids) != 1:
        fail(USAGE, t("cli.ship.one_order"))
    return ShipChoice(
        handover="PICKUP" if pickup else "DROP_OFF" if drop_off else None,
        slot_start=_slot(slot),
        courier=courier.strip() if courier else None,
        tracking_number=normalise(resi) if resi else None,
    )


def _one_number_one_package(plan: ShipPlan) -> None:
    """A tracking number stands on one parcel: ends with the packages that would share it."""
    if plan.choice.tracking_number is not None and len(plan.lines) > 1:
        left = f"{len(plan.lines)} ({', '.join(line.package_id or line.order_id for line in plan.lines)})"
        fail(USAGE, t("cli.ship.one_package", left=left))


def _slot(text: str | None) -> int | None:
    from datetime import datetime

    from store.times import from_datetime

    if text is None:
        return None
    try:
        return from_datetime(datetime.fromisoformat(text))
    except ValueError:
        fail(USAGE, t("cli.ship.slot", given=f"--slot {text}"))


def _ask(plan: ShipPlan) -> None:
    """Show exactly what would happen and take `y`; without a terminal nobody can answer, so nothing is sent."""
    for line in plan.ok:
        where = "Seller Center" if line.by_hand else clean(line.courier_name)
        tell("  ".join(filter(None, (f"  {line.order_id}", line.package_id, where))))
    for held in plan.held:
        tell(f"  {held.order_id}  {reason(held)}")
    if not plan.ok:
        return
    n = sum(not line.by_hand for line in plan.ok)
    if n < len(plan.ok):
        tell(t("cli.ship.by_hand", n=len(plan.ok) - n))
    if not n:
        consent(t("cli.ship.ask_list"))
        return
    consent(t("cli.ship.ask", n=n))


def _results(
    held_back: Sequence[Held], rows: Sequence[ActionRow], details: Mapping[int, OrderDetail | None]
) -> list[Result]:
    """One result per package: those of the batch, then what was held back, an earlier action's state where one is."""
    results = [of_action(row, details[row.order_pk or 0]) for row in rows]
    for held in held_back:
        detail = details.get(held.pk)
        earlier = next((row for row in detail.actions if row.kind == "ship"), None) if detail else None
        if held.reason in ("action_live", "already_arranged", "status") and earlier is not None:
            # Asked for before: the answer to a repeated wish is what became of the first.
            results.append(of_action(earlier, detail))
        else:
            results.append(of_held(held, number_of(detail, held.package_id)))
    return results


def _set_confirmed(ctx: Context, order_ids: list[str], value: bool, as_json: bool) -> None:
    """Confirm, or take it back. Who names an order here has looked at its note; its goods have to be there."""
    from jobs.wishes import intents

    writing(ctx)
    with ctx.store() as store, ctx.reader() as reader:
        pks = find(reader, order_ids)
        now = ctx.clock()
        if value:
            made = store.write(lambda conn: intents.confirm(conn, pks, "cli", now, note_read=True))
        else:
            undone = store.write(lambda conn: intents.unconfirm(conn, pks, "cli", now))
            made = intents.Confirmed(tuple(undone), ())
        rows = {row.pk: row for row in reader.rows(pks)}
    held, changed = {one.pk: one for one in made.held}, set(made.done)
    results: list[dict[str, object]] = [
        {"order_id": rows[pk].order_id, "confirmed": value and pk not in held, "changed": pk in changed}
        | ({"reason": held[pk].reason} if pk in held else {})
        for pk in pks
    ]
    if as_json:
        jsonout.dump({"results": results})
    else:
        same = len(pks) - len(changed) - len(held)
        say(t("confirm.done" if value else "confirm.undone", n=len(changed), same=same))
    for one in held.values():
        tell(f"{one.order_id}  {reason(one, ctx.zone)}")
    if held:
        raise SystemExit(FAILED)
