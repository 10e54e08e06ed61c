# SPDX-License-Identifier: Apache-2.0
"""Steps that instantiate modules and register instances."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.state_machine.base import (
    CONFIGURE,
    Base,
    executors,
    instances,
    modules,
    step,
    stores,
)
from tests.state_machine.guest_links import WANTED, begin_linking
from tests.state_machine.model import (
    Failed,
    InstanceState,
    Outcome,
    Returned,
    Slot,
    StoreState,
)

import wasmedge
from wasmedge import InstantiationError, ValidationError

REGISTERED = st.sampled_from(["env", "other", "third", ""])


class Linking(Base):
    """Links modules with what there is."""

    def link(
        self, module: Slot, env: InstanceState | None, work: Any, name: str = "", store: StoreState | None = None
    ) -> str | None:
        """Instantiate a module by some means; `work` returns the instance."""
        if not module.state.validated:
            self.expect(ValidationError, work)
            return None
        state, finish = begin_linking(module.state.kind, env)
        state.name = name
        made: list[Any] = []

        def finish_free() -> Outcome:
            """A host function may have taken the name while the start function ran."""
            outcome = finish()
            taken = isinstance(outcome, Returned) and store is not None and name in store.instances
            return Failed(InstantiationError) if taken else outcome

        self.settle(finish_free, lambda: made.append(work()))
        return self.new(made[0], state) if made else None

    @step(target=instances, module=modules, store=stores, executor=st.none() | executors)
    def instantiate(self, module: str, store: str, executor: str | None) -> str | None:
        """Instantiate a module with the imports that a store has."""
        module_slot, slot, runner = self.get(module), self.get(store), self.executor(executor)
        env = slot.state.instances.get("env")
        return self.link(module_slot, env, lambda: runner.instantiate(slot.object, module_slot.object))

    @step(target=instances, module=modules, store=stores, name=REGISTERED)
    def register(self, module: str, store: str, name: str) -> str | None:
        """Instantiate a module into a store."""
        module_slot, slot = self.get(module), self.get(store)
        registered = slot.state.instances

        def work() -> Any:
            return self.executor(None).register(slot.object, module_slot.object, name)

        if name in registered:
            self.expect(InstantiationError, work)
            return None
        made = self.link(module_slot, registered.get("env"), work, name, slot.state)
        if made is not None:
            registered[name] = self.get(made).state
        return made

    @step(instance=instances, store=stores, alias=st.none() | REGISTERED)
    def register_import(self, instance: str, store: str, alias: str | None) -> None:
        """Put an instance into a store."""
        slot, target = self.get(instance), self.get(store)
        runner = self.executor(None)
        error = self.registering_error(slot, target.state, alias)
        self.expect(error, lambda: runner.register_import(target.object, slot.object, alias))
        if error is None:
            target.state.instances[slot.state.name if alias is None else alias] = slot.state

    @staticmethod
    def registering_error(slot: Slot, store: StoreState, alias: str | None) -> type[Exception] | None:
        """Return what registering an instance comes to."""
        if alias is None and (slot.closed or not slot.state.name):
            return ValueError
        if (slot.state.name if alias is None else alias) in store.instances:
            return InstantiationError
        return ValueError if slot.closed else None

    @step(target=instances, module=modules, instance=instances)
    def instantiate_with(self, module: str, instance: str) -> str | None:
        """Instantiate a module with an instance as what it imports from."""
        module_slot, env = self.get(module), self.get(instance)

        def work() -> Any:
            return wasmedge.instantiate(module_slot.object, imports={"env": env.object}, configure=CONFIGURE)

        if env.closed:
            self.expect(ValueError, work)
            return None
        module_slot.state.validated = True
        return self.link(module_slot, env.state, work)

    @step(target=instances, module=modules, offset=st.integers(0, 60))
    def instantiate_with_mapping(self, module: str, offset: int) -> str | None:
        """Instantiate a module with single objects, as far as there are such that fit."""
        module_slot = self.get(module)
        chosen: dict[str, Slot] = {}
        for name, fits in WANTED.get(module_slot.state.kind, ()):
            fitting = [slot for slot in self.slots.values() if slot.exported and fits(slot.state)]
            if fitting:
                chosen[name] = fitting[offset % len(fitting)]
        namespace: dict[str, Any] = {name: slot.object for name, slot in chosen.items()}
        holder = InstanceState("env", is_host=True)

        def work() -> Any:
            return wasmedge.instantiate(module_slot.object, imports={"env": namespace}, configure=CONFIGURE)

        for name, slot in chosen.items():
            if slot.closed:
                self.expect(ValueError, work)
                return None
            slot.state.owner = slot.state.owner or holder
            holder.exports[name] = slot.state
        module_slot.state.validated = True
        return self.link(module_slot, holder, work)
