"""From a line of a report to the orders it means: marked in their tab, the cursor on the first of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from store.status import TAB_OF, OrderStatus, Tab
from store.views import View
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.app import PantauApp

TAB_OF_SECTION: Final = {
    **dict.fromkeys(("overdue", "before_noon", "today", "short"), Tab.TO_SHIP),
    **dict.fromkeys(("requests", "asked", "failed_actions", "failed"), Tab.ACTION),
    "scan_risk": Tab.COLLECTION,
    "cancelled": Tab.CANCELLED,
    "gone": Tab.CANCELLED,
}
"""Where the orders of a digest's section stand; those of the others stand in the tab of their status."""


def lead_to(app: PantauApp, order_ids: Sequence[str], tab: Tab | None = None) -> None:
    """Show the orders in one tab, without filters, and mark them: nothing else is marked there afterwards.

    Without a tab it is the one most of them are in. Orders that have moved on are left out; when all have, that is said
    and nothing else happens.
    """
    now = app.clock()

    def read(reader: Reader) -> tuple[View, list[int]]:
        rows = reader.rows(reader.order_pks(order_ids))
        tabs = Counter(TAB_OF.get(OrderStatus(row.status), Tab.ACTION) for row in rows)
        wanted = tab or (tabs.most_common(1)[0][0] if tabs else Tab.TO_SHIP)
        view = View(wanted)
        return view, [row.pk for row in rows if reader.key_of(view, row.pk, now) is not None]

    def arrived(found: tuple[View, list[int]]) -> None:
        view, pks = found
        if not pks:
            app.say(t("digest.none_left"))
            return
        app.main.show_view(view)
        app.main.orders.clear_marks()
        app.mark(pks)
        app.main.orders.go_to(pks[0])
        app.say(t("digest.marked", n=min(len(pks), app.main.orders.mark_limit)))

    app.data.ask(read, arrived, slow=True)
