"""The screen's access to the store: short reads in the loop where they never wait, else in a thread.

`Data.ask(read, then)` is what widgets use; `await data.get(read)` is the same for coroutines. `read` gets a
`store.reader.Reader` of its thread. A read that fails is told through `on_error`; what is on the screen stays.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from store.reader import Reader

T = TypeVar("T")


class Data:
    """Reads of one screen. `threaded`: a read may wait for others, so none in the loop (store.reader.may_wait)."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        *,
        threaded: bool = False,
        on_error: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self.threaded = threaded
        self._open = open_reader
        self._on_error = on_error
        self._here: Reader | None = None
        self._there = threading.local()
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False
        self.pending = 0
        """Reads asked for whose answers have not arrived."""

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self.pending > 0

    def ask(
        self,
        read: Callable[[Reader], T],
        then: Callable[[T], None],
        *,
        slow: bool = False,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Read and hand the result to `then` in the loop: at once, or later for `slow` reads and where reads may wait.

        `failed` is called instead when there is no answer, after `on_error`.
        """
        if self._closed:
            return
        if not (slow or self.threaded):
            try:
                result = read(self._reader())
            except Exception as error:
                self._on_error(error)
                failed()
                return
            then(result)
            return
        self.pending += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads(), self._read_there, read)
        future.add_done_callback(lambda done: self._arrived(done, then, failed))

    async def get(self, read: Callable[[Reader], T], *, slow: bool = False) -> T:
        """Read and return; raises what the read raised, and RuntimeError once everything is released."""
        if self._closed:
            raise RuntimeError("the screen is gone")
        if not (slow or self.threaded):
            return read(self._reader())
        return await asyncio.get_running_loop().run_in_executor(self._threads(), self._read_there, read)

    def reopen(self) -> None:
        """Forget the open reader: the store was made or replaced."""
        if self._here is not None:
            self._here.close()
            self._here = None

    def close(self) -> None:
        """Release everything; a read under way in a thread ends by itself."""
        self._closed = True
        self.reopen()
        if self._pool is not None:
            self._pool.submit(self._close_there)
            self._pool.shutdown(wait=False)

    def _reader(self) -> Reader:
        if self._here is None:
            self._here = self._open()
        return self._here

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "screen-reads")
        return self._pool

    def _read_there(self, read: Callable[[Reader], T]) -> T:
        reader = getattr(self._there, "reader", None)
        if reader is None:
            reader = self._there.reader = self._open()
        return read(reader)

    def _close_there(self) -> None:
        reader = getattr(self._there, "reader", None)
        if reader is not None:
            reader.close()

    def _arrived(
        self, done: asyncio.Future[T], then: Callable[[T], None], failed: Callable[[], None]
    ) -> None:
        self.pending -= 1
        if self._closed or done.cancelled():
            return
        if (error := done.exception()) is not None:
            if isinstance(error, Exception):
                self._on_error(error)
            failed()
            return
        then(done.result())
