# SPDX-License-Identifier: Apache-2.0
"""The state machine: all steps, those that let go among them, and what host functions may do."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import consumes, precondition
from tests.state_machine.base import (
    MissingError,
    executors,
    functions,
    globals_,
    instances,
    memories,
    modules,
    step,
    stores,
    tables,
    vms,
)
from tests.state_machine.furnishing import Furnishing
from tests.state_machine.model import (
    FunctionState,
    InstanceState,
    MemoryState,
    ModuleState,
    StoreState,
    TableState,
    VMState,
)
from tests.state_machine.virtual import Virtual

BUNDLES = (modules, instances, functions, memories, tables, globals_, stores, executors, vms)


class Machine(Furnishing, Virtual):
    """Does everything in any order."""

    @step(names=st.lists(st.one_of(*map(consumes, BUNDLES)), min_size=1, max_size=6), collect=st.booleans())
    def drop(self, names: list[str], collect: bool) -> None:
        """Delete variables, and so many objects."""
        for name in names:
            self.slots.pop(name, None)
        if collect:
            gc.collect()

    @precondition(lambda self: self.seen)
    @step()
    def forget_frames(self) -> None:
        """Let go of the instances that calling frames have given."""
        self.seen.clear()

    @step(name=st.one_of(instances, memories, vms))
    def close(self, name: str) -> None:
        """Close something, perhaps again."""
        self.close_slot(name)

    def close_slot(self, name: str) -> None:
        """Close something, perhaps again."""
        slot = self.get(name)
        slot.object.close()
        slot.closed = True
        if isinstance(slot.state, VMState):
            slot.state.leave_store()

    def act_on(self, verb: str, name: str | None, number: int) -> None:
        """Do what a host function was made for, as far as its variable is still there."""
        slot = self.slots.get(name or "")
        if slot is None or name is None:
            kinds = {"call": FunctionState, "instantiate": ModuleState, "grow": MemoryState, "clean up": VMState}
            fitting = [slot for slot in self.slots.values() if isinstance(slot.state, kinds.get(verb, InstanceState))]
            if not fitting:
                return
            slot = fitting[number % len(fitting)]
            name = slot.name
        with contextlib.suppress(MissingError):
            match verb, slot.state:
                case "call", FunctionState():
                    self.call(function=name, numbers=[number, 1], other=name, peer=name, executor=None)
                case "close", InstanceState() | MemoryState() | VMState():
                    self.close_slot(name)
                case "drop", _:
                    del self.slots[name], slot
                    gc.collect()
                case "clean up", VMState():
                    self.vm_clean_up(vm=name)
                case "grow", MemoryState():
                    self.grow_memory(memory=name, pages=1)
                case "grow", TableState():
                    self.grow_table(table=name, count=1)
                case _:
                    self.link_on(verb, name, number)

    def link_on(self, verb: str, name: str, number: int) -> None:
        """Instantiate or register what a host function was made for."""
        store = self.first(StoreState)
        module = self.first(ModuleState)
        match verb, self.get(name).state:
            case "register", InstanceState() if store:
                self.register_import(instance=name, store=store, alias="env" if number % 2 else "other")
            case "instantiate", VMState():
                self.vm_instantiate(vm=name)
            case "instantiate", ModuleState() if store:
                self.instantiate(module=name, store=store, executor=None)
            case "instantiate", InstanceState() if module:
                self.instantiate_with(module=module, instance=name)
            case _:
                pass  # there is nothing that it could be done to

    def first(self, kind: type[Any]) -> str | None:
        """Return the first variable of a kind."""
        return next((name for name, slot in self.slots.items() if isinstance(slot.state, kind)), None)
