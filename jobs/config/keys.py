"""The keys of the configuration: one frozen struct per table, with type and default. Words: config.toml.

Lengths of time are held in ms.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from jobs.config.layers import Daily, Dated, Every, Span
from jobs.config.rule_keys import RuleSettings

PROVIDERS: Final = (
    "tiktok", "binderbyte", "komerce", "biteship", "kiriminaja", "17track", "aftership", "jne", "sicepat",
    "anteraja", "lion", "jnt", "pos", "ninja", "spx", "jnt_web",
)  # fmt: skip
"""Every source of tracking that may stand in `[couriers].order` and have a table of its own."""


class StoreSettings(msgspec.Struct, frozen=True):
    """Where everything is kept."""

    url: str = ""
    """Empty: SQLite in data_dir; `postgresql+psycopg://host/db`, its password in ~/.pgpass or PGPASSWORD."""
    personal_days: int = 90
    """Buyers' names, phones and addresses are forgotten so many days after an order ended; 0: never."""


class ShopSettings(msgspec.Struct, frozen=True):
    """One shop we watch."""

    name: str
    kind: Literal["tiktok", "file"] = "tiktok"
    app_key: str = ""
    service_id: str = ""
    api_base: str = "https://open-api.tiktokglobalshop.com"
    auth_base: str = "https://auth.tiktok-shops.com"
    watch_dir: str = ""
    colour: Literal["", "blue", "violet", "olive", "teal", "pink", "brown"] = ""
    """Of its sign in the list; empty: one that no other shop has chosen."""


class JobSettings(msgspec.Struct, frozen=True):
    """How often the background looks."""

    orders_every: Every = 30_000
    tracking_every: Every = 300_000
    requests_every: Every = 120_000
    stock_every: Every = 600_000
    products_every: Every = 1_800_000
    money_every: Every = 3_600_000
    chats_every: Every = 30_000
    sweep_at: Daily = "02:30"
    digest_at: tuple[Daily, ...] = ("08:00", "15:00")


class SenderSpans(msgspec.Struct, frozen=True):
    """How long a signed request can still take effect; docs/outbox.md."""

    validity: Every = 300_000
    settle: Span = 60_000
    skew: Span = 10_000


class ShipSettings(msgspec.Struct, frozen=True):
    """What a person should look at before it ships."""

    cod_review_above: int = 500_000
    """COD orders of more rupiah than this are held for a look; 0: off."""


class StockSettings(msgspec.Struct, frozen=True):
    """When goods are running out."""

    low: int = 5
    """At this many free pieces or fewer a notice comes, once for each time they become so few."""
    forecast_minutes: int = 10
    """A pile that would be sold out within so many minutes, at the pace of the last ones, is a notice; 0: off."""


class PaperSettings(msgspec.Struct, frozen=True):
    """Labels, slips, picking lists and manifests."""

    size: Literal["A6", "A5"] = "A6"
    printer: str = ""
    """A printer `lpstat -e` knows; empty: paper is saved, never printed unasked."""
    folder: str = ""
    """Where PDFs are kept; empty: `paper` in data_dir."""
    keep_days: int = 30
    """Labels carry names and addresses: their files are deleted so many days after they were made."""
    label_hosts: tuple[str, ...] = (
        "tiktokcdn.com",
        "tiktokglobalshop.com",
        "ibyteimg.com",
        "byteoversea.com",
    )
    """Where the platform's label links may lead, each with everything below it."""


class PackingSettings(msgspec.Struct, frozen=True):
    """The packing table and its scanner."""

    packer: str = ""
    """Whose name stands in the evidence; empty: the name of the computer's account."""
    sound: bool = True
    """Right and wrong are told apart by ear: one bell, three bells."""
    scan_gap_ms: int = 50
    """A scanner types faster than this between two characters, a person never does."""


class HandoverSettings(msgspec.Struct, frozen=True):
    """Giving parcels to the courier."""

    pickup_at: tuple[Daily, ...] = ("15:00",)
    """When couriers usually come."""
    remind_before: Span = 3_600_000
    """So long before it, parcels that are on no manifest are listed."""


class DeadlineSettings(msgspec.Struct, frozen=True):
    """How deadlines are computed where the platform tells none: shops of kind `file`."""

    holidays: tuple[Dated, ...] = ()
    """Days off beside those of the calendar."""
    working_days: tuple[Dated, ...] = ()
    """Days that count although the calendar says they are off."""
    joint_leave: bool = False
    """Whether joint leave (cuti bersama) is off; the platform does not say, and false is the earlier deadline."""
    count_from: Literal["created", "paid"] = "created"
    """The moment an order counts as placed; one without payment counts from its creation in any case."""


class MoneySettings(msgspec.Struct, frozen=True):
    """What the platform pays, and what is left of it."""

    settlement: Literal["express", "standard", "extended"] = "express"
    """3, 7 or 15 calendar days after delivery; Seller Center tells which."""
    margin: int = 0
    """Per cent: an order that leaves less than this of what is paid, after the cost of its goods, is listed."""


class ChatSettings(msgspec.Struct, frozen=True):
    """Writing to buyers."""

    language: Literal["", "id", "en"] = ""
    """Of templates and answer sheets; empty: Indonesian, as the buyers."""
    templates: dict[str, str] = {}
    """Own ones by name; `{field}` stands for what docs/chats.md lists. A built-in name is replaced."""


class ProviderSettings(msgspec.Struct, frozen=True):
    """One source of tracking."""

    enabled: bool = True
    """The two endpoints nobody documented, `spx` and `jnt_web`, are off unless switched on."""
    base: str = ""
    """Replaces everything before the documented path; empty: the provider's documented address."""
    per_second: float = 0.0
    """Questions a second at most; 0: as many as the provider is known to allow."""
    at_once: int = 0
    """Questions under way at most; 0: as above."""
    per_day: int = 0
    """Questions a day at most, from midnight in Jakarta; 0: the provider's quota, if one is known."""


PROVIDER_DEFAULTS: Final = {
    "binderbyte": ProviderSettings(base="https://api.binderbyte.com/v1"),
    "spx": ProviderSettings(enabled=False),
    "jnt_web": ProviderSettings(enabled=False),
}


class CourierSettings(msgspec.Struct, frozen=True):
    """Who is asked where a parcel is."""

    order: tuple[str, ...] = ("tiktok", "binderbyte", "biteship")
    providers: dict[str, ProviderSettings] = msgspec.field(default={}, name="<providers>")
    """By name; in the file these are the tables `[couriers.<name>]`."""

    def provider(self, name: str) -> ProviderSettings:
        """The settings of one provider."""
        return self.providers.get(name) or PROVIDER_DEFAULTS.get(name) or ProviderSettings()


class UiSettings(msgspec.Struct, frozen=True):
    """How the screen looks."""

    theme: str = "pantau"


class NotifySettings(msgspec.Struct, frozen=True):
    """How the seller is told."""

    bell: bool = True
    desktop: bool = False
    urls: tuple[str, ...] = ()
    """Apprise addresses."""
    quiet_hours: tuple[Daily, ...] = ()
    """Empty, or from and until: no bell and no message in between."""


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The top level of the file."""

    language: Literal["id", "en"] = "id"
    timezone: str = "Asia/Jakarta"
    read_only: bool = False
    data_dir: str = ""
    store: StoreSettings = StoreSettings()
    shops: tuple[ShopSettings, ...] = ()
    jobs: JobSettings = JobSettings()
    sender: SenderSpans = SenderSpans()
    ship: ShipSettings = ShipSettings()
    stock: StockSettings = StockSettings()
    paper: PaperSettings = PaperSettings()
    packing: PackingSettings = PackingSettings()
    handover: HandoverSettings = HandoverSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    money: MoneySettings = MoneySettings()
    chat: ChatSettings = ChatSettings()
    couriers: CourierSettings = CourierSettings()
    ui: UiSettings = UiSettings()
    rules: RuleSettings = RuleSettings()
    notify: NotifySettings = NotifySettings()
    keymap: dict[str, str] = {}
    """Command id -> keys between commas; the screen checks the ids."""
