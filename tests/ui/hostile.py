"""The corpus of hostile texts: what a buyer, a courier or a file may send, and what must stay plain text."""

from __future__ import annotations

from typing import Final

CORPUS: Final = (
    "\x1b]0;PWN\x07", "\x1b]52;c;UFdO\x07", "\x1b[2J\x1b[H", "\x1b[6n", "\x1bP+q544e\x1b\\", "\x9b31m",
    "\x9d0;x\x9c", "a\x07b\x08c\rd\x7fe", "[red]x[/red]", "[/]", "[/b]", "[ @click=app.ship('1')]x[/]",
    "[$primary @click=app.quit]x", "[type=x, v={'a[0]'}]", "[link=file:///etc/passwd]x", "\\[b]", "[[b]]", "[0]",
    "\u202egpj.exe", "\u2066x\u2069", "a\u200bb", "\U000e0041", "a" + "\u0301" * 2_000,
    "👨\u200d👩\u200d👧\u200d👦 keluarga", "🇮🇩 bendera ❤\ufe0f 1\ufe0f\u20e3 👍🏽", "ｗｉｄｅ 全角文字", "W" * 100_000,
    '=HYPERLINK("http://x","k")', "+62812", "-1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1", ";=1",
    "%0A=1", "'; DROP TABLE orders;--", "%s %(x)s {0} {n} ${HOME} $(id) `id`", "../../etc/passwd", "..\\..\\x",
    "CON", "-o raw", ".bashrc", "name\u202efdp.exe", "a" * 300, "577.pdf", "1e400", "NaN", "-0", "Rp1.234.567,89",
    "31/02/2026", "2026-11-22T24:00:00", " ", "\n\n\n", "baris satu\nbaris dua", "\u1160\u1160\u115f", "\u200d" * 40,
)  # fmt: skip
"""Without NUL and lone surrogates, which the store refuses: those are RAW."""

RAW: Final = (
    "\0", "a\0b", "\ud800", "x\udfffy", "\udc80\udcff", "\ud83d", "\0\x1b]0;PWN\x07\ud800", "[red]\0[/]\ud800[/b]",
)  # fmt: skip
"""What no store holds but a key, a paste, a file name or a failure's words can: they never pass the store's door."""
