# SPDX-License-Identifier: Apache-2.0
"""Steps that use what there is: calls, memories, tables and globals."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.state_machine.base import Base, executors, functions, globals_, instances, memories, step, tables
from tests.state_machine.making import ANYTHING, BEYOND, NUMBERS
from tests.state_machine.model import (
    PAGE,
    FunctionState,
    GlobalState,
    MemoryState,
    Slot,
    TableState,
    ThingId,
)

from wasmedge import FunctionType, ImmutableGlobalError

SMALL = st.sampled_from([0, 1, 2, 3, -1])


class Using(Base):
    """Uses objects, well and badly."""

    @step(instance=instances)
    def look_at_exports(self, instance: str) -> None:
        """Look at the exports of an instance by each way that there is."""
        slot = self.get(instance)
        assert repr(slot.object)
        if slot.closed:
            self.expect(ValueError, lambda: slot.object.exports)
            return
        self.expect(KeyError, lambda: slot.object.exports["no such name"])
        self.expect(AttributeError, lambda: slot.object.exports.no_such_name)
        exports = slot.object.exports
        for name, state in slot.state.exports.items():
            assert name in exports
            kinds = {FunctionState: "functions", MemoryState: "memories", TableState: "tables", GlobalState: "globals"}
            mapping = getattr(slot.object, kinds.get(type(state), "tags"))
            found = exports[name]
            assert mapping[name] == found
            assert repr(found)
            assert str(found.type)

    def take(self, instance: str, kind: type[Any], index: int) -> str | None:
        """Take an export of some kind."""
        slot = self.get(instance)
        names = sorted(name for name, state in slot.state.exports.items() if isinstance(state, kind))
        if slot.closed or not names:
            return None
        name = names[index % len(names)]
        return self.new(slot.object.exports[name], slot.state.exports[name])

    @step(target=functions, instance=instances, index=st.integers(0, 15))
    def take_function(self, instance: str, index: int) -> str | None:
        """Take a function."""
        return self.take(instance, FunctionState, index)

    @step(target=memories, instance=instances)
    def take_memory(self, instance: str) -> str | None:
        """Take a memory."""
        return self.take(instance, MemoryState, 0)

    @step(target=tables, instance=instances, index=st.integers(0, 1))
    def take_table(self, instance: str, index: int) -> str | None:
        """Take a table."""
        return self.take(instance, TableState, index)

    @step(target=globals_, instance=instances, index=st.integers(0, 1))
    def take_global(self, instance: str, index: int) -> str | None:
        """Take a global."""
        return self.take(instance, GlobalState, index)

    @step(
        target=functions,
        function=functions,
        numbers=st.lists(st.one_of(SMALL, NUMBERS), min_size=2, max_size=2),
        other=st.none() | functions,
        peer=st.none() | ANYTHING,
        executor=st.none() | executors,
    )
    def call(
        self, function: str, numbers: list[int], other: str | None, peer: str | None, executor: str | None
    ) -> str | None:
        """Call a function with good arguments; one that it returns becomes a variable."""
        slot = self.get(function)
        args, model = self.arguments(slot.state.signature, numbers, other, self.get(peer).object if peer else None)
        runner = self.get(executor).object if executor else None

        def work() -> Any:
            return runner.invoke(slot.object, *args) if runner else slot.object(*args)

        result = self.settle(slot.state.begin(model), work)
        if slot.state.signature.endswith("-> funcref") and result is not None:
            return self.name_reference(result)
        return None

    def arguments(self, signature: str, numbers: list[int], other: str | None, peer: Any) -> tuple[Any, Any]:
        """Return arguments for a function, and what they are in the model."""
        args: list[Any] = []
        model: list[Any] = []
        for i, type_ in enumerate(map(str, FunctionType(signature).params)):
            if type_ == "externref":
                thing = self.new_thing(peer) if numbers[0] else None
                args.append(thing)
                model.append(ThingId(thing.number) if thing else None)
            elif type_ == "funcref":
                slot = self.get(other) if other else None
                args.append(slot.object if slot else None)
                model.append(slot.state if slot else None)
            else:
                args.append(numbers[i] / 2 if type_ == "f64" else numbers[i])
                model.append(args[-1])
        return tuple(args), tuple(model)

    def name_reference(self, function: Any) -> str | None:
        """Make a function that came as a reference a variable, where it is known."""
        known = (slot for slot in self.slots.values() if isinstance(slot.state, FunctionState))
        state = next((slot.state for slot in known if slot.object == function), None)
        return None if state is None else self.new(function, state, exported=False)

    @step(function=functions, kind=st.sampled_from(["count", "type", "range"]), other=st.none() | ANYTHING)
    def call_badly(self, function: str, kind: str, other: str | None) -> None:
        """Call a function with arguments that are none: nothing runs."""
        slot = self.get(function)
        params = [str(param) for param in FunctionType(slot.state.signature).params]
        good: list[Any] = [None if param.endswith("ref") else 0 for param in params]
        error: type[Exception] = TypeError
        if kind == "count" or not params or set(params) == {"externref"}:
            good.append(self.get(other).object if other else None)
        elif kind == "range" and params[0] in BEYOND:
            good[0], error = BEYOND[params[0]][0], OverflowError
        else:
            good = [self.new_thing() if param != "externref" else None for param in params]
        self.expect(error, lambda: slot.object(*good))

    @step(memory=memories, page=st.integers(0, 3), offset=st.integers(-8, 8), data=st.binary(max_size=8))
    def write(self, memory: str, page: int, offset: int, data: bytes) -> None:
        """Write near the boundary of a page, from a view, and read it."""
        slot = self.get(memory)
        where, state = page * PAGE + offset, slot.state
        fits = where >= 0 and where + len(data) <= len(state.data)
        error = ValueError if slot.closed else None if fits else IndexError
        self.expect(error, lambda: slot.object.write(where, memoryview(bytearray(data))))
        if error is None:
            state.write(where, data)
        found = self.expect(error, lambda: slot.object.read(where, len(data)))
        assert found == (data if error is None else None)

    @step(memory=memories, pages=st.sampled_from([0, 1, 1, 2, 65537, -1]))
    def grow_memory(self, memory: str, pages: int) -> None:
        """Grow a memory."""
        slot = self.get(memory)
        if pages < 0 or slot.closed:
            self.expect(ValueError, lambda: slot.object.grow(pages))
            return
        before = slot.state.pages
        error = None if slot.state.grow(pages) else ValueError
        found = self.expect(error, lambda: slot.object.grow(pages))
        assert found == (None if error else before)

    @step(target=functions, table=tables, index=st.integers(-2, 3))
    def get_element(self, table: str, index: int) -> str | None:
        """Take a function out of a table."""
        slot = self.get(table)
        elements = slot.state.elements
        if not -len(elements) <= index < len(elements):
            self.expect(IndexError, lambda: slot.object[index])
            return None
        found = slot.object[index]
        self.compare(found, elements[index], self.known_functions())
        if not isinstance(elements[index], FunctionState):
            return None
        return self.new(found, elements[index], exported=False)

    @step(table=tables, index=st.integers(-2, 3), function=functions, clear=st.booleans(), peer=st.none() | ANYTHING)
    def set_element(self, table: str, index: int, function: str, clear: bool, peer: str | None) -> None:
        """Put something into a table."""
        slot, other = self.get(table), self.get(function)
        value, model = self.reference(slot.state.ref_type, other, clear, peer)
        elements = slot.state.elements
        error = None if -len(elements) <= index < len(elements) else IndexError

        def work() -> None:
            slot.object[index] = value

        self.expect(error, work)
        if error is None:
            elements[index] = model
            bad = self.new_thing()
            if slot.state.ref_type == "funcref":
                self.expect(TypeError, lambda: slot.object.__setitem__(index, bad))

    def reference(self, type_: str, function: Slot, clear: bool, peer: str | None) -> tuple[Any, Any]:
        """Return a reference of a type, and what it is in the model."""
        if clear:
            return None, None
        if type_ == "funcref":
            return function.object, function.state
        thing = self.new_thing(self.get(peer).object if peer else None)
        return thing, ThingId(thing.number)

    @step(table=tables, count=st.sampled_from([0, 1, 1, 2, 10_000_001, -1]))
    def grow_table(self, table: str, count: int) -> None:
        """Grow a table."""
        slot = self.get(table)
        state: TableState = slot.state
        if count < 0:
            self.expect(ValueError, lambda: slot.object.grow(count))
            return
        error = None if state.grow(count, state.initial) else ValueError
        self.expect(error, lambda: slot.object.grow(count))

    @step(variable=globals_, number=NUMBERS, function=functions, clear=st.booleans(), peer=st.none() | ANYTHING)
    def set_global(self, variable: str, number: int, function: str, clear: bool, peer: str | None) -> None:
        """Set a global."""
        slot, other = self.get(variable), self.get(function)
        state: GlobalState = slot.state
        value: Any = number / 2 if state.type == "f64" else number
        model = value
        if state.type.endswith("ref"):
            value, model = self.reference(state.type, other, clear, peer)
        error = None if state.mutable else ImmutableGlobalError

        def assign(value: Any) -> None:
            slot.object.value = value

        self.expect(error, lambda: assign(value))
        if error is None:
            state.value = model
            if state.type != "externref":
                self.expect(TypeError, lambda: assign("text"))
