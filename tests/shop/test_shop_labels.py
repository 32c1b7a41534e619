"""Label downloads: where a link may lead, to which address, and what may come from there. Real sockets, real TLS."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shop.errors import Ambiguous, BadReply, NotSent, RateLimited, Unavailable
from shop.http import HttpSeam, Pinned
from shop.labels import BadFile, BadLink, Link, checked_address, checked_link, download, is_public
from tests.shop.raw_server import Answer, RawServer, Talk, drip, half, hang, http_answer

HOSTS = ("tiktokcdn.com", "label.example")
NAME = "p16-oec-sg.tiktokcdn.com"
PUBLIC = "93.184.216.34"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40
"""Nobody here looks further than its first bytes: jobs/paper/inspect.py does."""


class Names:
    """A resolver that counts its questions; the last answer stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


# -- where a link may lead ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://p16.tiktokcdn.com/x.pdf",
        "ftp://p16.tiktokcdn.com/x",
        "file:///etc/passwd",
        "https://allowed.example@evil/",
        "https://tiktokcdn.com@evil.example/",
        "https://user:pass@p16.tiktokcdn.com/",
        "https://evil.example/tiktokcdn.com",
        "https://tiktokcdn.com.evil.example/",
        "https://eviltiktokcdn.com/",
        "https://evil.example#.tiktokcdn.com",
        "https://evil.example?.tiktokcdn.com",
        "https://evil.example\\.tiktokcdn.com/",
        "https://evil.example\\@tiktokcdn.com/",
        "https://evil.example /.tiktokcdn.com/",
        "https://p16.tiktokcdn.com/\r\nHost: evil",
        "https://tiktokcdn.com%2eevil.example/",
        "https://p16.tiktokcdn.com:0/",
        "https://p16.tiktokcdn.com:99999/",
        "https://[::1].tiktokcdn.com/",
        "https://.tiktokcdn.com/",
        "https://a..tiktokcdn.com/",
        "https://tıktokcdn.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https:///x",
        "https:x",
        "//p16.tiktokcdn.com/x",
        "",
        "https://p16.tiktokcdn.com/" + "a" * 9_000,
        "https://p16.tiktokcdn.com/\0",
        "https://p16.tiktokcdn.com/\u202efdp",
    ],
)
def test_links_that_lead_elsewhere_are_not_followed(url: str) -> None:
    with pytest.raises(BadLink):
        checked_link(url, HOSTS)


@pytest.mark.parametrize(
    "host", ["tiktokcdn.com", "p16.tiktokcdn.com", "A.B.TikTokCDN.com", "tiktokcdn.com."]
)
def test_a_host_may_be_a_name_of_the_list_or_below_it(host: str) -> None:
    found = checked_link(f"https://{host}/obj/a%2Fb.pdf?sign=%7E~&x=1#part", HOSTS)
    assert found.host == host.lower().removesuffix(".")
    assert (found.port, found.target, found.local) == (443, "/obj/a%2Fb.pdf?sign=%7E~&x=1", False)


@pytest.mark.parametrize("names", [(), ("",), (".",), (" ",)])
def test_an_empty_list_lets_nothing_through(names: tuple[str, ...]) -> None:
    with pytest.raises(BadLink):
        checked_link(f"https://{NAME}/", names)


def test_a_number_is_no_host_even_where_the_list_names_one() -> None:
    with pytest.raises(BadLink):
        checked_link("https://2130706433/", ("2130706433",))
    with pytest.raises(BadLink):
        checked_link("https://10.0.0.1/", ("10.0.0.1", "1"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x"])
def test_only_a_sandbox_may_lead_to_this_computer(url: str) -> None:
    with pytest.raises(BadLink):
        checked_link(url, HOSTS)
    assert checked_link(url, HOSTS, allow_loopback=True).local


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://p16.tiktokcdn.com/", "http://127.0.0.1.evil.example/"]
)
def test_a_sandbox_opens_no_other_door(url: str) -> None:
    with pytest.raises(BadLink):
        checked_link(url, HOSTS, allow_loopback=True)


def test_no_link_shows_in_a_trace() -> None:
    assert "sign" not in repr(checked_link(f"https://{NAME}/x?sign=CANARY", HOSTS))
    assert "sign" not in str(Link("https", NAME, 443, "/x?sign=CANARY", False))


# -- to which address --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:1::1", "::7f00:1", "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(BadLink):
        checked_address([address])
    with pytest.raises(BadLink):  # one good one among them makes it no better
        checked_address([PUBLIC, address])


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses_are_taken(address: str) -> None:
    assert checked_address([address]) == address
    assert is_public(ipaddress.ip_address(address))


def test_a_name_needs_an_address() -> None:
    with pytest.raises(BadLink):
        checked_address([])


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["10.0.0.1"], [PUBLIC, "192.168.0.1"], ["::ffff:10.0.0.1"]]
)
async def test_a_trusted_name_with_a_bad_address_reaches_nobody(
    platform: RawServer, seam: HttpSeam, answer: list[str]
) -> None:
    port = int(platform.url.rpartition(":")[2])
    with pytest.raises(BadLink):
        await download(seam, f"https://{NAME}:{port}/", allowed_hosts=HOSTS, resolver=Names(answer))
    assert platform.connections == 0


async def test_a_name_is_looked_up_once(seam: HttpSeam, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look could be answered otherwise (DNS rebinding): nobody takes one."""
    names = Names([PUBLIC], ["127.0.0.1"])
    gone: list[Pinned] = []

    async def note(place: Pinned, **_: object) -> None:
        gone.append(place)
        raise NotSent("noted")

    async def no_dns(*_: object, **__: object) -> None:
        raise AssertionError("a second look-up")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_dns)
    monkeypatch.setattr(seam, "download", note)
    with pytest.raises(NotSent):
        await download(seam, f"https://{NAME}/x?sign=1", allowed_hosts=HOSTS, resolver=names)
    assert names.asked == [(NAME, 443)]
    assert gone == [Pinned("https", NAME, 443, PUBLIC, "/x?sign=1")]


async def test_the_connection_asks_no_resolver(
    platform: RawServer, seam: HttpSeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is pinned down to the socket: the name only stands in the Host line."""
    platform.answers(http_answer(PDF))
    port = int(platform.url.rpartition(":")[2])
    asked: list[object] = []
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def watched(host: object, *args: object, **named: object) -> object:
        asked.append(host)
        return await real(host, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", watched)
    place = Pinned("http", "rebound.example", port, "127.0.0.1", "/a%2Fb?s=%7E")
    reply = await seam.download(place, head=b"%PDF-", max_body=20_000, deadline=5)
    assert reply.body == PDF
    assert NAME not in asked and "rebound.example" not in asked
    assert platform.talks[0].headers["host"] == f"rebound.example:{port}"
    assert platform.talks[0].target == "/a%2Fb?s=%7E"
    assert "x-tts-access-token" not in platform.talks[0].headers


async def test_a_name_nobody_knows_is_no_network(seam: HttpSeam) -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        raise AssertionError

    for resolver in (nobody, never):
        with pytest.raises(NotSent):
            await download(seam, f"https://{NAME}/", allowed_hosts=HOSTS, resolver=resolver, deadline=0.05)


# -- what may come from there ------------------------------------------------------------------------------


async def fetch(
    platform: RawServer, seam: HttpSeam, *answers: Answer, most: int = 200_000, wait: float = 5
) -> bytes:
    """Download from the raw server as a shop on a sandbox would."""
    platform.answers(*answers)
    url = f"{platform.url}/documents/1?signature=CANARY"
    return await download(seam, url, allowed_hosts=HOSTS, allow_loopback=True, max_bytes=most, deadline=wait)


async def test_a_label_comes_from_a_sandbox(platform: RawServer, seam: HttpSeam) -> None:
    assert await fetch(platform, seam, http_answer(PDF)) == PDF


async def test_a_packed_label_is_unpacked(platform: RawServer, seam: HttpSeam) -> None:
    packed = gzip.compress(PDF)
    assert await fetch(platform, seam, http_answer(packed, content_encoding="gzip")) == PDF


@pytest.mark.parametrize("where", ["http://169.254.169.254/", "https://evil.example/", "/elsewhere"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    platform: RawServer, seam: HttpSeam, where: str, status: int
) -> None:
    with pytest.raises(BadLink):
        await fetch(platform, seam, http_answer(b"", status, location=where), http_answer(PDF))
    assert len(platform.talks) == 1


async def test_a_gzip_bomb_is_not_blown_up(platform: RawServer, seam: HttpSeam) -> None:
    bomb = gzip.compress(b"%PDF-" + b"\0" * 50_000_000)
    with pytest.raises(BadFile):
        await fetch(platform, seam, http_answer(bomb, content_encoding="gzip"))


async def test_an_endless_body_ends(platform: RawServer, seam: HttpSeam) -> None:
    async def endless(talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n%PDF-\r\n")
        while True:
            await talk.say(b"2000\r\n" + b"x" * 8192 + b"\r\n")

    with pytest.raises(BadFile):
        await fetch(platform, seam, endless)


async def test_what_is_no_pdf_is_dropped_at_its_first_bytes(platform: RawServer, seam: HttpSeam) -> None:
    async def page(talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\ncontent-length: 199999\r\n\r\n<html>")
        await hang(talk)

    with pytest.raises(BadFile):
        await fetch(platform, seam, page)


@pytest.mark.parametrize("body", [b"", b"%PDF", b"\x89PNG\r\n", b" %PDF-1.4", b"<html>%PDF-"])
async def test_a_body_has_to_begin_as_a_pdf(platform: RawServer, seam: HttpSeam, body: bytes) -> None:
    with pytest.raises(BadFile):
        await fetch(platform, seam, http_answer(body))


async def test_more_than_allowed_is_refused(platform: RawServer, seam: HttpSeam) -> None:
    assert await fetch(platform, seam, http_answer(PDF), most=len(PDF)) == PDF
    with pytest.raises(BadFile):
        await fetch(platform, seam, http_answer(PDF), most=len(PDF) - 1)


async def test_slow_and_broken_answers_end(platform: RawServer, seam: HttpSeam) -> None:
    with pytest.raises((Ambiguous, BadFile)):
        await fetch(platform, seam, drip, wait=0.3)
    with pytest.raises(Ambiguous):
        await fetch(platform, seam, hang, wait=0.1)
    with pytest.raises((Ambiguous, BadFile)):
        await fetch(platform, seam, half)


async def test_failures_of_the_file_server_are_told_apart(platform: RawServer, seam: HttpSeam) -> None:
    for status, kind in (
        (403, BadReply),
        (404, BadReply),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ):
        with pytest.raises(kind):
            await fetch(platform, seam, http_answer(b"%PDF-", status))


async def test_a_sandbox_name_that_leads_out_is_refused(platform: RawServer, seam: HttpSeam) -> None:
    with pytest.raises(BadLink):
        await download(
            seam, "http://localhost/x", allowed_hosts=HOSTS, allow_loopback=True, resolver=Names([PUBLIC])
        )


# -- over TLS ----------------------------------------------------------------------------------------------


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[tuple[RawServer, int, str]]:
    """A server with a certificate for NAME only, its port, and the authority that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    raw = RawServer()
    raw.answers(http_answer(PDF))
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0, ssl=context)
    yield raw, server.sockets[0].getsockname()[1], str(pem)
    server.close()
    await raw.close()


async def test_the_certificate_has_to_be_the_names(secure: tuple[RawServer, int, str]) -> None:
    raw, port, authority = secure
    seam = HttpSeam(ca_file=authority)
    try:
        good = Pinned("https", NAME, port, "127.0.0.1", "/x")
        assert (await seam.download(good, head=b"%PDF-", max_body=20_000, deadline=5)).body == PDF
        assert raw.talks[0].headers["host"] == f"{NAME}:{port}"
        with pytest.raises(NotSent):  # the right machine under another name
            await seam.download(good._replace(host="other.tiktokcdn.com"), head=b"", max_body=9, deadline=5)
        with pytest.raises(NotSent):  # its address is no name of the certificate
            await seam.download(good._replace(host="127.0.0.1"), head=b"", max_body=9, deadline=5)
        assert len(raw.talks) == 1
    finally:
        await seam.aclose()
