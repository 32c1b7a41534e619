"""Writing to buyers, as drafts; shop/writes.py says how drafts are sent and read.

Sending has no key that makes a repeat harmless: an unclear answer is for the outbox to look into, by reading the
conversation's newest messages. Customer service 202309.
"""

from __future__ import annotations

import msgspec

from shop.requests import Draft, body_of
from shop.writes import segment
from store.chat_facts import LONGEST


def send_text(conversation_id: str, text: str) -> Draft:
    """One message. Raises ValueError for an empty text and for one that is too long."""
    if not text.strip() or len(text) > LONGEST:
        raise ValueError(f"a message has 1 to {LONGEST} characters")
    content = msgspec.json.encode({"content": text}).decode()
    path = f"/customer_service/202309/conversations/{segment(conversation_id)}/messages"
    return Draft("POST", path, body=body_of({"type": "TEXT", "content": content}))
