// SPDX-License-Identifier: Apache-2.0
// The VM's workflow; over the same headers as the nouns that it is composed of. vm_binding.cpp binds it.
#include "vm.hpp"

#include <algorithm>
#include <utility>

#include "errors.hpp"
#include "function.hpp"
#include "gil.hpp"
#include "instance.hpp"
#include "linking.hpp"
#include "wasi.hpp"

namespace wasmedge {
namespace {

constexpr std::string_view state_name(VMState state) {
  switch (state) {
    case VMState::kInitiated:
      return "initiated";
    case VMState::kLoaded:
      return "loaded";
    case VMState::kValidated:
      return "validated";
    case VMState::kInstantiated:
      return "instantiated";
  }
  return "unknown";
}

[[noreturn]] void throw_workflow(const std::string& what, VMState state, const std::string& advice) {
  raise(RuntimeFailure(WasmEdge_ErrCode_WrongVMWorkflow,
                       what + " in a VM that is " + std::string(state_name(state)) + ": " + advice));
}

[[noreturn]] void throw_no_function(const std::string& name, const Instance& instance) {
  std::string message = anchor_of(instance.anchor()).label + " exports no function '" + name + "'";
  const auto names = list_names(instance.context(), &WasmEdge_ModuleInstanceListFunction);
  if (!names.empty()) message += "; it exports " + join_names(names);
  raise(RuntimeFailure(WasmEdge_ErrCode_FuncNotFound, message));
}

py::object find_function(const Instance& instance, const std::string& name) {
  auto* found = WasmEdge_ModuleInstanceFindFunction(instance.context(), wrap(name));
  if (found == nullptr) throw_no_function(name, instance);
  return make_function(instance.anchor(), found, name);
}

}  // namespace

VM::VM(std::shared_ptr<Configure> configure, py::object store)
    : configure_(std::move(configure)),
      loader_(std::make_shared<Loader>(*configure_)),
      validator_(std::make_shared<Validator>(*configure_)),
      executor_(std::make_shared<Executor>(*configure_, nullptr)),
      store_(std::move(store)) {
  // Before anything is registered in a store that others use as well: not every module can be made everywhere.
  register_hosts(make_hosts());
  if (!configure_->has(HostRegistration::kWasi)) return;
  // A store that was used before may have a WASI of its own, which then serves this VM too.
  wasi_ = this->store().get(WasiModule::kName);
  if (wasi_ && py::isinstance<WasiModule>(wasi_)) return;
  wasi_ = py::cast(std::make_shared<WasiModule>(WasiOptions{}, executor_));
  if (!this->store().get(WasiModule::kName)) add_registered(WasiModule::kName, wasi_);
}

/// Instances by their registrations, of the store where it has them already. How they are made is written in Python.
py::dict VM::make_hosts() const {
  py::list wanted;
  for (int host = static_cast<int>(HostRegistration::kProcess);
       host <= static_cast<int>(HostRegistration::kWasiCryptoSymmetric); ++host) {
    if (configure_->has(static_cast<HostRegistration>(host))) wanted.append(static_cast<HostRegistration>(host));
  }
  if (wanted.empty()) return {};
  return call_in("wasmedge.hosts.registrations", "make", wanted, store_, configure_->native_plugins());
}

void VM::register_hosts(const py::dict& made) {
  for (const auto& [registration, instance] : made) {
    hosts_.emplace_back(registration.cast<HostRegistration>(), py::reinterpret_borrow<py::object>(instance));
    const std::string name = hosts_.back().second.cast<const Instance&>().require_name();
    if (!store().get(name)) add_registered(name, hosts_.back().second);
  }
}

py::object VM::host(HostRegistration registration) const {
  if (registration == HostRegistration::kWasi) return wasi_;
  const auto found = std::ranges::find(hosts_, registration, [](const auto& host) { return host.first; });
  return found == hosts_.end() ? py::object() : found->second;
}

void VM::require_open() const {
  if (!store_) throw_closed("VM");
}

VMState VM::state() const {
  require_open();
  return state_;
}

Store& VM::store() const {
  require_open();
  return store_.cast<Store&>();
}

void VM::load(const py::object& source) {
  require_open();
  std::shared_ptr<Module> loaded = loader_->load_any(source);
  require_open();
  module_ = std::move(loaded);
  state_ = VMState::kLoaded;
}

void VM::validate() {
  require_open();
  if (state_ == VMState::kInitiated) throw_workflow("cannot validate", state_, "load a module first");
  const std::shared_ptr<Module> module = module_;
  validator_->validate(*module);
  // Another thread may have loaded something else meanwhile, which is not valid by this.
  if (module == module_) state_ = VMState::kValidated;
}

void VM::instantiate() {
  require_open();
  if (state_ == VMState::kInitiated) throw_workflow("cannot instantiate", state_, "load and validate a module first");
  if (state_ == VMState::kLoaded) throw_workflow("cannot instantiate", state_, "validate the module first");
  instantiate_module(nullptr);
}

void VM::instantiate_by(const std::string& key) {
  require_open();
  if (state_ == VMState::kInitiated) throw_workflow("cannot instantiate", state_, "load and validate a module first");
  std::shared_ptr<NativeCode> code = module_->find_code(key);
  if (!code) throw_value_error("the loaded module keeps no code by that key");
  instantiate_module(std::move(code));
}

void VM::instantiate_module(std::shared_ptr<NativeCode> code) {
  const std::shared_ptr<Module> module = module_;  // which Python code that runs meanwhile may replace
  if (wasi_) wasi_.cast<WasiModule&>().begin_program();
  py::object made = link(executor_, module, store(), "", std::move(code));
  require_open();
  if (module != module_) return;
  std::swap(active_, made);
  const auto old_functions = std::exchange(functions_, {});
  state_ = VMState::kInstantiated;
}

py::object VM::run(const py::object& source, const std::string& function, const py::tuple& args,
                   const CallOptions& options) {
  require_open();
  // The start function is a part of what runs.
  const TimeLimit limit(options.timeout);
  const std::shared_ptr<Module> module = loader_->load_any(source);
  validator_->validate(*module);
  if (wasi_) wasi_.cast<WasiModule&>().begin_program();
  py::object made = link(executor_, module, store(), "");
  require_open();
  const py::object target = find_function(Instance(made), function);
  module_ = module;
  active_ = std::move(made);
  const auto old_functions = std::exchange(functions_, {});
  state_ = VMState::kInstantiated;
  return call_function(target, args, {options.fuel, std::nullopt});
}

py::object VM::active_function(const std::string& name) {
  require_open();
  if (state_ != VMState::kInstantiated) {
    throw_workflow("cannot execute '" + name + "'", state_, "instantiate a module first");
  }
  const auto known = functions_.find(name);
  if (known != functions_.end()) return known->second;
  py::object function = find_function(Instance(active_), name);
  functions_.emplace(name, function);
  return function;
}

py::object VM::registered_function(const std::string& module, const std::string& name) const {
  py::object anchor = store().find(module);
  if (!anchor) {
    raise(RuntimeFailure(WasmEdge_ErrCode_FuncNotFound, "no instance is registered as '" + module + "'"));
  }
  return find_function(Instance(std::move(anchor)), name);
}

void VM::add_registered(const std::string& name, const py::object& instance) {
  store().add(name, instance);
  registered_.emplace_back(name, store().get(name));
  // What is instantiated was linked without the newcomer, so the state graph asks for another instantiation.
  if (state_ == VMState::kInstantiated) state_ = VMState::kValidated;
}

py::object VM::register_module(const py::object& source, const std::string& name) {
  store().require_free(name);
  const std::shared_ptr<Module> module = loader_->load_any(source);
  validator_->validate(*module);
  py::object made = py::cast(Instance(link(executor_, module, store(), name)));
  add_registered(name, made);
  return made;
}

py::object VM::register_instance(const py::object& object, const std::optional<std::string>& name) {
  const auto& instance = object.cast<const Instance&>();
  add_registered(name ? *name : instance.require_name(), object);
  return object;
}

void VM::cleanup() {
  require_open();
  const auto registered = std::exchange(registered_, {});
  for (const auto& [name, instance] : registered) store().remove(name, instance);
  const py::object active = std::move(active_);
  module_.reset();
  const auto old_functions = std::exchange(functions_, {});
  state_ = VMState::kInitiated;
  const py::dict made = make_hosts();
  require_open();
  const auto old_hosts = std::exchange(hosts_, {});
  register_hosts(made);
  if (!wasi_) return;
  wasi_.cast<WasiModule&>().init({});
  if (!store().get(WasiModule::kName)) add_registered(WasiModule::kName, wasi_);
}

void VM::close() {
  if (!store_) return;
  const auto registered = std::exchange(registered_, {});
  for (const auto& [name, instance] : registered) store().remove(name, instance);
  const py::object dead_active = std::move(active_);
  const auto dead_functions = std::exchange(functions_, {});
  const py::object dead_wasi = std::move(wasi_);
  const auto dead_hosts = std::exchange(hosts_, {});
  const py::object dead_store = std::move(store_);
  module_.reset();
  state_ = VMState::kInitiated;
}

}  // namespace wasmedge
