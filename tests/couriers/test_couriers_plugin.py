"""Sources that other packages install: the page's own example for real, and every way one can be broken."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from couriers.base import Outcome
from couriers.sandbox import API_KEY
from jobs.config import settings
from jobs.tracking.lookup import provider_table, track_once
from tests.couriers.courier_kit import JNT, NOW, parcel, sandbox, serving

PAGE = Path(__file__).parents[2] / "docs" / "couriers.md"
KEY = "CANARY-kilat"
NUMBER = "KLT00012345"
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a module with its entry point as a distribution of its own."""
    modules: list[str] = []

    def add(point: str, source: str) -> None:
        name, _, target = point.partition("=")
        module = target.partition(":")[0].strip()
        modules.append(module)
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[pantau.couriers]\n{name} = {target}\n", "utf-8")
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(tmp_path)
    yield add
    for module in modules:
        sys.modules.pop(module, None)


def example() -> tuple[str, str]:
    """The entry point and the module of the page."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    (table,) = [tomllib.loads(text) for kind, text in blocks if kind == "toml" and "entry-points" in text]
    (source,) = [text for kind, text in blocks if kind == "python"]
    ((name, target),) = table["project"]["entry-points"]["pantau.couriers"].items()
    return f"{name} = {target}", source


def load(**environ: str) -> settings.Settings:
    named = {name.replace("PANTAU_", "PANTAU_COURIERS__", 1): value for name, value in environ.items()}
    return settings.load(None, named, {})


async def kilat(request: Request) -> Response:
    """The courier of the example."""
    if request.headers.get("x-api-key") != KEY:
        return JSONResponse({"message": "bad key"}, 401)
    if request.path_params["number"] != NUMBER:
        return JSONResponse({"message": "no such parcel"}, 404)
    scans = [{"time": "2026-11-24 08:00", "text": "TELAH DIAMBIL", "place": "KUDUS"},
             {"time": "2026-11-25 08:00", "text": "SEDANG DIANTAR", "place": "PATI"}]  # fmt: skip
    return JSONResponse({"scans": scans})


def test_the_example_is_short() -> None:
    point, source = example()
    assert len(source.strip().splitlines()) + len(point.splitlines()) <= 40


async def test_the_example_tracks_a_number(install: Install) -> None:
    install(*example())
    environ = {"PANTAU_COURIER_KILAT_API_KEY": KEY}
    with serving(Starlette(routes=[Route("/v1/parcels/{number}", kilat)])) as base:
        loaded = load(PANTAU_ORDER="kilat", PANTAU_KILAT__BASE=base)
        found = await track_once(loaded, environ, NUMBER, now=NOW, courier="kilat")
        lost = await track_once(loaded, environ, "KLT00099999", now=NOW, via="kilat")
        wrong = {"PANTAU_COURIER_KILAT_API_KEY": "other"}
        refused = await track_once(loaded, wrong, NUMBER, now=NOW, via="kilat")
        rows = {row.name: row for row in provider_table(loaded, {})}
    assert (found.outcome, found.status, found.source) == (Outcome.OK, "out_for_delivery", "kilat")
    assert [(event.text, event.location, event.zone_assumed) for event in found.events] == [
        ("TELAH DIAMBIL", "KUDUS", True), ("SEDANG DIANTAR", "PATI", True),
    ]  # fmt: skip
    assert (lost.outcome, refused.outcome) == (Outcome.NOT_FOUND, Outcome.UNAUTHORIZED)
    assert (rows["kilat"].missing, rows["kilat"].configured) == (("api_key",), False)


async def test_the_example_survives_strange_replies(install: Install) -> None:
    install(*example())
    bodies = [b"{}", b'{"scans":5}', b'{"scans":[7]}', b"<html>", b'{"scans":[{}]}']
    left = iter(bodies)

    async def answer(request: Request) -> Response:
        return Response(next(left))

    with serving(Starlette(routes=[Route("/{path:path}", answer)])) as base:
        loaded = load(PANTAU_ORDER="kilat", PANTAU_KILAT__BASE=base)
        environ = {"PANTAU_COURIER_KILAT_API_KEY": KEY}
        for _ in bodies:
            told = await track_once(loaded, environ, NUMBER, now=NOW, via="kilat")
            assert told.outcome in (Outcome.BAD_REPLY, Outcome.UNAVAILABLE)
            assert KEY not in repr(told)


TEMPLATE = """
class Odd:
    name, documented, needs_key, credentials = "odd", True, False, ()
    def __init__(self, config): {init}
    def covers(self, courier): {covers}
    async def track(self, http, parcel, now): {track}
"""


def odd(init: str = "pass", covers: str = "return True", track: str = "return None") -> str:
    return TEMPLATE.format(init=init, covers=covers, track=track)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("raise ImportError('no module named CANARY')", "ImportError"),
        ("raise SystemExit(3)", "ImportError"),
        ("this is no Python", "SyntaxError"),
        ("", "AttributeError"),
        ("Odd = 7", "NotAProvider"),
        ("def Odd(config): return None", "NotAProvider"),
        ("class Odd: pass", "NotAProvider"),
        (odd().replace('"odd"', '"binderbyte"'), "NotAProvider"),
        (odd().replace("False, ()", "False, 'api_key'"), "NotAProvider"),
        (odd().replace("False, ()", "False, (1,)"), "NotAProvider"),
        (odd().replace("async def track", "async def follow"), "NotAProvider"),
        (odd(init="raise RuntimeError('CANARY')"), None),
        (odd(init="raise SystemExit"), None),
        (odd(covers="raise RuntimeError('CANARY')"), None),
        (odd(track="raise RuntimeError('CANARY')"), None),
        (odd(track="raise SystemExit"), None),
        (odd(track="import asyncio; raise asyncio.CancelledError"), None),
        (odd(track="return 'delivered'"), None),
        (odd(track="return {'status': 'delivered', 'outcome': 'ok'}"), None),
        (odd().replace("async def track", "def track"), None),
    ],
    ids=range(20),
)
async def test_a_broken_source_stays_alone(
    source: str, error: str | None, install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install("odd = odd_courier:Odd", source)
    environ = {"PANTAU_COURIER_BINDERBYTE_API_KEY": API_KEY}
    with sandbox(parcel(texts=("Manifes", "SEDANG DIANTAR"))) as base:
        loaded = load(PANTAU_ORDER="odd,binderbyte", PANTAU_BINDERBYTE__BASE=f"{base}/binderbyte/v1")
        table = {row.name: row for row in provider_table(loaded, environ)}
        found = await track_once(loaded, environ, JNT, now=NOW, courier="jnt")
        alone = await track_once(loaded, environ, JNT, now=NOW, via="odd")
    assert (table["odd"].error, table["odd"].configured) == (error, error is None)
    assert table["binderbyte"].configured
    assert (found.source, found.status) == ("binderbyte", "out_for_delivery")
    assert (alone.outcome, alone.status) == (
        Outcome.UNAUTHORIZED if error else Outcome.BAD_REPLY,
        "unknown",
    )
    assert "CANARY" not in caplog.text
