"""A stop at the packing table in words: the screen, the command line and the history say it alike. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import tzinfo

from couriers.names import name as courier_name
from store.packing_facts import Line, Parcel, Stop
from tui.clock import full
from tui.strings import known, t, word
from tui.text import clean

CODE = 60
"""Signs of a scanned code that are shown: enough to recognise it."""


def why(stop: Stop, zone: tzinfo) -> str:
    """The reason, as a sentence."""
    if not known(f"packing_stop.{stop.reason}"):
        return clean(stop.reason, limit=CODE)
    facts: defaultdict[str, object] = defaultdict(str, stop.facts)
    if isinstance(at := facts.get("at"), int):
        facts["at"] = full(at, zone)
    for key in ("courier", "label"):
        if key in facts:
            facts[key] = courier_name(str(facts[key]))
    names = (
        "order",
        "shop",
        "raw",
        "manifest",
        "at",
        "by",
        "label",
        "courier",
        "sku",
        "name",
        "variation",
        "wanted",
    )
    told = {name: _short(facts[name]) for name in (*names, "packages")}
    # Nobody at the table knows the platform's number of a product: what was scanned says more.
    goods = f"{told['name']} {told['variation']} ({told['sku']})"
    told["what"] = goods if told["name"] else _short(stop.code or facts["sku"])
    return " ".join(t(f"packing_stop.{stop.reason}", **told).split())


def how(stop: Stop) -> str:
    """What to do about it; empty when nothing is known."""
    return word("packing_how", stop.reason) if known(f"packing_how.{stop.reason}") else ""


def item(line: Line) -> str:
    """An item in one line: name and variation, else its SKU."""
    told = " ".join(filter(None, (line.name, line.variation))) or line.seller_sku or line.sku_id
    return clean(told, limit=120)


def courier(parcel: Parcel) -> str:
    """The parcel's courier by name."""
    named = parcel.courier_name or (courier_name(parcel.courier) if parcel.courier else "")
    return clean(named, limit=40) or t("timeline.courier.unknown")


def _short(value: object) -> object:
    return clean(value, limit=CODE) if isinstance(value, str) else value
