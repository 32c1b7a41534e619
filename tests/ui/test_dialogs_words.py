"""Every reason that code can give has words in both languages: found in the code itself, so that none is forgotten."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.aftersales import answer_plans, cancel_plans
from jobs.chat.wishes import why_refused
from jobs.outbox import dispatch, kinds
from jobs.outbox import rules as outbox
from jobs.wishes import own_numbers, plans
from shop.codes import CODES
from shop.errors import ShopError
from store.views import ActionRow
from tests.ui.screen_kit import NOW
from tui import strings
from tui.reasons import advice, cause, reason
from tui.strings import CATALOGUES

PLANS = (plans, answer_plans, cancel_plans, own_numbers)
KINDS = tuple(import_module(f"{kinds.__name__}.{one.name}") for one in iter_modules(kinds.__path__))
UNTIL = {f"{held}.until" for held in ("cancel_request", "buyer_asks", "deadline_passed")}
JAKARTA = ZoneInfo("Asia/Jakarta")
PARAMS = {"note": "x", "name": "Topi", "needed": 1, "free": 0, "total": 1, "limit": 1, "status": "UNPAID",
          "state": "queued", "by": "seller", "until": NOW, "start": NOW, "at": NOW, "choices": "x", "given": "x",
          "decision": "x", "why": "x", "order": "5", "named": "x", "looks": "x"}  # fmt: skip


def _held_reasons() -> set[str]:
    """What the checks of the plans can answer: a reason by itself, with its parameters, or as a `_Why`."""
    plans = {text for module in PLANS for text in _reasons_in(ast.parse(inspect.getsource(module)))}
    ends = (
        node for node in ast.walk(ast.parse(inspect.getsource(why_refused))) if isinstance(node, ast.Return)
    )
    return plans | {text for end in ends if end.value is not None for text in _constants(end.value)}


def _reasons_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Return(value=ast.Tuple(elts=[value, *_])):
                yield from _constants(value)
            case ast.Call(func=ast.Name(id="_Why" | "Held"), args=args):
                yield from (text for value in args for text in _constants(value))
            case ast.Assign(targets=[ast.Name(id="word" | "why")], value=value):
                yield from _constants(value)
            case ast.FunctionDef(returns=ast.BinOp() as returns) if ast.unparse(returns) == "str | None":
                alone = (value.value for value in ast.walk(node) if isinstance(value, ast.Return))
                yield from (text for value in alone if value is not None for text in _constants(value))


def _given(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if (isinstance(node, ast.keyword) and node.arg in ("reason", "problem")) or (
            isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("reason", "problem")
        ):
            yield node.value


def _constants(value: ast.expr) -> Iterator[str]:
    """The texts an expression can result in; what it compares or calls with is not among them."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from (*_constants(value.body), *_constants(value.orelse))
        case ast.BoolOp():
            for part in value.values:
                yield from _constants(part)


def _own_words(*modules: ModuleType) -> set[str]:
    trees = [ast.parse(inspect.getsource(module)) for module in modules]
    return {text for tree in trees for value in _given(tree) for text in _constants(value)}


def _errors(base: type[ShopError] = ShopError) -> Iterator[str]:
    yield base.word
    for kind in base.__subclasses__():
        yield from _errors(kind)


def _row(**told: object) -> ActionRow:
    facts: dict[str, object] = {
        "id": 1, "shop_id": 1, "kind": "ship", "order_pk": 1, "order_id": "5", "package_id": "1", "batch_id": None,
        "state": "refused", "code": None, "reason": None, "attempts": 1, "due_at": NOW, "requested_by": "seller",
        "requested_at": NOW, "done_at": None,
    }  # fmt: skip
    return ActionRow(**(facts | told))  # type: ignore[arg-type]


def test_the_code_was_understood() -> None:
    assert {"note_unseen", "slot_past", "on_hold", "already_arranged"} <= _held_reasons()
    assert {"arbitration", "request_closed", "ship_live", "buyer_asks", "bad_number"} <= _held_reasons()
    assert _own_words(outbox) >= {"target_cancelled", "unreadable", "attempts_used_up"}
    assert {"slot_gone", "unknown_status", "target_not_found"} <= _own_words(*KINDS)
    assert {"too_slow", "unknown_kind", "no_answer"} <= _own_words(dispatch)


def test_no_words_for_reasons_that_do_not_exist() -> None:
    told = {key.removeprefix("held.") for key in CATALOGUES["id"] if key.startswith("held.")}
    assert told == _held_reasons() | UNTIL


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", sorted(_held_reasons()))
def test_every_held_reason_has_words(code: str, language: str) -> None:
    strings.use(language)
    params: dict[str, Any] = {k: v for k, v in PARAMS.items() if k != "until"}
    held = plans.Held(1, "5", code, params)
    assert len(reason(held)) > 8
    assert "{" not in reason(held)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_wish_to_cancel_names_its_deadline(language: str) -> None:
    strings.use(language)
    assert "25 Nov 19.00 WIB" in reason(plans.Held(1, "5", "cancel_request", {"until": NOW}), JAKARTA)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", sorted(_own_words(outbox, *KINDS, dispatch) | set(_errors())))
def test_every_word_of_the_outbox_has_words(word: str, language: str) -> None:
    strings.use(language)
    told = cause(_row(reason=word))
    assert told != word
    assert " " in told or told[0].isupper()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_the_platform_is_told_in_the_active_language(code: int, language: str) -> None:
    strings.use(language)
    row, fact = _row(code=code, reason="Some English sentence of theirs."), CODES[code]
    assert (cause(row), advice(row)) == (getattr(fact.meaning, language), getattr(fact.advice, language))


def test_what_nobody_listed_is_shown_as_it_came_but_clean() -> None:
    row = _row(code=424242, reason="Something [/] new\x1b[2J")
    assert (cause(row), advice(row)) == ("Something [/] new␛[2J", "")
    assert cause(_row()) == ""
