# SPDX-License-Identifier: Apache-2.0
"""Steps that use VMs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.state_machine.base import MissingError, instances, modules, step, vms
from tests.state_machine.guest_links import begin_linking
from tests.state_machine.linking import REGISTERED, Linking
from tests.state_machine.model import Failed, FunctionState, InstanceState, Outcome, Returned, Slot

from wasmedge import FunctionNotFoundError, InstantiationError, LinkError, WorkflowError

EXPORTED = st.sampled_from(["next", "add", "trap", "own", "host plus one", "left", "host", "none"])


class Virtual(Linking):
    """Works with VMs, which host functions may close or change while they are at work."""

    def vm(self, name: str) -> Slot:
        """Return a VM that is open; whatever is asked of one that is closed is an error."""
        slot = self.get(name)
        vm = slot.object
        if slot.closed:
            for work in (vm.validate, vm.instantiate, vm.cleanup, lambda: vm.state, lambda: vm.execute("next")):
                self.expect(ValueError, work)
            raise MissingError(name)
        return slot

    def check_vm(self, slot: Slot) -> None:
        """Compare a VM with its model."""
        if slot.closed:
            return
        vm, state = slot.object, slot.state
        assert vm.state.name == state.state, (vm.state, state.state)
        assert (vm.active_instance is None) is (state.active is None)
        assert sorted(vm.store) == sorted(state.store.instances) == sorted(vm.registered)
        if state.active is not None:
            assert sorted(vm.active_instance.exports) == sorted(state.active.exports)

    @step(vm=vms, module=modules)
    def vm_load(self, vm: str, module: str) -> None:
        """Load a module."""
        slot, loaded = self.vm(vm), self.get(module)
        slot.object.load(loaded.object)
        slot.state.module, slot.state.state = loaded.state, "LOADED"
        self.check_vm(slot)

    @step(vm=vms)
    def vm_validate(self, vm: str) -> None:
        """Validate what is loaded."""
        slot = self.vm(vm)
        state = slot.state
        self.expect(None if state.module else WorkflowError, slot.object.validate)
        if state.module:
            state.module.validated, state.state = True, "VALIDATED"
        self.check_vm(slot)

    @step(target=instances, vm=vms)
    def vm_instantiate(self, vm: str) -> str | None:
        """Instantiate what is validated, and take the instance."""
        slot = self.vm(vm)
        state = slot.state
        if state.state not in ("VALIDATED", "INSTANTIATED"):
            self.expect(WorkflowError, slot.object.instantiate)
            return None
        module = state.module
        instance, finish = begin_linking(module.kind, state.store.instances.get("env"))
        done: list[bool] = []

        def finish_open() -> Outcome:
            outcome = finish()
            done.append(isinstance(outcome, Returned))
            return Failed(ValueError) if done[0] and slot.closed else outcome

        self.settle(finish_open, slot.object.instantiate)
        if not done[0] or slot.closed or state.module is not module:
            return None
        state.active, state.state = instance, "INSTANTIATED"
        self.check_vm(slot)
        return self.new(slot.object.active_instance, instance)

    @step(vm=vms, name=EXPORTED)
    def vm_execute(self, vm: str, name: str) -> None:
        """Call a function of the active instance without arguments."""
        slot = self.vm(vm)
        state = slot.state
        if state.state != "INSTANTIATED":
            self.expect(WorkflowError, lambda: slot.object.execute(name))
            return
        self.execute(state.active, name, lambda: slot.object.execute(name))

    @step(vm=vms, module=REGISTERED, name=EXPORTED)
    def vm_execute_registered(self, vm: str, module: str, name: str) -> None:
        """Call a function of a registered instance without arguments."""
        slot = self.vm(vm)
        found = slot.state.store.instances.get(module)
        self.execute(found, name, lambda: slot.object.execute_registered(module, name))

    def execute(self, instance: InstanceState | None, name: str, work: Any) -> None:
        """Call what an instance exports, or fail to."""
        function = instance.exports.get(name) if instance else None
        if not isinstance(function, FunctionState):
            self.expect(FunctionNotFoundError, work)
        elif function.signature != "() -> i32":
            self.expect(TypeError, work)
        else:
            self.settle(function.begin(()), work)

    @step(vm=vms, module=modules)
    def vm_run(self, vm: str, module: str) -> None:
        """Load, validate, instantiate and call, where no start function takes part."""
        slot, loaded = self.vm(vm), self.get(module)
        kind, state = loaded.state.kind, slot.state
        if kind not in ("counter", "borrower"):
            return
        loaded.state.validated = True
        instance, finish = begin_linking(kind, state.store.instances.get("env"))
        outcome = finish()
        if isinstance(outcome, Failed):
            self.expect(LinkError, lambda: slot.object.run(loaded.object, "next"))
            return
        state.active, state.module, state.state = instance, loaded.state, "INSTANTIATED"
        name = "next" if kind == "counter" else "bump"
        self.execute(instance, name, lambda: slot.object.run(loaded.object, name))
        self.check_vm(slot)

    @step(vm=vms, instance=instances, name=st.none() | REGISTERED)
    def vm_register(self, vm: str, instance: str, name: str | None) -> None:
        """Register an instance."""
        slot, source = self.vm(vm), self.get(instance)
        error = self.registering_error(source, slot.state.store, name)
        self.expect(error, lambda: slot.object.register(source.object, name))
        if error is None:
            self.note_registered(slot, source.state.name if name is None else name, source.state)
        self.check_vm(slot)

    @step(target=instances, vm=vms, module=modules, name=REGISTERED)
    def vm_register_module(self, vm: str, module: str, name: str) -> str | None:
        """Register a module, where no start function takes part."""
        slot, source = self.vm(vm), self.get(module)
        if source.state.kind == "starter":
            return None
        registered = slot.state.store.instances

        def work() -> Any:
            return slot.object.register(source.object, name)

        if name in registered:
            self.expect(InstantiationError, work)
            return None
        source.state.validated = True
        made = self.link(source, registered.get("env"), work, name)
        if made is not None:
            self.note_registered(slot, name, self.get(made).state)
        self.check_vm(slot)
        return made

    @staticmethod
    def note_registered(slot: Slot, name: str, instance: InstanceState) -> None:
        """Note what a VM has registered."""
        state = slot.state
        state.store.instances[name] = instance
        state.registered.append((name, instance))
        if state.state == "INSTANTIATED":
            state.state = "VALIDATED"

    @step(vm=vms)
    def vm_clean_up(self, vm: str) -> None:
        """Make a VM like a new one."""
        slot = self.vm(vm)
        slot.object.cleanup()
        state = slot.state
        state.leave_store()
        state.module, state.active, state.state = None, None, "INITIATED"
        self.check_vm(slot)

    @step(target=instances, vm=vms, name=REGISTERED)
    def take_registered(self, vm: str, name: str) -> str | None:
        """Take what a VM's store has."""
        slot = self.vm(vm)
        state = slot.state.store.instances.get(name)
        found = slot.object.store.get(name)
        assert (found is None) is (state is None)
        if state is None:
            self.expect(KeyError, lambda: slot.object.store[name])
            return None
        assert slot.object.registered[name] == found
        return self.new(found, state)
