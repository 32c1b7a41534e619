"""The part of an order that never changes, drawn from the seed whenever it is needed."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import NamedTuple

from shop.sandbox import data, kin
from shop.sandbox.draw import Shares, mix, pick


class Line(NamedTuple):
    """Units of one SKU; gifts cost nothing."""

    product: data.Product
    sku: data.Sku
    quantity: int
    seller_discount: int
    platform_discount: int
    gift: bool = False

    @property
    def original_price(self) -> int:
        """Before discounts, whole rupiah; 0 for a gift."""
        return 0 if self.gift else self.sku.price

    @property
    def sale_price(self) -> int:
        """What the buyer pays for a unit."""
        return self.original_price - self.seller_discount - self.platform_discount


class Facts(NamedTuple):
    """Who bought what, how it is paid and how it travels; names and numbers masked as the platform does."""

    tokopedia: bool
    cod: bool
    on_hold: bool
    """Whether the order passes the hour of remorse."""
    payment_method: str
    buyer: str
    buyer_id: str
    phone: str
    phone_tail: str
    """Last five digits of the phone, which couriers ask for and the platform masks."""
    street: str
    city: data.City
    note: str
    seller_note: str
    courier: int
    option: tuple[str, str]
    priority: int
    shipping_type: str
    fulfillment_type: str
    lines: tuple[Line, ...]
    packages: int
    shipping_fee: int
    shipping_discount: int
    service_fee: int

    @property
    def subtotal(self) -> int:
        """What the buyer pays for the goods."""
        return sum(line.sale_price * line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """What the buyer pays altogether."""
        return self.subtotal + self.shipping_fee - self.shipping_discount + self.service_fee


_COURIERS = Shares(*((courier.weight, index) for index, courier in enumerate(data.COURIERS)))
_SHARES = (68.0, 14.0, 8.0, 6.0, 4.0)
OPTIONS = (
    (600, "7090000000000000001", "Standard Shipping"),
    (700, "7090000000000000002", "Economy Shipping"),
    (400, "7090000000000000003", "Next Day"),
    (800, "7090000000000000004", "Cargo"),
    (300, "7090000000000000005", "Same Day"),
)
"""(priority, id, name) of the delivery options of the platform's logistics."""
SELLER_OPTION = (600, "7090000000000000009", "Kurir Toko")
_OPTIONS = Shares(*zip(_SHARES, OPTIONS, strict=True))


@lru_cache(maxsize=4096)
def facts(key: int, serial: int) -> Facts:
    """The facts of one order of one world (`key` is the world's, from its seed)."""
    rng = random.Random(mix(key, serial))
    chance = rng.random
    tokopedia = chance() < 0.35
    cod = not tokopedia and chance() < 0.38
    priority, option_id, option_name = _OPTIONS.at(chance())
    courier = _COURIERS.at(chance())
    own_courier = chance() < 0.02
    if own_courier:
        priority, option_id, option_name = SELLER_OPTION
    first, last = pick(rng, data.FIRST_NAMES), pick(rng, data.LAST_NAMES)
    phone = int(chance() * 10**8)
    lines = _lines(rng)
    fee = 9_000 + 1_000 * int(chance() * 22)
    made = Facts(
        tokopedia=tokopedia,
        cod=cod,
        on_hold=chance() < 0.85,
        payment_method=data.COD_PAYMENT if cod else data.PAYMENTS.at(chance()),
        buyer=f"{first[0]}*** {last[0]}***",
        buyer_id=f"749{int(chance() * 10**15):016d}",
        phone=f"(+62)8{12 + phone % 46}*****{phone % 100:02d}",
        phone_tail=f"{phone % 10**5:05d}",
        street=f"{pick(rng, data.STREETS)[0]}*** ***",
        city=pick(rng, data.CITIES),
        note=pick(rng, data.NOTES) if chance() < 0.22 else "",
        seller_note=pick(rng, data.SELLER_NOTES) if chance() < 0.03 else "",
        courier=courier,
        option=(option_id, option_name),
        priority=priority,
        shipping_type="SELLER" if own_courier else "TIKTOK",
        fulfillment_type="FULFILLMENT_BY_DILAYANI_TOKOPEDIA"
        if tokopedia and not own_courier and chance() < 0.02
        else "FULFILLMENT_BY_SELLER",
        lines=lines,
        packages=2 if len({line.sku for line in lines}) > 1 and chance() < 0.12 else 1,
        shipping_fee=fee,
        shipping_discount=fee if chance() < 0.6 else 0,
        service_fee=1_000,
    )
    lead = kin.lead(key, serial)
    return made if lead == serial else _again(made, facts(key, lead))


def _again(order: Facts, earlier: Facts) -> Facts:
    """Another order of the same buyer, to the same place, by the same courier."""
    return order._replace(**{name: getattr(earlier, name) for name in _OF_THE_BUYER}, packages=1)


_OF_THE_BUYER = (
    *("tokopedia", "cod", "on_hold", "payment_method", "buyer", "buyer_id", "phone", "phone_tail", "street"),
    *("city", "courier", "option", "priority", "shipping_type", "fulfillment_type"),
)
_LINE_COUNTS = Shares((70, 1), (19, 2), (8, 3), (3, 4))
_QUANTITIES = Shares((80, 1), (13, 2), (5, 3), (2, 6))


def _lines(rng: random.Random) -> tuple[Line, ...]:
    chance = rng.random
    count = _LINE_COUNTS.at(chance())
    made: list[Line] = []
    for _ in range(count):
        # The square makes bestsellers: the front of the catalogue sells most.
        product = data.PRODUCTS[int(chance() ** 2 * len(data.PRODUCTS))]
        sku = pick(rng, product.skus)
        if any(line.sku is sku for line in made):
            continue
        seller = int(sku.price * 0.08) // 500 * 500 if chance() < 0.5 else 0
        platform = int(sku.price * 0.04) // 500 * 500 if chance() < 0.3 else 0
        quantity = _QUANTITIES.at(chance())
        made.append(Line(product, sku, quantity, seller, platform))
    if chance() < 0.04:
        made.append(Line(data.PRODUCTS[10], data.PRODUCTS[10].skus[0], 1, 0, 0, gift=True))
    return tuple(made)
