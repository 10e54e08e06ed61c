# SPDX-License-Identifier: Apache-2.0
"""Host modules as classes, and those that a VM makes for host registrations."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Configure, HostRegistration, Instance, ProcessModule, Store
from wasmedge.hosts import HostModule, guest_function, u32

if TYPE_CHECKING:
    from tests.conftest import CheckPython, CompileC, Wat

pytestmark = pytest.mark.quick

PROCESS = HostRegistration.WASMEDGE_PROCESS
RUNS = """(module
  (import "wasmedge_process" "wasmedge_process_run" (func $run (result i32)))
  (func (export "run") (result i32) (call $run)))"""


class Counter:
    """A receiver."""

    def __init__(self) -> None:
        self.count = 0

    @guest_function
    def add(self, number: u32) -> u32:
        """Add a number."""
        self.count += number
        return self.count


class CounterModule(HostModule, name="counter"):
    """A module of a counter."""

    def __init__(self, start: int = 0) -> None:
        self.counter = Counter()
        self.counter.count = start
        super().__init__(self.counter)


class DoubledModule(CounterModule):
    """A module derived from another."""

    def double(self) -> None:
        """Double the count."""
        self.counter.count *= 2


COUNTS = '(module (import "counter" "add" (func (param i32) (result i32))) (export "add" (func 0)))'


def test_host_module_is_an_instance(wat: Wat) -> None:
    module = DoubledModule(start=3)
    assert isinstance(module, Instance)
    assert (module.name, list(module.functions), repr(module)) == ("counter", ["add"], "<Instance 'counter'>")
    app = wasmedge.instantiate(wat(COUNTS), imports={"counter": module})
    assert app.exports.add(4) == 7
    module.double()
    assert app.exports.add(1) == 15
    vm = VM()
    vm.register(module)
    vm.register(module, "alias")
    assert vm.execute_registered("alias", "add", 1) == 16
    assert vm.registered["counter"] == module
    other = CounterModule()
    assert module != other
    assert hash(module) == hash(vm.registered["counter"])


def test_host_module_takes_more(wat: Wat) -> None:
    module = CounterModule()
    module.add("memory", wasmedge.Memory("1"))
    with pytest.raises(ValueError, match="has a 'add' already"):
        module.add("add", wasmedge.Function("()", lambda: None))
    with module as same:
        assert same is module
        assert same.exports.memory.pages == 1
    for use in (lambda: module.name, lambda: module.exports, lambda: module.add("f", print)):
        with pytest.raises(ValueError, match="closed"):
            use()
    module.close()
    with pytest.raises(ValueError, match="closed"):
        wasmedge.instantiate(wat(COUNTS), imports={"counter": module})


def test_host_module_is_freed_at_once(wat: Wat) -> None:
    module = CounterModule()
    gone = weakref.ref(module.counter)
    app = wasmedge.instantiate(wat(COUNTS), imports={"counter": module})
    gc.collect()
    gc.disable()
    try:
        del module
        assert app.exports.add(2) == 2
        del app
        assert gone() is None
    finally:
        gc.enable()


def test_host_module_that_holds_itself_is_collected() -> None:
    class Knowing(HostModule, name="knowing"):
        def __init__(self) -> None:
            self.own = self
            self.add("f", wasmedge.Function("()", lambda: print(self)))

    module = Knowing()
    gone = weakref.ref(module)
    module.own.exports.f()
    del module
    gc.collect()
    assert gone() is None


def test_host_module_needs_a_name() -> None:
    for class_ in (HostModule, type("Nameless", (HostModule,), {}), HostModule.__mro__[1]):
        with pytest.raises(TypeError, match="names no module: derive from HostModule with name="):
            class_()
    with pytest.raises(TypeError, match="names no module"):
        type("Wrong", (HostModule,), {"_name": 3})()
    with pytest.raises((TypeError, UnicodeEncodeError)):
        type("Wrong", (HostModule,), {"_name": "\ud800"})()


def test_host_module_constructed_in_other_ways_is_whole_or_refused() -> None:
    class Early(HostModule, name="early"):
        def __new__(cls, *args: Any) -> Early:
            made: Early = super().__new__(cls)
            assert made.name == "early"
            return made

        def __init__(self) -> None:
            assert self.name == "early"  # before super().__init__()

    assert list(Early().functions) == []
    module = CounterModule()
    for other in (module, wasmedge.WasiModule()):
        with pytest.raises(TypeError, match=r"Instance.__init__\(\) makes no"):
            Instance.__init__(other, "other")
    HostModule.__init__(module)
    assert (module.name, list(module.functions)) == ("counter", ["add"])
    with pytest.raises(ValueError, match="already"):
        module.__init__()  # type: ignore[misc]
    for make in (
        lambda: CounterModule.__new__(CounterModule),
        lambda: copy.copy(module),
        lambda: copy.deepcopy(module),
        lambda: pickle.dumps(module),
    ):
        with pytest.raises((TypeError, AttributeError)):
            make()
    with pytest.raises(TypeError):
        type("Both", (HostModule, wasmedge.Memory), {})
    with pytest.raises(TypeError):
        type("Both", (HostModule, wasmedge.WasiModule), {})
    with pytest.raises(TypeError):
        module.__class__ = Instance  # type: ignore[assignment]


def test_host_modules_are_imported_when_asked_for(check_python: CheckPython) -> None:
    code = """
        import sys
        import wasmedge
        print("numpy" in sys.modules, "wasmedge.hosts" in sys.modules, "ProcessModule" in dir(wasmedge))
        print(wasmedge.hosts.HostModule.__name__, wasmedge.ProcessModule.__name__)
        try:
            wasmedge.nothing
        except AttributeError as error:
            print(error)
        from wasmedge import *
        print(LoggingModule.__name__)
        """
    assert check_python(code).splitlines() == [
        "False False True",
        "HostModule ProcessModule",
        "module 'wasmedge' has no attribute 'nothing'",
        "LoggingModule",
    ]


def test_registration_makes_the_module(wat: Wat) -> None:
    vm = VM(Configure(PROCESS))
    module = vm.import_instance(PROCESS)
    assert isinstance(module, ProcessModule)
    assert vm.import_instance(PROCESS) is module
    assert vm.registered["wasmedge_process"] == module
    assert vm.import_instance(HostRegistration.WASI) is None
    assert vm.run(wat(RUNS), "run") == -1
    module.init(["true"])
    app = vm.active_instance
    assert app is not None
    assert VM().import_instance(PROCESS) is None


def test_registration_beside_wasi() -> None:
    vm = VM(Configure(PROCESS, HostRegistration.WASI))
    assert sorted(vm.registered) == ["wasi_snapshot_preview1", "wasmedge_process"]


def test_registration_is_made_anew_by_cleanup() -> None:
    vm = VM(Configure(PROCESS))
    before = vm.import_instance(PROCESS)
    vm.cleanup()
    after = vm.import_instance(PROCESS)
    assert isinstance(after, ProcessModule)
    assert after is not before
    assert vm.registered["wasmedge_process"] == after


def test_registration_in_a_store_that_has_it() -> None:
    store = Store()
    first = VM(Configure(PROCESS), store)
    second = VM(Configure(PROCESS), store)
    assert second.import_instance(PROCESS) == first.import_instance(PROCESS)
    second.close()
    assert "wasmedge_process" in store
    first.close()
    assert "wasmedge_process" not in store
    with pytest.raises(ValueError, match="closed"):
        first.import_instance(PROCESS)


def test_registration_without_a_module_leaves_the_store_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasmedge.hosts.registrations._REGISTRATIONS", {})
    store = Store()
    with pytest.raises(ValueError, match=r"no host module for HostRegistration\.WASMEDGE_PROCESS"):
        VM(Configure(PROCESS, HostRegistration.WASI), store)
    assert list(store) == []


def test_registration_by_wasmedge_run(wat: Wat) -> None:
    assert wasmedge.run(wat(RUNS), "run", configure=Configure(PROCESS)) == -1


def test_registration_is_freed_with_its_vm() -> None:
    vm = VM(Configure(PROCESS))
    module = vm.import_instance(PROCESS)
    assert module is not None
    gone = weakref.ref(module)
    del module, vm
    gc.collect()
    assert gone() is None


NATIVE = """
import wasmedge
from wasmedge import *

PROCESS = HostRegistration.WASMEDGE_PROCESS
configure = Configure(PROCESS)
assert isinstance(VM(configure).import_instance(PROCESS), ProcessModule)
configure.native_plugins = True
vm = VM(configure)
module = vm.import_instance(PROCESS)
print(type(module).__name__, module.name, vm.run(guest, "run"), "wasmedge_process" in Plugin.list())
assert isinstance(VM(Configure(PROCESS)).import_instance(PROCESS), ProcessModule)
"""


def test_native_plugins_go_first_when_asked(
    check_python: CheckPython, wat: Wat, compile_c: CompileC, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WASMEDGE_PLUGIN_PATH", raising=False)
    assert check_python(NATIVE, guest=wat(RUNS)) == "ProcessModule wasmedge_process -1 False\n"
    library = next(
        line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libwasmedge.so" in line
    )
    plugin = compile_c("native_plugin", "-shared", "-fPIC", library)
    (tmp_path / "libwasmedgePluginProcess.so").write_bytes(plugin.read_bytes())
    monkeypatch.setenv("WASMEDGE_PLUGIN_PATH", str(tmp_path))
    assert check_python(NATIVE, guest=wat(RUNS)) == "Instance wasmedge_process 1234 True\n"
