"""Fetching a label: a link from the platform's answer is foreign, so where it leads is checked before going there.

A link may lead to https on a host that the settings name, at an address of the public internet, and to that very
address: the name is looked up once, so it cannot mean something else a moment later. Redirects are not followed.
Only what a sandbox on this computer says may lead to this computer. Links are neither stored nor logged: for a day
each of them opens a buyer's address to anybody.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from shop.errors import BadReply, NotSent, RateLimited, Say, ShopError, Unavailable
from shop.http import HttpSeam, Pinned

MAX_LABEL: Final = 20 * 1024 * 1024
"""Bytes of one label; the platform's have 20 to 200 kB."""
DEADLINE: Final = 30.0
HEAD: Final = b"%PDF-"
_LONGEST: Final = 8_000
"""Characters of a link."""
_PRINTABLE: Final = re.compile(r"[!-~]+")
_LABEL: Final = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# The last part begins with a letter, so no way of writing a number (decimal, octal, hex, short) is a name.
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)*(?!0x)[a-z]{_LABEL}|(?:{_LABEL}\.)*[a-z]")
_TRANSLATING: Final = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)
"""IPv6 that carries an IPv4 address inside (NAT64, 6to4, Teredo, compatible): where it ends is not seen from it."""

_SPECIAL: Final = tuple(
    map(
        ipaddress.IPv4Network,
        ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
    )
)
"""What some versions of Python count as ordinary (IANA special-purpose registry, RFC 6890)."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name; raises OSError."""


class BadLink(ShopError):
    """The link leads where no label may come from; nobody was asked there."""

    word: ClassVar[str] = "bad_link"
    title = Say("Tautan label tidak dipercaya", "The label's link is not trusted")
    sentence = Say("Tautannya tidak menuju server label yang dikenal.", "It does not lead to a known server.")
    hint = Say("Cetak dari Seller Center; periksa [paper] label_hosts.",
               "Print it in Seller Center; check [paper] label_hosts.")  # fmt: skip


class BadFile(ShopError):
    """What came is no PDF, or too large."""

    word: ClassVar[str] = "bad_file"
    title = Say("Berkas label rusak", "The label's file is broken")
    sentence = Say("Yang datang bukan PDF yang wajar.", "What came is not a sane PDF.")
    hint = Say("Cetak dari Seller Center.", "Print it in Seller Center.")


class Link(msgspec.Struct, frozen=True):
    """Where a link leads, in checked parts."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, exactly as they came: a signature depends on them."""
    local: bool
    """Whether it leads to this computer (a sandbox)."""

    def __repr__(self) -> str:
        return f"Link({self.host})"


async def download(
    http: HttpSeam,
    url: str,
    *,
    allowed_hosts: Sequence[str],
    allow_loopback: bool = False,
    max_bytes: int = MAX_LABEL,
    deadline: float = DEADLINE,
    resolver: Resolver | None = None,
) -> bytes:
    """The PDF behind a link, in one attempt.

    `allow_loopback` is for shops whose own API is on this computer. Raises BadLink, BadFile, NotSent, Ambiguous,
    RateLimited or Unavailable; an expired link (HTTP 403) is a BadReply.
    """
    link = checked_link(url, allowed_hosts, allow_loopback=allow_loopback)
    loop = asyncio.get_running_loop()
    until = loop.time() + deadline
    try:
        async with asyncio.timeout_at(until):
            found = await (resolver or _resolve)(link.host, link.port)
    except TimeoutError:
        raise NotSent("name look-up took too long") from None
    except (OSError, UnicodeError):
        raise NotSent("name not found") from None
    address = checked_address(found, local=link.local)
    pinned = Pinned(link.scheme, link.host, link.port, address, link.target)
    try:
        reply = await http.download(pinned, head=HEAD, max_body=max_bytes, deadline=until - loop.time())
    except BadReply as error:
        raise BadFile(error.reason) from None
    if reply.status == 200 and reply.body.startswith(HEAD):
        return reply.body
    if 300 <= reply.status < 400:
        raise BadLink("redirect")
    if reply.status == 429:
        raise RateLimited("http 429", retry_after=reply.retry_after)
    if reply.status == 408 or reply.status >= 500:
        raise Unavailable(f"http {reply.status}", retry_after=reply.retry_after)
    raise BadFile("not a PDF") if reply.status == 200 else BadReply(f"http {reply.status}")


def checked_link(url: str, allowed_hosts: Sequence[str], *, allow_loopback: bool = False) -> Link:
    """The parts of a link that may be followed. Raises BadLink."""
    if len(url) > _LONGEST or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise BadLink("not an address")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadLink("not an address") from None
    if "@" in parts.netloc or not host:
        raise BadLink("an address with a user, or without a host")
    host = host.removesuffix(".")
    if parts.scheme not in ("https", "http") or port == 0:
        raise BadLink("not https")
    local = allow_loopback and _is_loopback(host)
    if parts.scheme == "http" and not local:
        raise BadLink("not https")
    if not local and not (_NAME.fullmatch(host) and any(_below(host, name) for name in allowed_hosts)):
        raise BadLink("host is not on the list")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Link(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target, local)


def checked_address(found: Sequence[str], *, local: bool = False) -> str:
    """The address to connect to. Raises BadLink when one of them is not where labels come from: a name that
    leads to two kinds of places is not trusted at all."""
    if not found:
        raise BadLink("name without an address")
    for text in found:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise BadLink("not an address") from None
        if not (address.is_loopback if local else is_public(address)):
            raise BadLink("address is not public")
    return found[0]


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is an ordinary address of the internet: not ours, not our network's, not another one in disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped is not None or any(address in network for network in _TRANSLATING)
        if hidden or address.is_site_local or address.scope_id is not None:
            return False
    elif any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_private
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )


def _below(host: str, name: str) -> bool:
    name = name.strip(". ").lower()
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
