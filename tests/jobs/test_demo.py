"""The demo's sandbox: a process of its own that dies with its parent, and settings that lead to it alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import httpx
import pytest

from jobs.config.settings import SettingsError, load
from jobs.demo import SHOP, GaveUp, demo_environment, start_sandbox_process
from jobs.sandbox import courier_apps, serve
from shop.sandbox.clock import SandboxClock
from shop.sandbox.server import listen, running_sandbox
from shop.sandbox.world import World

ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for a condition; False when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A zombie whose parent was killed stays until init notices.
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_the_demo_runs_on_settings_of_its_own() -> None:
    seller = {
        "PANTAU_STORE__URL": "postgresql+psycopg://db/real",
        "PANTAU_SHOP_TOKO_CONTOH_ACCESS_TOKEN": "real",
        "PANTAU_LANGUAGE": "en",
        "HOME": "/home/penjual",
    }
    with demo_environment(environ=seller, orders=30, rate=0, seed=3) as prepared:
        folder = prepared.config.parent
        settings = load(prepared.config, prepared.environ, {})
        assert [shop.name for shop in settings.shops] == [SHOP]
        assert settings.shops[0].api_base == settings.shops[0].auth_base == prepared.url
        assert settings.store.url == "" and settings.language == "en"
        assert Path(settings.data_dir).is_relative_to(folder)
        given = httpx.get(f"{prepared.url}/_sandbox/credentials", trust_env=False).json()
        for name in ("app_secret", "access_token", "refresh_token"):
            assert prepared.environ[f"PANTAU_SHOP_TOKO_CONTOH_{name.upper()}"] == given[name]
        assert given["app_secret"] not in prepared.config.read_text()
        state = httpx.get(f"{prepared.url}/_sandbox/state", trust_env=False).json()
        assert (state["seed"], state["orders"], state["speed"]) == (3, 30, 60.0)
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{prepared.url}/_sandbox/state", trust_env=False)


def test_couriers_answer_for_the_shops_parcels() -> None:
    world = World(7, 60, clock=SandboxClock.manual())
    shipment = next(order.shipments[0] for order in world if order.status == "DELIVERED")
    assert shipment is not None
    parcel = world.parcel(shipment.tracking_number)
    assert parcel is not None
    with running_sandbox(world, courier_apps(world)) as sandbox:
        asked = {
            "api_key": "sandbox-key",
            "courier": parcel.courier,
            "awb": parcel.tracking_number,
            "number": parcel.phone_tail,
        }
        url = f"{sandbox.url}/binderbyte/v1/track"
        reply = httpx.get(url, params=asked, trust_env=False).json()
        history = reply["data"]["history"]
        assert [row["desc"] for row in history] == [event.text.upper() for event in reversed(parcel.events)]
        assert httpx.get(url, params=asked | {"awb": "JP0000000001"}, trust_env=False).status_code == 404


def test_stopping_is_quick_and_leaves_no_process() -> None:
    process = start_sandbox_process(orders=5, rate=0)
    assert httpx.get(f"{process.url}/_sandbox/state", trust_env=False).status_code == 200
    process.stop()
    assert gone(process.pid)
    process.stop()


@pytest.mark.crash
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_the_sandbox_and_its_folder_go_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import time; from jobs.demo import start_sandbox_process as s; p = s(orders=1, rate=0, scratch='x-');"
        "(p.folder / 'f').write_text('x'); print(p.pid, flush=True); time.sleep(60)"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environ
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert until(lambda: gone(child))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_killed_sandbox_leaves_no_folder(name: str) -> None:
    process = start_sandbox_process(orders=1, rate=0, scratch="pantau-test-")
    folder = process.folder
    assert folder.is_dir()
    os.kill(process.pid, getattr(signal, name))
    process.stop()
    assert not folder.exists()


def test_a_start_that_nobody_wants_any_more_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(GaveUp), demo_environment(environ={}, unwanted=lambda: True):
        pytest.fail("the block was entered")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_still_written_to_goes_with_the_last_writer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a store that is just being opened when the seller leaves."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    left = threading.Event()

    def write(folder: Path) -> None:
        for n in count():
            (folder / "data").mkdir(parents=True, exist_ok=True)
            (folder / "data" / f"f{n}").write_text("x")
            if left.is_set():
                return

    with demo_environment(environ={}, orders=1, rate=0) as prepared:
        writer = threading.Thread(target=write, args=(prepared.config.parent,))
        writer.start()
        threading.Timer(0.1, left.set).start()
    writer.join()
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_cannot_serve_says_why() -> None:
    with pytest.raises(SettingsError, match="did you mean timeout-after"):
        start_sandbox_process(faults="timeout-aftr")


def test_a_taken_port_is_a_mistake_in_the_settings() -> None:
    with listen() as taken, pytest.raises(SettingsError, match="--port"):
        serve(port=taken.getsockname()[1], on_ready=lambda *_: None)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_the_command_prints_how_to_reach_it_and_ends_on_ctrl_c() -> None:
    script = (
        "from jobs.sandbox import serve_sandbox as s; s(port=0, seed=1, orders=3, rate=0, speed=1, faults='')"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
            assert httpx.get(f"{url}/_sandbox/state", trust_env=False).json()["orders"] == 3
        finally:
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(10) == 0, process.stderr.read()
        assert process.stderr.read() == ""
    assert f'api_base = "{url}"' in rest and "export PANTAU_SHOP_TOKO_CONTOH_APP_SECRET=" in rest


def test_speed_zero_is_a_shop_that_stands_still() -> None:
    process = start_sandbox_process(orders=3, rate=600, speed=0)
    try:
        state = httpx.get(f"{process.url}/_sandbox/state", trust_env=False)
        assert json.loads(state.text)["frozen"] is True
    finally:
        process.stop()
