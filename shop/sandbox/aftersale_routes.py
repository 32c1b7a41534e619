"""The endpoints of cancellations and returns."""

from __future__ import annotations

from shop.sandbox import answers, eligibility, requests
from shop.sandbox.gate import Route

_BASE = "/return_refund"


def aftersale_routes(scope: str) -> tuple[Route, ...]:
    """The rows of the table of endpoints; `scope` is what the token must hold."""
    rows = (
        ("POST", "202309/cancellations/search", requests.search_cancellations),
        ("POST", "202602/cancellations/search", requests.search_cancellations),
        ("POST", "202309/returns/search", requests.search_returns),
        ("POST", "202602/returns/search", requests.search_returns),
        ("POST", "202309/cancellations", answers.cancel),
        ("POST", "202602/cancellations", answers.cancel),
        ("POST", "202309/cancellations/*/approve", answers.approve_cancellation),
        ("POST", "202309/cancellations/*/reject", answers.reject_cancellation),
        ("POST", "202309/returns/*/approve", answers.approve_return),
        ("POST", "202309/returns/*/reject", answers.reject_return),
        ("GET", "202309/returns/*/records", eligibility.records),
        ("GET", "202309/reject_reasons", eligibility.reject_reasons),
        ("GET", "202601/decision_eligibility", eligibility.decision_eligibility),
        ("GET", "202602/orders/*/aftersale_eligibility", eligibility.aftersale_eligibility),
        ("POST", "202602/refunds/calculate", eligibility.calculate),
    )
    return tuple(Route(method, f"{_BASE}/{path}", scope, handler) for method, path, handler in rows)
