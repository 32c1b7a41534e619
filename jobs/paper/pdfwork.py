"""The inner side of jobs/paper/inspect.py: a program of its own that reads foreign PDFs. Run it, do not import it.

Files are read in children with limits of time and memory and written anew without anything that acts (scripts, links,
attached files); only those copies are put together, in a child as well. A few files share a child; when it comes to
grief each of them gets one of its own. So a file that hangs, swells or breaks the parser costs itself and nothing else.

Standard input and output: JSON, see `run`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

if sys.platform != "win32":  # there: no children, no limits but the caller's deadline
    import resource

TOGETHER = 10
"""Files read in one child: making a child costs more than reading a label."""
_ACTING = ("/Annots", "/AA", "/B", "/PieceInfo", "/Metadata")
"""What a page could do, or carry, besides being printed."""


class Unfit(Exception):
    """A file nobody can use; the argument is the reason."""


def copy(source: str, target: str, most: int) -> int:
    """Write a file anew; its number of pages. Raises Unfit, or whatever the parser raises."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(source)
    if reader.is_encrypted:
        raise Unfit("locked")
    pages = reader.get_num_pages()
    if not 0 < pages <= most:
        raise Unfit("too_many_pages" if pages else "empty")
    writer = PdfWriter()
    for page in reader.pages:
        for name in _ACTING:
            page.pop(name, None)
        writer.add_page(page)
    _write(writer, target)
    return pages


def join(sources: Sequence[str], target: str) -> int:
    """Put clean copies behind each other; the number of pages."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for source in sources:
        for page in PdfReader(source).pages:
            writer.add_page(page)
    _write(writer, target)
    return len(writer.pages)


def _write(writer: Any, target: str) -> None:
    writer.metadata = None
    with Path(target).open("wb") as out:
        writer.write(out)


def _limited(cpu: int, memory: int, size: int) -> None:
    if sys.platform == "win32":
        return
    limits = [(resource.RLIMIT_CPU, cpu), (resource.RLIMIT_FSIZE, size), (resource.RLIMIT_CORE, 0)]
    if sys.platform != "darwin":  # there the address space is shared with the system's libraries
        limits.append((resource.RLIMIT_AS, memory))
    for what, most in limits:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def apart(works: Sequence[Callable[[], int]], cpu: int, memory: int, size: int) -> list[int | str]:
    """Do them one after the other in one child with limits: the pages of each, or why there are none."""
    if sys.platform == "win32":
        return [_tried(work) for work in works]
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            _limited(cpu, memory, size)
            os.write(write, json.dumps([_tried(work) for work in works]).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        told = answer.read()
    _pid, status = os.waitpid(child, 0)
    if told:
        found: list[int | str] = json.loads(told)
        return found
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return ["too_slow" if ended in (signal.SIGXCPU, signal.SIGKILL) else "broken"] * len(works)


def _tried(work: Callable[[], int]) -> int | str:
    try:
        return work()
    except Unfit as unfit:
        return str(unfit)
    except MemoryError:
        return "too_big"
    except OSError as error:
        return "too_big" if error.errno == 27 else "broken"  # EFBIG: beyond the limit of the file's size
    except BaseException:  # a foreign file may break the parser in any way it likes
        return "broken"


def run(task: dict[str, Any]) -> dict[str, Any]:
    """`files`, `out`, `most` pages a file, `cpu`/`memory`/`size` a file -> `found` per file, `pages` in all."""
    import pypdf  # noqa: F401  (once, before the children are made)

    if sys.platform != "win32":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file beyond its limit is an error, not the end
    cpu, memory, size = task["cpu"], task["memory"], task["size"]
    with tempfile.TemporaryDirectory(dir=task["room"], prefix=".work-") as room:
        copies = [str(Path(room) / f"{number}.pdf") for number in range(len(task["files"]))]
        works = [partial(copy, *pair, task["most"]) for pair in zip(task["files"], copies, strict=True)]
        found: list[int | str] = []
        for start in range(0, len(works), TOGETHER):
            found += apart(works[start : start + TOGETHER], cpu, memory, size)
        for number, one in enumerate(found):
            if not isinstance(one, int):
                # Perhaps a neighbour of the culprit: alone it shows what it is itself.
                found[number] = apart([works[number]], cpu, memory, size)[0]
        good = [name for name, one in zip(copies, found, strict=True) if isinstance(one, int)]
        pages: int | str = 0
        if task["out"] and good:
            many, bulk = 1 + len(good) // 4, sum(Path(name).stat().st_size for name in good)
            pages = apart([partial(join, good, task["out"])], cpu * many, memory + 8 * bulk, size * many)[0]
    return {"found": found, "pages": pages}


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
