# SPDX-License-Identifier: Apache-2.0
"""Steps that bring together what the modules import, so that most of the time they can be linked."""

from __future__ import annotations

import gc
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, precondition
from tests.state_machine.base import functions, instances, modules, step, stores
from tests.state_machine.guests import KINDS
from tests.state_machine.hosts import VERBS, make_host
from tests.state_machine.linking import Linking
from tests.state_machine.making import ANYTHING, NUMBERS, Making
from tests.state_machine.model import (
    PAGE,
    FunctionState,
    GlobalState,
    InstanceState,
    MemoryState,
    StoreState,
    TableState,
    ThingId,
)
from tests.state_machine.using import SMALL, Using

from wasmedge import Global, GlobalType, Instance, Limit, Memory, Mutability, Store, Table, TableType


class Furnishing(Making, Linking, Using):
    """Makes namespaces from which everything can be imported."""

    def new_namespace(self, host: str, has_thing: bool) -> str:
        """Make an instance that has all that modules but one import, of new objects."""
        thing = self.new_thing() if has_thing else None
        number = Global(GlobalType("i32", Mutability.VAR), 5)
        holder = Global(GlobalType("externref", Mutability.VAR), thing)
        host_slot = self.get(host)
        functions_table = Table(TableType("funcref", 3), host_slot.object)
        things = Table(TableType("externref", Limit(2, 3)))
        objects = {
            "host": host,
            "memory": self.new(Memory(Limit(1, 3)), MemoryState(None, bytearray(PAGE), 3)),
            "functions": self.new(
                functions_table, TableState(None, "funcref", [host_slot.state] * 3, None, host_slot.state)
            ),
            "number": self.new(number, GlobalState(None, "i32", mutable=True, value=5)),
            "things": self.new(things, TableState(None, "externref", [None] * 2, 3)),
            "thing": self.new(holder, GlobalState(None, "externref", True, ThingId(thing.number) if thing else None)),
            "keep": make_host(self, "pass", None, 0, "(externref) -> ()"),
        }
        namespace = self.new(Instance("env"), InstanceState("env", is_host=True))
        for name, variable in objects.items():
            self.add_to(namespace, name, self.get(variable).object)
            self.slots.pop(variable)
        self.adoptable.append(namespace)
        return namespace

    def new_store(self, namespace: str) -> str:
        """Make a store with an instance."""
        store = self.new(Store(), StoreState())
        self.register_import(instance=namespace, store=store, alias="env")
        return store

    @step(initialize, target=modules)
    def load_all(self) -> Any:
        """Begin with a module of each kind."""
        return multiple(*(self.load_module(kind) for kind in KINDS))

    @step(initialize, target=stores, verb=st.sampled_from(VERBS), number=NUMBERS, has_thing=st.booleans())
    def begin_with_a_store(self, verb: str, number: int, has_thing: bool) -> str:
        """Begin with a store from which most modules can import."""
        host = make_host(self, verb, None, number, "() -> i32")
        return self.new_store(self.new_namespace(host, has_thing))

    @step(initialize, target=stores)
    def begin_with_tags(self) -> str | None:
        """Begin with a store that has tags."""
        return self.new_store(self.new_instance("thrower"))

    @step(
        target=stores,
        kind=st.sampled_from(["borrower", "starter", "starter", "passer"]),
        verb=st.sampled_from(VERBS),
        variable=st.none() | ANYTHING,
        number=NUMBERS,
        has_thing=st.booleans(),
    )
    def furnish(self, kind: str, verb: str, variable: str | None, number: int, has_thing: bool) -> str:
        """Make a store whose host function does something to what there is, and something that calls it."""
        host = make_host(self, verb, variable, number, "() -> i32")
        store = self.new_store(self.new_namespace(host, has_thing))
        module = self.load_module(kind)
        made = self.instantiate(module=module, store=store, executor=None)
        self.slots.pop(module, None)
        if isinstance(made, str):
            self.adoptable.append(made)
            self.call_all(instance=made, numbers=[0, 1])
        return store

    @step(target=functions, instance=instances, numbers=st.lists(SMALL, min_size=2, max_size=2))
    def call_all(self, instance: str, numbers: list[int]) -> Any:
        """Call each function of an instance, and keep one."""
        slot = self.get(instance)
        other = None
        for name, state in sorted(slot.state.exports.items()):
            if isinstance(state, FunctionState) and not slot.closed:
                function = self.new(slot.object.exports[name], state)
                self.call(function=function, numbers=numbers, other=other, peer=instance, executor=None)
                self.slots.pop(other or "", None)
                other = function
        return other

    def new_instance(self, kind: str) -> str:
        """Make an instance of a module without imports."""
        module, store = self.load_module(kind), self.new(Store(), StoreState())
        instance: str = self.instantiate(module=module, store=store, executor=None)
        self.slots.pop(module)
        self.slots.pop(store)
        self.adoptable.append(instance)
        return instance

    @step(
        giver=st.none() | instances,
        taker=st.none() | instances,
        index=st.integers(0, 11),
        position=st.integers(-1, 1),
        drops=st.sampled_from(["neither", "giver", "taker"]),
    )
    def lend(self, giver: str | None, taker: str | None, index: int, position: int, drops: str) -> None:
        """Put a function of one instance into the tables of another, use it, and let go of one of the two."""
        giver = giver or self.new_instance("dealer" if index % 2 else "keeper")
        taker = taker or self.new_instance("dealer")
        slot, other = self.get(giver), self.get(taker)
        given = {name: state for name, state in slot.state.exports.items() if isinstance(state, FunctionState)}
        if slot.closed or other.closed or not given:
            return
        # Those that take references first: they keep what they are given.
        name = sorted(given, key=lambda name: ("ref)" not in given[name].signature, name))[index % len(given)]
        for table, state in other.state.exports.items():
            is_place = isinstance(state, TableState) and state.ref_type == "funcref"
            if is_place and -len(state.elements) <= position < len(state.elements):
                other.object.exports[table][position] = slot.object.exports[name]
                state.elements[position] = given[name]
        self.slots.pop(self.call_all(instance=taker, numbers=[max(position, 0), 0]) or "", None)
        dropped, left = (giver, taker) if drops == "giver" else (taker, giver)
        if drops == "neither" or left not in self.slots:
            return
        del slot, other
        self.slots.pop(dropped, None)
        gc.collect()
        self.slots.pop(self.call_all(instance=left, numbers=[0, 1]) or "", None)

    @precondition(lambda self: self.adoptable)
    @step(target=instances)
    def adopt(self) -> Any:
        """Take the instances that are in no bundle yet into one."""
        names = [name for name in self.adoptable if name in self.slots]
        self.adoptable.clear()
        return multiple(*names)
