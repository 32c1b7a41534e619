"""The tables, as SQLModel classes: the one description of what is stored, a module per subject.

Conventions: times are integer epoch milliseconds UTC (store/times.py); money is integer rupiah (or the whole
unit of a foreign currency, with its code beside it); platform ids are text; raw foreign text is stored as it
came, less NUL, and cleaned only at the border to a screen. Bulk ingest and claims use Core statements built
from these tables; single edits use short sessions.
"""

from store.models.base import NAMING
from store.models.chats import Conversation, Message
from store.models.desk import BatchOrder, Digest, Note, RuleRun, SavedBatch
from store.models.files import FileImport, FileOrder, FileReject
from store.models.goods import Cost, Sku
from store.models.handover import Manifest, ManifestParcel
from store.models.journal import Action, Change, JobHealth, Memory, Rejected, UiState
from store.models.money import Payout, Statement
from store.models.orders import Item, Order, Stock, TabCount
from store.models.packing import Barcode, Packing
from store.models.papers import Label, PaperJob
from store.models.parcels import LaneLimit, Package, ProviderUsage, TrackingEvent, UnknownText
from store.models.requests import Request
from store.models.shops import ShippingProvider, Shop, SyncState, Token

__all__ = [
    "NAMING", "Action", "Barcode", "BatchOrder", "Change", "Conversation", "Cost", "Digest", "FileImport",
    "FileOrder", "FileReject", "Item", "JobHealth", "Label", "LaneLimit", "Manifest", "ManifestParcel",
    "Memory", "Message", "Note", "Order", "Package", "Packing", "PaperJob", "Payout", "ProviderUsage", "Rejected",
    "Request", "RuleRun", "SavedBatch", "ShippingProvider", "Shop", "Sku", "Statement", "Stock", "SyncState",
    "TabCount", "Token", "TrackingEvent", "UiState", "UnknownText",
]  # fmt: skip
