"""What settings must be beyond their types: zones that exist, shops told apart, safe addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from jobs.config.layers import Branch, Leaf, SettingsError
from jobs.config.rule_checks import check_rules
from store.times import SECOND

if TYPE_CHECKING:
    from jobs.config.keys import Keys, ShopSettings

DIALECTS: Final = ("sqlite", "postgresql+psycopg")
CHATS_LEAST: Final = 15 * SECOND
"""Asking for conversations more often would use up the day's 10,000 requests (jobs/intake/chats.py counts them)."""


def check(keys: Keys, tree: Branch, providers: Sequence[str]) -> None:
    """Raises SettingsError for the first thing that cannot be right; `tree` knows where each key stands."""
    _zone(keys.timezone, _where(tree, "timezone"))
    _store(keys.store.url, _where(tree, "store", "url"))
    _shops(keys.shops, tree)
    check_rules(keys.rules, [shop.name for shop in keys.shops], _where(tree, "rules", "each"))
    _templates(keys.chat.templates, _where(tree, "chat", "templates"))
    _messages(keys, _where(tree, "rules", "each"))
    if keys.jobs.chats_every < CHATS_LEAST:
        raise SettingsError(
            "paling cepat / at least 15s: 10.000 permintaan sehari / requests a day",
            file=_where(tree, "jobs", "chats_every"),
            key="jobs.chats_every",
        )
    for place, name in enumerate(keys.couriers.order):
        if name not in providers or name in keys.couriers.order[:place]:
            near = _nearest(name, providers)
            hint = "dua kali / twice" if name in providers else "tidak dikenal / not known"
            hint += f"; maksudnya / did you mean: {near}" if near != name and near else ""
            raise SettingsError(
                f"{name}: {hint}",
                file=_where(tree, "couriers", "order"),
                key="couriers.order",
                nearest=near,
            )
    for name, provider in keys.couriers.providers.items():
        if provider.base:
            _address(provider.base, f"couriers.{name}.base", _where(tree, "couriers", name, "base"))
    if both := sorted({*keys.deadlines.holidays} & {*keys.deadlines.working_days}):
        raise SettingsError(
            f"{both[0]}: juga di / also in deadlines.holidays",
            file=_where(tree, "deadlines", "working_days"),
            key="deadlines.working_days",
        )
    if len(keys.notify.quiet_hours) not in (0, 2):
        raise SettingsError(
            'harus / must be [] or ["22:00", "06:00"]',
            file=_where(tree, "notify", "quiet_hours"),
            key="notify.quiet_hours",
        )


def env_name(name: str) -> str:
    """A shop's name in its variables' names: upper case, everything but ASCII letters and digits as `_`."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name).upper()


def without_password(url: str) -> str:
    """The same URL, fit to be shown."""
    parts = _split(url)
    if parts is None or not _password(parts):
        return url
    return f"{parts.scheme}://{parts.username or ''}:***@{parts.hostname or ''}{parts.path}"


def _zone(name: str, where: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a folder of zones ("Asia") is an OSError
        from zoneinfo import available_timezones

        near = _nearest(name, available_timezones())
        hint = f"; maksudnya / did you mean: {near}" if near else ""
        raise SettingsError(
            f"zona waktu tidak dikenal / unknown time zone{hint}",
            file=where,
            key="timezone",
            nearest=near,
        ) from None


def _store(url: str, where: str) -> None:
    if "://" not in url:
        return  # empty, or the path of an SQLite file
    parts = _split(url)
    if parts is None or parts.scheme not in DIALECTS:
        raise SettingsError(f"harus / must begin with {' | '.join(DIALECTS)}", file=where, key="store.url")
    # Files are copied, shown and sent to others, and options stand in the process list.
    if _password(parts) and not where.startswith("PANTAU_"):
        raise SettingsError(
            "tanpa kata sandi / no password in here: ~/.pgpass, PGPASSWORD",
            file=where,
            key="store.url",
        )


def _shops(shops: Sequence[ShopSettings], tree: Branch) -> None:
    seen: dict[str, str] = {}
    for i, shop in enumerate(shops):
        key = f"shops[{i}].name"
        where = _where(tree, "shops", str(i), "name")
        name = env_name(shop.name)
        if not shop.name.strip():
            raise SettingsError("tidak boleh kosong / must not be empty", file=where, key=key)
        if name in seen:
            other = "sudah dipakai / already used"
            if seen[name] != shop.name:
                # Their secrets would come from the same variables.
                other = f"sama dengan / the same as {seen[name]} in PANTAU_SHOP_{name}_..."
            raise SettingsError(f"{shop.name}: {other}", file=where, key=key)
        seen[name] = shop.name
        for base in ("api_base", "auth_base"):
            _address(getattr(shop, base), f"shops[{i}].{base}", _where(tree, "shops", str(i), base))


def _templates(templates: Mapping[str, str], where: str) -> None:
    """A field that no order has would refuse the template each time it is used: better said at the start."""
    for name, text in templates.items():
        # Nobody without templates of his own waits for it.
        from jobs.chat.templates import odd_brace, unknown_fields
        from store.chat_facts import LONGEST

        problem = ""
        if not name.strip() or not text.strip():
            problem = "tidak boleh kosong / must not be empty"
        elif len(text) > LONGEST:
            problem = f"lebih dari / more than {LONGEST} tanda / characters"
        elif unknown := unknown_fields(text):
            problem = f"tidak ada / there is no {{{unknown[0]}}}"
        elif odd := odd_brace(text):
            problem = (
                f"kurung tanpa pasangan / a brace without its other: {odd!r} ({{{{ }}}}: kurung / braces)"
            )
        if problem:
            raise SettingsError(problem, file=where, key=f"chat.templates.{name}")


def _messages(keys: Keys, where: str) -> None:
    """A rule whose template is not there would do nothing, order after order."""
    for place, rule in enumerate(keys.rules.each):
        if rule.do != "message":
            continue
        from jobs.chat.templates import names

        known = names(keys.chat.templates)
        if rule.template not in known:
            near = _nearest(rule.template, known)
            hint = f"; maksudnya / did you mean: {near}" if near else f"; ada / there are: {', '.join(known)}"
            raise SettingsError(
                f"{rule.template}: tidak ada templat itu / no such template{hint}",
                file=where,
                key=f"rules.each[{place}].template",
                nearest=near,
            )


def _address(url: str, key: str, where: str) -> None:
    """An address we send secrets to: https, or plain http to this machine, with nothing hidden in it."""
    parts = _split(url)
    problem = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        problem = "harus / must be an address like https://host"
    elif parts.username is not None or parts.password is not None:
        problem = "tanpa nama dan kata sandi / no name or password in an address"
    elif parts.query or parts.fragment:
        problem = "tanpa ? dan # / no ? and no #"
    elif parts.scheme == "http" and not _is_loopback(parts.hostname):
        problem = "http hanya untuk komputer ini / http is for this machine only: use https"
    if problem:
        raise SettingsError(problem, file=where, key=key)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    import difflib  # only in trouble: the first paint waits for imports

    words = {word.lower(): word for word in known}
    return next((words[near] for near in difflib.get_close_matches(name.lower(), words, n=1)), None)


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number is told only when asked for
    except ValueError:
        return None
    return parts


def _password(parts: SplitResult) -> bool:
    return bool(parts.password) or any(name.lower() == "password" for name, _ in parse_qsl(parts.query))


def _where(tree: Branch, *path: str) -> str:
    """Where the key stands, or the nearest table around it."""
    node: Branch | Leaf = tree
    where = tree.where
    for name in path:
        if not isinstance(node, Branch) or name not in node.items:
            break
        node = node.items[name]
        where = node.where
    return where
