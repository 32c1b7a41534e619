"""What can go wrong between us and the platform, in words for a person.

    ShopError
    +- NotSent            no byte reached the platform (refused, DNS, TLS, connect or pool timeout)
    +- Ambiguous          bytes may have left and no usable answer came (timeout, reset, half a body)
    +- BadReply           an answer came that is not the platform's JSON
    +- RateLimited        429 or 36009002
    +- Unavailable        5xx or a code for trouble on their side
    +- NotReady           the label is still being made
    +- Refused            a business rule said no
    +- Blocked            the gateway turned us away
    |  +- TokenExpired    105002: refresh once
    |  +- LoginNeeded     only the seller can help: the authorization is gone or belongs to another shop
    |  +- ScopeMissing    105005
    |  +- KeyWrong        signature or app key
    +- ClockSkew          our clock is too far from the platform's
    +- InsecureUrl        a configured address that would send secrets in the clear (also a ValueError)

Every class says what it proves about a write (`proves`, see shop/verdict.py). No text here ever holds a URL,
a token or a body: they are built from constants, a code and the platform's request id. The platform's own
message is kept apart in `message`; it is foreign text.
"""

from __future__ import annotations

from typing import ClassVar, Final

from shop.codes import CODES, CodeFact, Kind, Say, fact
from shop.verdict import UMBRELLA, Answer, Verdict, classify, classify_packages, verdict_of
from shop.wire.envelope import Envelope

__all__ = [
    "CODES", "Ambiguous", "BadReply", "Blocked", "ClockSkew", "CodeFact", "InsecureUrl", "KeyWrong", "Kind",
    "LoginNeeded", "NotReady", "NotSent", "RateLimited", "Refused", "Say", "ScopeMissing", "ShopError",
    "TokenExpired", "Unavailable", "Verdict", "classify", "classify_packages", "error_for", "fact",
]  # fmt: skip


class ShopError(Exception):
    """Base of everything this package raises on purpose."""

    word: ClassVar[str] = "platform"
    """A stable word for logs and the store."""
    proves: Kind = Kind.UNKNOWN
    title: Say = Say("Ada masalah dengan platform", "Something is wrong with the platform")
    sentence: Say = Say("Platform menjawab hal yang tidak terduga.", "The platform answered unexpectedly.")
    hint: Say = Say("Pantau mencoba lagi sendiri.", "Pantau tries again by itself.")

    def __init__(
        self,
        reason: str = "",
        *,
        code: int | None = None,
        message: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.reason = reason
        """A few English words of ours for the log: `connect timeout`, `data has no orders`."""
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        if code is not None and (known := fact(code)) is not None:
            self.sentence = Say(f"{known.meaning.id} (kode {code}).", f"{known.meaning.en} (code {code}).")
            self.hint = known.advice
        super().__init__(reason)

    def __str__(self) -> str:
        facts = (
            self.title.en,
            self.reason,
            f"code {self.code}" if self.code is not None else "",
            f"request {self.request_id}" if self.request_id else "",
        )
        return "; ".join(filter(None, facts))

    def say(self, language: str) -> str:
        """Title, sentence and hint in one line; `language` is `id` or `en`."""
        pick = 0 if language == "id" else 1
        return f"{self.title[pick]}. {self.sentence[pick]} {self.hint[pick]}"


class NotSent(ShopError):
    """No byte of the request left this computer; doing it again is safe."""

    word = "no_network"
    proves = Kind.NOT_SENT
    title = Say("Tidak tersambung", "Not connected")
    sentence = Say("Platform tidak bisa dihubungi.", "The platform cannot be reached.")
    hint = Say(
        "Periksa internet; Pantau mencoba lagi sendiri.", "Check the network; Pantau tries again by itself."
    )


class Ambiguous(ShopError):
    """The request may have been executed: no complete answer came back."""

    word = "no_answer"
    title = Say("Jawaban tidak sampai", "No answer came back")
    sentence = Say("Sambungan putus sebelum jawaban lengkap.", "The connection broke before a full answer.")
    hint = Say("Pantau membaca keadaannya dulu.", "Pantau reads the state first.")


class BadReply(ShopError):
    """A complete answer that is not what the platform documents."""

    word = "bad_reply"
    title = Say("Jawaban tidak terbaca", "Unreadable answer")
    sentence = Say("Jawaban platform bukan bentuk yang dikenal.", "The answer has no known form.")


class RateLimited(ShopError):
    """The gateway asks for a pause; nothing was executed."""

    word = "rate_limited"
    proves = Kind.NOT_SENT
    title = Say("Terlalu sering bertanya", "Asking too often")
    sentence = Say("Platform meminta jeda.", "The platform asks for a pause.")


class Unavailable(ShopError):
    """The platform is in trouble."""

    word = "unavailable"
    title = Say("Platform sedang terganggu", "The platform is in trouble")
    sentence = Say("Platform tidak bisa menjawab sekarang.", "The platform cannot answer now.")


class NotReady(ShopError):
    """What was asked for is being made; ask again in some seconds."""

    word = "not_ready"
    title = Say("Belum siap", "Not ready yet")


class Refused(ShopError):
    """A business rule said no."""

    word = "refused"
    proves = Kind.REFUSED
    title = Say("Ditolak platform", "Refused by the platform")
    hint = Say("Periksa di Seller Center.", "Check it in Seller Center.")


class Blocked(ShopError):
    """The gateway turned the request away; nothing was executed."""

    word = "blocked"
    proves = Kind.AUTH
    title = Say("Ditolak gerbang platform", "Turned away by the gateway")
    hint = Say("Periksa aplikasi di Partner Center.", "Check the app in Partner Center.")


class TokenExpired(Blocked):
    """The access token is over; a refresh helps."""

    word = "token"
    title = Say("Token kedaluwarsa", "Token expired")


class LoginNeeded(Blocked):
    """Only a new authorization by the seller helps."""

    word = "login"
    title = Say("Perlu login ulang", "A new login is needed")
    sentence = Say("Izin toko ini tidak berlaku lagi.", "The authorization of this shop is over.")
    hint = Say(
        "Isi token baru toko ini; `pantau doctor` menyebut namanya.",
        "Set new tokens for this shop; `pantau doctor` names the variables.",
    )


class ScopeMissing(Blocked):
    """The app was never given this right."""

    word = "scope"
    title = Say("Izin aplikasi kurang", "The app lacks a permission")


class KeyWrong(Blocked):
    """App key and app secret do not belong together, or the request was altered on its way."""

    word = "key"
    title = Say("Kunci aplikasi salah", "Wrong app key or secret")
    sentence = Say("Platform tidak menerima tanda tangan kita.", "The platform rejects our signature.")
    hint = Say("Periksa app key dan app secret.", "Check app key and app secret.")


class ClockSkew(ShopError):
    """Our timestamps are outside the platform's window: 5 minutes ago to 30 seconds ahead of its clock."""

    word = "clock"
    proves = Kind.CLOCK
    title = Say("Jam komputer tidak cocok", "The computer's clock is off")
    sentence = Say(
        "Jam komputer ini terlalu jauh dari jam platform, jadi tidak ada yang dikirim.",
        "This computer's clock is too far from the platform's, so nothing is sent.",
    )
    hint = Say("Nyalakan jam otomatis.", "Switch automatic time on.")


class InsecureUrl(ShopError, ValueError):
    """A base address that is not https and not on this computer."""

    word = "insecure_url"
    proves = Kind.NOT_SENT
    title = Say("Alamat tidak aman", "Insecure address")
    sentence = Say(
        "Alamat platform harus https; http hanya untuk komputer ini sendiri.",
        "The platform's address must be https; plain http is for this computer only.",
    )
    hint = Say("Perbaiki api_base atau auth_base.", "Correct api_base or auth_base.")


_BY_CODE: Final[dict[int, type[ShopError]]] = {
    105002: TokenExpired,
    105005: ScopeMissing,
    106001: KeyWrong,
    **dict.fromkeys((101000, 106013, 36004004, 36004005), LoginNeeded),
    **dict.fromkeys((11034037, 11034023, 21023022), NotReady),
}
_BY_KIND: Final[dict[Kind, type[ShopError]]] = {
    Kind.NOT_SENT: RateLimited,
    Kind.AUTH: Blocked,
    Kind.CLOCK: ClockSkew,
    Kind.UNKNOWN: Unavailable,
    Kind.REFUSED: Refused,
    Kind.ALREADY: Refused,
    Kind.LOOK: Refused,
}


def error_for(answer: Answer, envelope: Envelope) -> ShopError | None:
    """The error a read (or a token call) ended in; None when its code is 0.

    For a read the code alone decides: the documentation says not to rely on the HTTP status.
    """
    if envelope.code == 0:
        return None
    verdict = verdict_of(envelope, answer.status, answer.retry_after)
    kind = _BY_CODE.get(verdict.code or 0) or _BY_KIND[verdict.kind]
    if verdict.code == UMBRELLA:
        kind = _of_umbrella(verdict, kind)
    elif verdict.kind is Kind.UNKNOWN and answer.status < 500 and fact(envelope.code) is None:
        kind = ShopError
    return kind(
        code=verdict.code,
        message=verdict.message,
        request_id=verdict.request_id,
        retry_after=verdict.retry_after,
    )


def _of_umbrella(verdict: Verdict, otherwise: type[ShopError]) -> type[ShopError]:
    words = (verdict.message or "").lower()
    if verdict.kind is not Kind.AUTH:
        return otherwise if verdict.kind is Kind.CLOCK else Blocked
    if "token" in words:
        return LoginNeeded
    return KeyWrong if "sign" in words or "app_key" in words or "app key" in words else Blocked
