"""`pantau rules`: what happens by itself, what it did and why, what it would do; and the stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag
from tui.cmd.order_rules import check, run
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.config.rule_keys import Rule
    from jobs.rules.trial import Trial
    from store.reading.rule_runs import RunCounts

VERBS = ("list", "log", "try", "off", "on")


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command("rules", help="Aturan otomatis: daftar, catatan, uji coba, hentikan. / Automatic rules.")(
        rules
    )


def rules(
    context: typer.Context,
    verb: Annotated[str, typer.Argument(metavar="[list|log|try|off|on]")] = "list",
    rule: Annotated[str | None, typer.Option(help="Only this rule.", metavar="NAME")] = None,
    order: Annotated[str | None, typer.Option(help="log: only this order.", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(help="log: so many of the newest.", min=1, max=10_000)] = 50,
    as_json: JsonFlag = False,
) -> None:
    """The rules of the configuration and their log; `try` writes nothing; `off` stops all of them at once."""
    ctx = speaking(context.obj)
    known = [one.name for one in ctx.settings.rules.each]
    if verb not in VERBS:
        fail(USAGE, t("cli.unknown_word", given=verb), " ".join(VERBS))
    if rule is not None and rule not in known and not (verb == "log" and _ran(ctx, rule)):
        fail(USAGE, t("cli.rules.unknown", given=f"--rule {rule}"), ", ".join(known))
    if verb == "log":
        _log(ctx, rule, order, limit, as_json)
    elif verb == "try":
        _try(ctx, rule, as_json)
    elif verb == "list":
        _list(ctx, rule, as_json)
    else:
        _switch(ctx, "off" if verb == "off" else "on", as_json)


def _list(ctx: Context, name: str | None, as_json: bool) -> None:
    from tui import rule_words as words
    from tui.clock import day_start

    with ctx.reader() as reader:
        off, counts = reader.rules_off(), reader.rule_counts(day_start(ctx.clock(), ctx.zone))
    shown = [one for one in ctx.settings.rules.each if name in (None, one.name)]
    state, _ = words.standing(ctx.settings, off, ctx.zone)
    if as_json:
        given = ctx.settings.rules
        jsonout.dump(
            {
                "enabled": given.enabled,
                "dry_run": given.dry_run,
                "allow_ship": given.allow_ship,
                "per_hour": given.per_hour,
                "stopped": None if off is None else {"at": to_iso(off.at, ctx.zone), "by": off.by},
                "rules": [_rule(one, counts.get(one.name)) for one in shown],
            }
        )
        return
    say(state)
    say(words.limits(ctx.settings))
    if not shown:
        say(t("rules.empty"))
    for one in shown:
        say(f"\n{clean(one.name)} · {word('rule.do', one.do)} · {words.mark(one, ctx.settings)}")
        for part in words.wants(one):
            say(f"  {clean(part)}")
        if today := counts.get(one.name):
            say(f"  {_today(today)}")


def _ran(ctx: Context, name: str) -> bool:
    """Whether the log has a rule that may be gone from the configuration."""
    with ctx.reader() as reader:
        return bool(reader.rule_runs(1, rule=name))


def _log(ctx: Context, name: str | None, order_id: str | None, limit: int, as_json: bool) -> None:
    from tui import rule_words as words
    from tui.clock import full

    with ctx.reader() as reader:
        if order_id is None:
            rows = reader.rule_runs(limit, rule=name)
        else:
            found = [row for pk in reader.find(order_id) for row in reader.rule_runs(limit, order_pk=pk)]
            rows = [row for row in found if name in (None, row.rule)]
    if as_json:
        jsonout.dump({"runs": [run(row, ctx) for row in rows]})
        return
    if not rows:
        tell(t("rules.log.empty"))
    for row in rows:
        about = f"{clean(row.rule)}: {word('rule.verdict', row.verdict)}"
        say(f"{full(row.at, ctx.zone)}  {clean(row.order_id)}  {about}")
        for sign, text in words.conditions(row.why):
            say(f"    {sign} {text}")


def _try(ctx: Context, name: str | None, as_json: bool) -> None:
    from jobs.rules.trial import trial
    from tui import rule_words as words

    chosen = [one for one in ctx.settings.rules.each if name in (None, one.name) and (one.enabled or name)]
    with ctx.store() as store:
        found = store.read(lambda conn: trial(conn, ctx.settings, ctx.zone, ctx.clock(), chosen))
    if as_json:
        jsonout.dump({"dry_run": True, "trials": [check(one) for one in found]})
        return
    if not found:
        tell(t("rules.try.empty" if chosen else "rules.empty"))
    for one in found:
        about = f"{clean(one.rule)} ({word('rule.do', one.do)}): {word('rule.verdict', one.verdict)}"
        say(f"{clean(one.order_id)}  {clean(one.shop)}  {about}")
        for sign, text in words.conditions(one.why):
            say(f"    {sign} {text}")
    if found:
        tell(sums(found))


def sums(found: Sequence[Trial]) -> str:
    """How a trial came out, in one line."""
    counts = {verdict: sum(one.verdict == verdict for one in found) for verdict in ("would", "held")}
    return t("rules.try.sums", **counts, no=len(found) - sum(counts.values()))


def _switch(ctx: Context, to: Literal["off", "on"], as_json: bool) -> None:
    writing(ctx)
    from store import rule_runs

    now = ctx.clock()
    with ctx.store() as store:
        if to == "off":
            store.write(lambda conn: rule_runs.turn_off(conn, "cli", now))
            said = t("rules.was_off")
        else:
            was_off = store.write(rule_runs.turn_on)
            key = "was_on" if was_off else "not_off"
            said = t(f"rules.{key}" if ctx.settings.rules.enabled else "rules.was_on.config")
    if as_json:
        jsonout.dump({"stopped": to == "off", "enabled": ctx.settings.rules.enabled})
    else:
        tell(said)


def _today(counts: RunCounts) -> str:
    return t("rules.today", did=counts.did, would=counts.would, held=counts.held, failed=counts.failed)


def _rule(rule: Rule, counts: RunCounts | None) -> dict[str, Any]:
    import msgspec

    from store.reading.rule_runs import RunCounts as Counts

    told: dict[str, Any] = msgspec.to_builtins(rule)
    told["when"] = {name: value for name, value in told["when"].items() if value not in (None, "", [], ())}
    return told | {"today": msgspec.to_builtins(counts or Counts())}
