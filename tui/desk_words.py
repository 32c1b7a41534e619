"""What the feed tells of notes and tags, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from store.views import ChangeRow
from tui.strings import t
from tui.text import clean


def told(change: ChangeRow, detail: Mapping[str, object]) -> str:
    """`own note: ring twice`, `tags +gift -urgent`."""
    if change.kind == "order.noted":
        return t("change.order.noted", what=change.new) if change.new else t("change.order.noted.gone")
    signs = [f"+{tag}" for tag in _tags(detail, "added")] + [f"-{tag}" for tag in _tags(detail, "dropped")]
    return t("change.order.tagged", what=" ".join(signs))


def _tags(detail: Mapping[str, object], name: str) -> list[str]:
    found = detail.get(name)
    return [clean(tag, limit=24) for tag in found if isinstance(tag, str)] if isinstance(found, list) else []
