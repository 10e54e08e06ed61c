// SPDX-License-Identifier: Apache-2.0
// Binds VM and VMState.
#include <optional>

#include "async_call.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "function.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "instance.hpp"
#include "register.hpp"
#include "text.hpp"
#include "vm.hpp"
#include "wasi.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<VM> vm_make(std::shared_ptr<Configure> configure, const std::shared_ptr<Store>& store,
                            const py::object& run_mode, std::optional<bool> strict) {
  return std::make_shared<VM>(with_run_mode(std::move(configure), run_mode, strict),
                              py::cast(store ? store : std::make_shared<Store>()));
}

/// What a program has written has arrived when its call returns, wherever it goes.
py::object with_output(const VM& self, py::object result) {
  if (self.wasi()) self.wasi().cast<const WasiModule&>().sync_streams();
  return result;
}

py::object vm_run(VM& self, const py::object& source, const Name& function, const py::args& args,
                  const py::object& fuel, const py::object& timeout) {
  return with_output(self, self.run(source, function.text, args, options_from(fuel, timeout)));
}

py::object vm_run_async(const py::object& self, const py::object& source, const Name& function, const py::args& args,
                        const py::object& fuel, const py::object& timeout) {
  self.cast<const VM&>().require_open();
  options_from(fuel, timeout);  // what is wrong with them is found now
  return start_async(self.attr("run"), py::make_tuple(source, py::str(function.text)) + args,
                     py::dict(py::arg("fuel") = fuel, py::arg("timeout") = timeout));
}

py::object vm_execute(VM& self, const Name& function, const py::args& args, const py::object& fuel,
                      const py::object& timeout) {
  return with_output(self, call_function(self.active_function(function.text), args, options_from(fuel, timeout)));
}

py::object vm_execute_async(const py::object& self, const Name& function, const py::args& args, const py::object& fuel,
                            const py::object& timeout) {
  auto& vm = self.cast<VM&>();
  const py::object found = vm.active_function(function.text);
  const CallOptions options = options_from(fuel, timeout);
  if (!vm.wasi()) return call_function_async(found, args, options);
  return start_async(self.attr("execute"), py::make_tuple(py::str(function.text)) + args,
                     py::dict(py::arg("fuel") = fuel, py::arg("timeout") = timeout));
}

py::object vm_execute_registered(VM& self, const Name& module, const Name& function, const py::args& args,
                                 const py::object& fuel, const py::object& timeout) {
  return call_function(self.registered_function(module.text, function.text), args, options_from(fuel, timeout));
}

py::object vm_execute_registered_async(VM& self, const Name& module, const Name& function, const py::args& args,
                                       const py::object& fuel, const py::object& timeout) {
  return call_function_async(self.registered_function(module.text, function.text), args, options_from(fuel, timeout));
}

/// Calls a function by wasm-bindgen's conventions; how is written in Python.
py::object call_bindgen(const Instance& instance, const std::string& function, const py::args& args,
                        const py::object& returns) {
  return call_in("wasmedge.bindgen", "call", instance, function, args, returns);
}

py::object vm_execute_bindgen(VM& self, const Name& function, const py::args& args, const py::object& returns) {
  self.active_function(function.text);  // for the state, and the error about a function that is not there
  return call_bindgen(Instance(self.active()), function.text, args, returns);
}

py::object vm_execute_bindgen_registered(VM& self, const Name& module, const Name& function, const py::args& args,
                                         const py::object& returns) {
  self.registered_function(module.text, function.text);
  return call_bindgen(Instance(self.store().find(module.text)), function.text, args, returns);
}

py::object vm_register(VM& self, const py::object& source, const std::optional<Name>& name) {
  self.require_open();
  if (name) require_unicode(*name);
  if (py::isinstance<Instance>(source))
    return self.register_instance(source, name ? std::optional(name->text) : std::nullopt);
  if (!name) throw_type_error("register() needs a name for a module that is instantiated by it");
  return self.register_module(source, name->text);
}

py::object vm_import_instance(const VM& self, HostRegistration registration) {
  self.require_open();
  py::object found = self.host(registration);
  return found ? std::move(found) : py::none();
}

py::object vm_active_instance(const VM& self) {
  self.require_open();
  return self.active() ? py::cast(Instance(self.active())) : py::none();
}

py::object vm_functions(const VM& self) {
  self.require_open();
  py::dict types;
  if (self.active()) {
    const py::object functions = py::cast(Instance(self.active())).attr("functions");
    for (const py::handle name : functions) types[name] = functions[name].attr("type");
  }
  return py::reinterpret_steal<py::object>(PyDictProxy_New(types.ptr()));
}

py::object function_type_in(const py::object& anchor, const std::string& name) {
  if (!anchor) return py::none();
  const auto* found = WasmEdge_ModuleInstanceFindFunction(anchor_of(anchor).instance.get(), wrap(name));
  if (found == nullptr) return py::none();
  return py::cast(FunctionType::copy_of(WasmEdge_FunctionInstanceGetFunctionType(found)));
}

py::object vm_function_type(const VM& self, const Name& name) {
  self.require_open();
  return function_type_in(self.active(), name.text);
}

py::object vm_function_type_registered(const VM& self, const Name& module, const Name& name) {
  return function_type_in(self.store().find(module.text), name.text);
}

py::object vm_registered(const VM& self) {
  py::dict instances;
  for (const std::string& name : self.store().names()) {
    if (py::object instance = self.store().get(name)) instances[py::str(name)] = instance;
  }
  return py::reinterpret_steal<py::object>(PyDictProxy_New(instances.ptr()));
}

py::object vm_store(const VM& self) {
  self.require_open();
  return self.store_object();
}

std::shared_ptr<Statistics> vm_statistics(const VM& self) { return self.executor()->statistics(); }

Configure vm_configuration(const VM& self) { return self.configure().copy(); }

py::object vm_enter(const py::object& self) { return self; }
void vm_exit(VM& self, const py::args&) { self.close(); }

std::string vm_repr(const VM& self) {
  try {
    return "<VM " + py::str(py::cast(self.state()).attr("name")).attr("lower")().cast<std::string>() + ">";
  } catch (const py::error_already_set&) {
    return "<VM closed>";
  }
}

}  // namespace

void register_vm(py::module_& m) {
  py::native_enum<VMState>(m, "VMState", "enum.Enum", "How far a VM has come with its module.")
      .value("INITIATED", VMState::kInitiated)
      .value("LOADED", VMState::kLoaded)
      .value("VALIDATED", VMState::kValidated)
      .value("INSTANTIATED", VMState::kInstantiated)
      .finalize();
  py::classh<VM>(m, "VM", py::is_final(), guarded_metaclass(), "Loads, validates, instantiates and executes modules.",
                 collectable<VM>())
      .def(py::init(&vm_make), py::arg("configure") = py::none(), py::arg("store") = py::none(), py::kw_only(),
           py::arg("run_mode") = py::none(), py::arg("strict") = py::none())
      .def("load", &VM::load, py::arg("source"), "Parse a module.")
      .def("validate", &VM::validate, "Check that the loaded module is valid.")
      .def("instantiate", &VM::instantiate, "Instantiate the validated module and make it the active one.")
      .def("_instantiate_by", &VM::instantiate_by, py::arg("key"),
           "Instantiate the loaded module by code that it keeps.")
      .def("_configuration", &vm_configuration, "Return a copy of the configuration.")
      .def("execute", &vm_execute, py::arg("function"), py::kw_only(), py::arg("fuel") = py::none(),
           py::arg("timeout") = py::none(), "Call a function of the active instance.")
      .def("execute_async", &vm_execute_async, py::arg("function"), py::kw_only(), py::arg("fuel") = py::none(),
           py::arg("timeout") = py::none(), "Call a function of the active instance, in another thread.")
      .def("execute_registered", &vm_execute_registered, py::arg("module"), py::arg("function"), py::kw_only(),
           py::arg("fuel") = py::none(), py::arg("timeout") = py::none(), "Call a function of a registered instance.")
      .def("execute_registered_async", &vm_execute_registered_async, py::arg("module"), py::arg("function"),
           py::kw_only(), py::arg("fuel") = py::none(), py::arg("timeout") = py::none(),
           "Call a function of a registered instance, in another thread.")
      .def("execute_bindgen", &vm_execute_bindgen, py::arg("function"), py::kw_only(), py::arg("returns"),
           "Call a function of the active instance that was made by wasm-bindgen.")
      .def("execute_bindgen_registered", &vm_execute_bindgen_registered, py::arg("module"), py::arg("function"),
           py::kw_only(), py::arg("returns"), "Call a function of a registered instance that was made by wasm-bindgen.")
      .def("run", &vm_run, py::arg("source"), py::arg("function"), py::kw_only(), py::arg("fuel") = py::none(),
           py::arg("timeout") = py::none(), "Load, validate and instantiate a module, and call one of its functions.")
      .def("run_async", &vm_run_async, py::arg("source"), py::arg("function"), py::kw_only(),
           py::arg("fuel") = py::none(), py::arg("timeout") = py::none(),
           "Load, validate and instantiate a module, and call one of its functions, in another thread.")
      .def("register", &vm_register, py::arg("source"), py::arg("name") = py::none(),
           "Add an instance, or a module that is instantiated for it, to the store.")
      .def("cleanup", &VM::cleanup, "Go back to the state of a new VM.")
      .def("import_instance", &vm_import_instance, py::arg("registration"),
           "Return the instance of a host registration, or None when it is not configured.")
      .def("function_type", &vm_function_type, py::arg("name"),
           "Return the type of a function of the active instance, or None.")
      .def("function_type_registered", &vm_function_type_registered, py::arg("module"), py::arg("name"),
           "Return the type of a function of a registered instance, or None.")
      .def_property_readonly("functions", &vm_functions, "The types of the active instance's functions by name.")
      .def_property_readonly("active_instance", &vm_active_instance, "The active instance, or None.")
      .def_property_readonly("registered", &vm_registered, "The registered instances by name.")
      .def_property_readonly("state", &VM::state, "How far the VM has come with its module.")
      .def_property_readonly("store", &vm_store, "The store that imports are looked up in.")
      .def_property_readonly("loader", &VM::loader, "The loader.")
      .def_property_readonly("validator", &VM::validator, "The validator.")
      .def_property_readonly("executor", &VM::executor, "The executor.")
      .def_property_readonly("statistics", &vm_statistics, "The counters of what the VM has run.")
      .def("close", &VM::close, "Let go of everything.")
      .def("__enter__", &vm_enter)
      .def("__exit__", &vm_exit)
      .def("__repr__", &vm_repr);
}

}  // namespace wasmedge
