"""What a piece of goods is called, wherever it is spoken of. Pure."""

from __future__ import annotations


def called(name: object, variation: object, seller_sku: object, sku_id: object) -> str:
    """Its name with the variation, which is left out where the name ends with it already; without a name the seller's
    own code, else the platform's id. What is no text says nothing."""
    told, kind, code, number = (
        one.strip() if isinstance(one, str) else "" for one in (name, variation, seller_sku, sku_id)
    )
    if not told:
        return code or number
    doubled = told.casefold().endswith(kind.casefold()) and not told[: -len(kind) or None][-1:].isalnum()
    return told if not kind or doubled else f"{told} {kind}"
