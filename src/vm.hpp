// SPDX-License-Identifier: Apache-2.0
// A VM, composed of a loader, a validator, an executor and a store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "call_options.hpp"
#include "configure.hpp"
#include "executor.hpp"
#include "loader.hpp"
#include "module_ast.hpp"
#include "pybind.hpp"
#include "store.hpp"
#include "validator.hpp"

namespace wasmedge {

/// The stages of the VM of the runtime's own documentation.
enum class VMState { kInitiated, kLoaded, kValidated, kInstantiated };

/// Loads, validates, instantiates and executes, with the states and errors of a WasmEdge_VM but none of its contexts: that
/// one frees its active instance under whoever holds something of it, and dead-locks when a host function calls back.
///
/// All members are called with the GIL held and touch the VM's fields only then. What releases the GIL in between works on
/// references of its own and stores its outcome in one go at the end, so concurrent calls interleave but never half-way.
class VM {
 public:
  VM(std::shared_ptr<Configure> configure, py::object store);

  void load(const py::object& source);
  void validate();
  void instantiate();

  /// Instantiates what is loaded by code that it keeps: it was compiled of it, which has been validated then.
  void instantiate_by(const std::string& key);
  py::object run(const py::object& source, const std::string& function, const py::tuple& args,
                 const CallOptions& options);
  py::object active_function(const std::string& name);
  py::object registered_function(const std::string& module, const std::string& name) const;
  py::object register_module(const py::object& source, const std::string& name);
  py::object register_instance(const py::object& object, const std::optional<std::string>& name);
  void cleanup();
  void close();

  VMState state() const;
  Store& store() const;
  const py::object& store_object() const { return store_; }
  const py::object& active() const { return active_; }
  const py::object& wasi() const { return wasi_; }

  /// The instance of a host registration, or a null object when it is not configured.
  py::object host(HostRegistration registration) const;

  const Configure& configure() const { return *configure_; }
  const std::shared_ptr<Loader>& loader() const { return loader_; }
  const std::shared_ptr<Validator>& validator() const { return validator_; }
  const std::shared_ptr<Executor>& executor() const { return executor_; }

  /// Throws ValueError when closed.
  void require_open() const;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(store_);
    visitor(active_);
    visitor(wasi_);
    for (const auto& [registration, instance] : hosts_) visitor(instance);
    for (const auto& [name, function] : functions_) visitor(function);
    for (const auto& [name, instance] : registered_) visitor(instance);
  }
  void clear() { close(); }

 private:
  void instantiate_module(std::shared_ptr<NativeCode> code);
  py::dict make_hosts() const;
  void register_hosts(const py::dict& made);
  void add_registered(const std::string& name, const py::object& instance);

  std::shared_ptr<Configure> configure_;
  std::shared_ptr<Loader> loader_;
  std::shared_ptr<Validator> validator_;
  std::shared_ptr<Executor> executor_;
  py::object store_;
  py::object wasi_;                                             // a WasiModule, when configured
  std::vector<std::pair<HostRegistration, py::object>> hosts_;  // instances of the other configured registrations
  std::vector<std::pair<std::string, py::object>> registered_;  // the names that this VM added to the store
  std::shared_ptr<Module> module_;
  py::object active_;                                      // the anchor of the active instance
  std::unordered_map<std::string, py::object> functions_;  // those of the active instance that were executed by name
  VMState state_ = VMState::kInitiated;
};

}  // namespace wasmedge
