# SPDX-License-Identifier: Apache-2.0
"""What the modules of a run import, and what linking them comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.state_machine.guest_models import MAKERS
from tests.state_machine.model import (
    Failed,
    FunctionState,
    GlobalState,
    InstanceState,
    MemoryState,
    Outcome,
    Returned,
    TableState,
    TagState,
    Terminated,
    Trapped,
)

from wasmedge import InstantiationError, LinkError, TrapCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.state_machine.model import Finish

_MEMORY = ("memory", lambda found: isinstance(found, MemoryState) and found.pages >= 1)
_FUNCTIONS = ("functions", lambda found: _is_table(found, "funcref"))
_HOST = ("host", lambda found: _is_function(found, "() -> i32"))
_KEEP = ("keep", lambda found: _is_function(found, "(externref) -> ()"))
WANTED: dict[str, tuple[tuple[str, Callable[[Any], bool]], ...]] = {
    "borrower": (_MEMORY, _FUNCTIONS, ("number", lambda found: _is_variable(found, "i32")), _HOST),
    "starter": (_FUNCTIONS, _HOST, _KEEP),
    "passer": (
        ("things", lambda found: _is_table(found, "externref")),
        ("thing", lambda found: _is_variable(found, "externref")),
        _KEEP,
    ),
    "catcher": (
        ("oops", lambda found: isinstance(found, TagState)),
        ("throw", lambda found: _is_function(found, "(i32) -> ()")),
    ),
}


def _is_table(found: Any, ref_type: str) -> bool:
    return isinstance(found, TableState) and found.ref_type == ref_type and len(found.elements) >= 1


def _is_variable(found: Any, type_: str) -> bool:
    return isinstance(found, GlobalState) and found.mutable and found.type == type_


def _is_function(found: Any, signature: str) -> bool:
    return isinstance(found, FunctionState) and found.signature == signature


def begin_linking(kind: str, env: InstanceState | None) -> tuple[InstanceState, Finish]:
    """Return the instance of a module, and what instantiating it comes to; None is the value of a success."""
    instance = InstanceState()
    exports = dict(env.exports) if env else {}
    if not all(name in exports and fits(exports[name]) for name, fits in WANTED.get(kind, ())):
        return instance, lambda: Failed(LinkError)
    instance.exports = MAKERS[kind](exports)
    for state in instance.exports.values():
        state.owner = state.owner or instance
    if kind != "starter":
        return instance, lambda: Returned(None)
    host: Any = exports["host"]
    finish = host.begin(())

    def start() -> Outcome:
        outcome: Outcome = finish()
        if isinstance(outcome, Terminated):
            return Failed(InstantiationError)
        if not isinstance(outcome, Returned):
            return outcome
        count: Any = instance.exports["count"]
        count.value = outcome.value
        return Trapped(TrapCode.UNREACHABLE) if outcome.value == 13 else Returned(None)

    return instance, start
