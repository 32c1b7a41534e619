"""Commands that look after the program itself: `doctor`, `config`, `db`."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking
from tui.cmd.look import JsonFlag
from tui.strings import t
from tui.text import clean

NAMED: Final = 20
"""Rejected records that are named; how many there are is said beside them."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("doctor", help="Periksa pemasangan. / Check the installation.")(doctor)
    config = typer.Typer(help="Pengaturan. / Settings.", no_args_is_help=True)
    config.command("path", help="Berkas yang dipakai. / The file in use.")(config_path)
    config.command("show", help="Semua nilai. / Every value in force.")(config_show)
    config.command("check", help="Periksa berkas. / Check the file.")(config_check)
    app.add_typer(config, name="config")
    db = typer.Typer(help="Penyimpanan. / Storage.", no_args_is_help=True)
    db.command("upgrade", help="Naikkan skema. / Bring the schema up to date.")(db_upgrade)
    db.command("check", help="Periksa keutuhan. / Check that the store is sound.")(db_check)
    db.command("backup", help="Salin ke berkas. / Copy into a file.")(db_backup)
    app.add_typer(db, name="db")


def doctor(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Say of each thing that must hold whether it does, and what to do where it does not."""
    ctx = speaking(context.obj)
    checks = [*_settings_checks(ctx), *_store_checks(ctx)]
    rejected = _rejected(ctx)
    if as_json:
        jsonout.dump({"checks": checks, "rejected": rejected})
    else:
        for check in checks:
            say(f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']}: {clean(check['detail'])}")
        _say_rejected(rejected)
    if not all(check["ok"] for check in checks):
        raise SystemExit(FAILED)


def _check(name: str, ok: bool, detail: str) -> dict[str, Any]:
    return {"name": name, "ok": ok, "detail": detail}


def _settings_checks(ctx: Context) -> list[dict[str, Any]]:
    from jobs.config.checks import env_name
    from jobs.config.secrets import secrets_of

    settings = ctx.settings
    checks = [_check("settings", True, str(settings.source or "defaults"))]
    if not settings.shops:
        checks.append(_check("shops", False, t("cli.doctor.no_shop")))
    for shop in settings.shops:
        if shop.kind == "tiktok":
            found = secrets_of(settings, shop.name, ctx.environ).named()
            prefix = f"PANTAU_SHOP_{env_name(shop.name)}_"
            # A refresh token alone is enough: it buys the access token.
            missing = [prefix + name for name in ("APP_SECRET", "REFRESH_TOKEN") if not found[name]]
            detail = "secrets found" if not missing else f"missing: {', '.join(missing)}"
            checks.append(_check(f"shop {shop.name}", not missing, detail))
    if settings.source is not None:
        checks.append(_readable_only_by_us("settings file", settings.source))
    return checks


def _store_checks(ctx: Context) -> list[dict[str, Any]]:
    from store import sqlite

    url = ctx.settings.store_url
    checks: list[dict[str, Any]] = []
    with ctx.store() as store:
        checks.append(_check("store", True, f"{store.dialect}, schema current"))
        problems = store.verify()
        checks.append(_check("store is sound", not problems, "; ".join(problems) or "no problem found"))
        if (path := sqlite.database_path(url)) is not None:
            version = sqlite.driver.sqlite_version
            safe = sqlite.wal_is_safe(sqlite.driver.sqlite_version_info)
            checks.append(
                _check("sqlite", True, f"{version}, {'WAL' if safe else 'DELETE journal (older SQLite)'}")
            )
            checks.append(_readable_only_by_us("store file", path))
    return checks


def _rejected(ctx: Context) -> dict[str, Any]:
    """What the platform or a file sent that could not be understood: how many, and the newest of them."""
    with ctx.reader() as reader:
        rows = [
            {
                "at": to_iso(row.at, ctx.zone),
                "shop": row.shop,
                "source": row.source,
                "ref": row.ref,
                "reason": row.reason,
            }
            for row in reader.rejected(NAMED)
        ]
        return {"n": reader.rejected_count(), "newest": rows}


def _say_rejected(rejected: dict[str, Any]) -> None:
    """No fault of the installation, so it does not fail; each line says which order to look at."""
    if not rejected["n"]:
        return
    say(t("cli.doctor.rejected", n=rejected["n"]))
    for row in rejected["newest"]:
        words = (row["at"], row["shop"] or "-", row["source"], row["ref"] or "-", row["reason"])
        say("  " + "  ".join(clean(word, limit=200) for word in words))


def _readable_only_by_us(name: str, path: Path) -> dict[str, Any]:
    mode = stat.S_IMODE(path.stat().st_mode)
    # The settings file holds no secrets, so being readable there is no fault; a store holds buyers' data.
    strict = name.startswith("store")
    ok = not strict or mode & 0o077 == 0
    return _check(f"{name} permissions", ok, f"{path} {mode:04o}" + ("" if ok else f"; chmod 600 {path}"))


def config_path(context: typer.Context) -> None:
    """Where the settings come from."""
    ctx = speaking(context.obj)
    say(str(ctx.settings.source or t("cli.config.defaults")))


def config_show(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Every setting in force; secrets are never among them."""
    from jobs.config.settings import as_dict

    ctx = speaking(context.obj)
    values = as_dict(ctx.settings)
    if as_json:
        jsonout.dump(values)
    else:
        _show(values, "")


def _show(values: dict[str, Any], prefix: str) -> None:
    for key, value in values.items():
        if isinstance(value, dict):
            _show(value, f"{prefix}{key}.")
        else:
            say(f"{prefix}{key} = {clean(repr(value))}")


def config_check(context: typer.Context) -> None:
    """Read the settings and the keymap; a mistake ends with exit code 2, naming file and key."""
    from tui.keymap import KeymapError, checked

    ctx = speaking(context.obj)
    try:
        checked(ctx.settings.keymap)
    except KeymapError as error:
        fail(USAGE, f"{ctx.settings.source}: [keymap]: {error}")
    say(f"ok: {ctx.settings.source or t('cli.config.defaults')}")


def db_upgrade(context: typer.Context) -> None:
    """Make or upgrade the store, with a backup first."""
    ctx = speaking(context.obj)
    with ctx.store() as store:
        say(f"ok: {store.dialect}, {t('cli.db.current')}")


def db_check(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Integrity of the file, foreign keys, and the kept counts against real ones."""
    ctx = speaking(context.obj)
    with ctx.store() as store:
        problems = store.verify()
    if as_json:
        jsonout.dump({"ok": not problems, "problems": problems})
    else:
        say("\n".join(clean(problem) for problem in problems) or "ok")
    if problems:
        raise SystemExit(FAILED)


def db_backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Must not exist yet.")]
) -> None:
    """A consistent copy while the program runs; readable only by you."""
    ctx = speaking(context.obj)
    if file.exists():
        fail(FAILED, t("cli.exists", file=str(file)))
    with ctx.store() as store:
        store.backup(file)
    say(str(file))
