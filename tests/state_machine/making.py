# SPDX-License-Identifier: Apache-2.0
"""Steps that make objects."""

from __future__ import annotations

import contextlib
import pickle
from typing import Any

from hypothesis import strategies as st
from tests.state_machine.base import (
    CONFIGURE,
    Base,
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
from tests.state_machine.guests import KINDS, binary
from tests.state_machine.hosts import PASSING, VERBS, make_host
from tests.state_machine.model import (
    PAGE,
    GlobalState,
    InstanceState,
    MemoryState,
    ModuleState,
    StoreState,
    TableState,
    ThingId,
    VMState,
    wrap32,
)

from wasmedge import (
    VM,
    Executor,
    Global,
    GlobalType,
    Instance,
    Limit,
    Memory,
    Mutability,
    Store,
    Table,
    TableType,
)

NUMBERS = st.sampled_from([0, 1, 2, 3, 4, 13, 100, -1, 65535, 65536, 2**31 - 1, -(2**31)])
BEYOND = {"i32": (2**32, -(2**31) - 1), "i64": (2**64, -(2**63) - 1)}
NAMES = st.sampled_from(["env", "memory", "functions", "number", "host", "things", "thing", "keep", "é", ""])
ANYTHING = st.one_of(instances, functions, memories, tables, globals_, stores, executors, vms, modules)


class Making(Base):
    """Makes modules, and objects that no module made."""

    @step(target=modules, kind=st.sampled_from(KINDS))
    def load(self, kind: str) -> str:
        """Load and validate a module."""
        return self.load_module(kind)

    def load_module(self, kind: str) -> str:
        """Load and validate a module."""
        module = self.loader.load(binary(kind))
        self.validator.validate(module)
        return self.new(module, ModuleState(kind, validated=True))

    @step(target=modules, module=modules, validate=st.booleans())
    def pickle_module(self, module: str, validate: bool) -> str:
        """Take a module through a pickle: it has to be validated again."""
        slot = self.get(module)
        copy = pickle.loads(pickle.dumps(slot.object))  # noqa: S301 - made here
        assert copy.exports == slot.object.exports or len(copy.exports) == len(slot.object.exports)
        assert not copy.is_validated
        if validate:
            self.validator.validate(copy)
            assert copy.is_validated
        return self.new(copy, ModuleState(slot.state.kind, validate))

    @step(target=memories, minimum=st.integers(0, 2), more=st.none() | st.integers(0, 2))
    def make_memory(self, minimum: int, more: int | None) -> str:
        """Make a memory."""
        return self.new_memory(minimum, more)

    def new_memory(self, minimum: int, more: int | None) -> str:
        """Make a memory."""
        maximum = None if more is None else minimum + more
        return self.new(Memory(Limit(minimum, maximum)), MemoryState(None, bytearray(minimum * PAGE), maximum))

    @step(target=tables, size=st.integers(0, 3), more=st.none() | st.integers(0, 3), init=st.none() | functions)
    def make_table(self, size: int, more: int | None, init: str | None) -> str:
        """Make a table of functions."""
        maximum = None if more is None else size + more
        slot = self.get(init) if init else None
        table = Table(TableType("funcref", Limit(size, maximum)), slot.object if slot else None)
        value = slot.state if slot else None
        return self.new(table, TableState(None, "funcref", [value] * size, maximum, value))

    @step(target=tables, size=st.integers(0, 3), more=st.none() | st.integers(0, 3), has_thing=st.booleans())
    def make_table_of_things(self, size: int, more: int | None, has_thing: bool) -> str:
        """Make a table of objects."""
        maximum = None if more is None else size + more
        thing = self.new_thing() if has_thing else None
        table = Table(TableType("externref", Limit(size, maximum)), thing)
        value = ThingId(thing.number) if thing else None
        return self.new(table, TableState(None, "externref", [value] * size, maximum, value))

    @step(
        target=globals_,
        type_=st.sampled_from(["i32", "i64", "f64", "externref"]),
        mutable=st.booleans(),
        number=NUMBERS,
        beyond=st.sampled_from([False, False, False, True]),
    )
    def make_global(self, type_: str, mutable: bool, number: int, beyond: bool) -> str | None:
        """Make a global of a number or an object, or fail to."""
        global_type = GlobalType(type_, Mutability.VAR if mutable else Mutability.CONST)
        if beyond:
            bad = BEYOND[type_][number % 2] if type_ in BEYOND else None
            error: Any = OverflowError if bad is not None else TypeError if type_ == "f64" else None
            self.expect(error, lambda: Global(global_type, bad))
            return None
        thing = self.new_thing()
        value: Any = thing if type_ == "externref" else number / 2 if type_ == "f64" else number
        model = ThingId(thing.number) if type_ == "externref" else value
        return self.new(Global(global_type, value), GlobalState(None, type_, mutable, model))

    @step(target=globals_, function=st.none() | functions)
    def make_global_of_function(self, function: str | None) -> str:
        """Make a global with a reference to a function."""
        slot = self.get(function) if function else None
        made = Global(GlobalType("funcref", Mutability.VAR), slot.object if slot else None)
        return self.new(made, GlobalState(None, "funcref", mutable=True, value=slot.state if slot else None))

    @step(target=functions, verb=st.sampled_from(VERBS), variable=st.none() | ANYTHING, number=NUMBERS)
    def make_host(self, verb: str, variable: str | None, number: int) -> str:
        """Make a host function that does something."""
        return make_host(self, verb, variable, wrap32(number), "() -> i32")

    @step(target=functions, signature=st.sampled_from(PASSING))
    def make_passing(self, signature: str) -> str:
        """Make a host function that passes values on."""
        return make_host(self, "pass", None, 0, signature)

    @step(target=instances, name=NAMES)
    def make_instance(self, name: str) -> str:
        """Make an empty instance."""
        return self.new(Instance(name), InstanceState(name, is_host=True))

    @step(
        instance=st.none() | instances, name=NAMES, external=st.one_of(functions, functions, memories, tables, globals_)
    )
    def add(self, instance: str | None, name: str, external: str) -> None:
        """Add something to an instance, which may be a new one that nobody else holds."""
        slot = self.get(external)
        owner = self.get(instance).name if instance else self.new(Instance("new"), InstanceState("new", is_host=True))
        self.add_to(owner, name, slot.object)
        if instance is None:
            self.slots.pop(owner)

    def add_to(self, instance: str | None, name: str, object_: Any) -> None:
        """Add an object to an instance, or fail to."""
        owner = self.slots.get(instance or "")
        slot = next((slot for slot in self.slots.values() if slot.object is object_), None)
        if owner is None or slot is None or not isinstance(owner.state, InstanceState):
            return
        state = owner.state
        possible = not owner.closed and state.is_host and name not in state.exports and slot.state.owner is None
        error = None if possible and not slot.closed else ValueError
        if not slot.exported and error is None:
            # A reference can be added if what it came out of is the function itself.
            with contextlib.suppress(ValueError):
                owner.object.add(name, object_)
            if name not in owner.object.exports:
                return
        else:
            self.expect(error, lambda: owner.object.add(name, object_))
        if error is None:
            slot.state.owner = state
            state.exports[name] = slot.state

    @step(target=stores)
    def make_store(self) -> str:
        """Make a store."""
        return self.new(Store(), StoreState())

    @step(target=executors)
    def make_executor(self) -> str:
        """Make an executor."""
        return self.new(Executor(CONFIGURE), None)

    @step(target=vms, store=st.none() | stores)
    def make_vm(self, store: str | None) -> str:
        """Make a VM."""
        slot = self.get(store) if store else None
        vm = VM(CONFIGURE, slot.object if slot else None)
        return self.new(vm, VMState(slot.state if slot else StoreState()))
