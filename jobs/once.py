"""The jobs without a screen: one full pass, for ever, or until a few actions have ended."""

from __future__ import annotations

import asyncio
import difflib
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection

from jobs.collector import calm
from jobs.config.settings import Settings, SettingsError
from jobs.crew import Crew
from jobs.files.watch import JOB as FILES
from jobs.files.watch import Watcher
from jobs.intake.sync import quiet
from jobs.once_report import OnceReport, ShopReport
from jobs.outbox.rules import FINAL
from jobs.problems import Problem, problem_of
from jobs.runtime import Runtime, open_crew
from jobs.scheduler import Job, attempt
from jobs.shop_jobs import ShopJobs
from jobs.wishes.intents import progress
from store import papers
from store.db import Store
from store.manifest_state import live
from store.times import Clock, now_ms

SENDING: Final = 60.0
"""Seconds one pass may spend on actions that keep being due."""
LOOK: Final = 0.2
"""Seconds between two looks at a batch that is being sent."""


def run_once(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    shop: str | None = None,
    store: Store | None = None,
    clock: Clock = now_ms,
) -> OnceReport:
    """One full pass of every job. Raises SettingsError for a shop nobody configured, or a StoreError."""
    _check_shop(settings, shop)
    calm()

    async def run() -> OnceReport:
        async with open_crew(settings, environ, store=store, clock=clock, only=shop) as crew:
            return await one_pass(crew)

    return asyncio.run(run())


def run_forever(settings: Settings, environ: Mapping[str, str], *, shop: str | None = None) -> None:
    """The background without a screen until SIGINT or SIGTERM. Raises as `run_once` does."""
    _check_shop(settings, shop)
    calm()

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # Windows: Ctrl+C ends the loop by itself
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
        await Runtime(settings, environ, only=shop).serve(stop)

    asyncio.run(run())


def follow(
    settings: Settings, environ: Mapping[str, str], store: Store, batch: str, seconds: float
) -> Counter[str]:
    """Send the due actions until every one of a batch has ended, at most `seconds`; their states then.

    Another process may be sending at the same time: each action is claimed by one of them.
    """

    async def run() -> Counter[str]:
        async with open_crew(settings, environ, store=store, clock=store.clock) as crew:
            stop = asyncio.Event()
            await asyncio.gather(*(shop.client() for shop in crew.shops.values()), return_exceptions=True)
            sending = asyncio.create_task(crew.sender.run(stop))
            try:
                async with asyncio.timeout(seconds):
                    while set(await _states(store, batch)) - FINAL:
                        await asyncio.sleep(LOOK)
            except TimeoutError:
                pass
            finally:
                stop.set()
                await sending
            return await _states(store, batch)

    return asyncio.run(run())


def look_at_requests(
    settings: Settings, environ: Mapping[str, str], store: Store, pks: Sequence[int], seconds: float = 20.0
) -> None:
    """Read now what may be answered to these requests (their row ids), as far as the platform can be asked.

    What could not be read stays as it was: the plan says so.
    """

    async def run() -> None:
        async with open_crew(settings, environ, store=store, clock=store.clock) as crew:
            looks = (shop.look_at_requests(pks) for shop in crew.shops.values())
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await asyncio.gather(*looks, return_exceptions=True)

    asyncio.run(run())


def make_paper(
    settings: Settings, environ: Mapping[str, str], store: Store, paper: int, seconds: float = 30.0
) -> None:
    """Make a paper that was asked for (jobs/paper/wishes.py); no attempt begins after so many seconds.

    Another process may be making it at the same time: one of them does, and both see what became of it.
    """

    async def run() -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        async with open_crew(settings, environ, store=store, clock=store.clock) as crew:
            while await store.aread(lambda conn: papers.state(conn, paper)) == "wanted":
                if not await crew.papers.make(paper):
                    await asyncio.sleep(LOOK)
                if loop.time() > until:
                    return

    asyncio.run(run())


def check_handover(settings: Settings, environ: Mapping[str, str], store: Store, seconds: float) -> None:
    """Ask the platform about what stands on open manifests until every check has its answer, at most `seconds`."""

    async def run() -> None:
        async with open_crew(settings, environ, store=store, clock=store.clock) as crew:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while await store.aread(_unchecked):
                        for shop in crew.shops.values():
                            job = Job("handover", shop.name, shop.handover)
                            await attempt(store, job, clock=store.clock)
                        if await store.aread(_unchecked):
                            await asyncio.sleep(LOOK * 5)

    asyncio.run(run())


def _unchecked(conn: Connection) -> bool:
    return any(row.state == "checking" for row in live(conn))


async def one_pass(crew: Crew) -> OnceReport:
    """Orders, requests and stock of all shops at once, then tracking, then what is due to be sent."""
    report = OnceReport()
    passes = {shop_id: ShopReport(shop.name) for shop_id, shop in crew.shops.items()}
    report.shops = [
        next((one for one in passes.values() if one.shop == shop.name), ShopReport(shop.name))
        for shop in crew.settings.shops
        if crew.takes(shop.name)
    ]
    folders = [
        _pass_of_folder(crew.watchers[one.shop], one) for one in report.shops if one.shop in crew.watchers
    ]
    await asyncio.gather(
        *(_pass_of_shop(crew, shop, passes[pk]) for pk, shop in crew.shops.items()), *folders
    )

    async def track(alive: Any) -> None:
        report.tracking = await crew.track(alive)

    if problem := await attempt(crew.store, Job("handover", "", crew.handover), clock=crew.clock):
        report.problems["handover"] = problem

    if problem := await attempt(crew.store, Job("tracking", "", track), clock=crew.clock):
        report.problems["tracking"] = problem
    if (job := crew.rules_job()) and (problem := await attempt(crew.store, job, clock=crew.clock)):
        report.problems[job.name] = problem
    if (job := crew.papers_job()) and (problem := await attempt(crew.store, job, clock=crew.clock)):
        report.problems[job.name] = problem
    if not crew.settings.read_only:
        try:
            report.actions = await crew.sender.run_due(SENDING)
        except Exception as error:
            report.problems["sender"] = problem_of(error)
    return report


async def _pass_of_shop(crew: Crew, shop: ShopJobs, report: ShopReport) -> None:
    async def orders(alive: Any) -> None:
        await shop.orders(alive, report.orders)

    for job in (
        Job("orders", shop.name, orders),
        Job("requests", shop.name, shop.requests),
        Job("chats", shop.name, shop.chats),
        Job("stock", shop.name, shop.stock),
        Job("products", shop.name, shop.products),
        Job("money", shop.name, shop.money),
        Job("providers", shop.name, shop.providers),
        Job("handover", shop.name, shop.handover),
    ):
        problem = await attempt(crew.store, job, clock=crew.clock, alive=quiet)
        if problem is not None and job.name not in ("chats", "stock", "products", "money", "providers"):
            report.problems[job.name] = problem
        if problem is not None and problem.needs_login:
            break  # the next one would ask for the same login


async def _pass_of_folder(watcher: Watcher, report: ShopReport) -> None:
    """What lies in a shop's folder; the watcher writes its own health."""
    try:
        report.files = await watcher.once()
    except Exception as error:
        report.problems[FILES] = problem_of(error)
    else:
        code, detail = watcher.problem
        if code:
            report.problems[FILES] = Problem(code, detail)


async def _states(store: Store, batch: str) -> Counter[str]:
    return Counter((await store.aread(lambda conn: progress(conn, batch))).sender)


def _check_shop(settings: Settings, name: str | None) -> None:
    names = [shop.name for shop in settings.shops]
    if name is not None and name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; maksudnya / did you mean: {near[0]}" if near else ""
        raise SettingsError(
            f"toko tidak dikenal / unknown shop: {name}{hint}",
            key="--shop",
            nearest=near[0] if near else None,
        )
