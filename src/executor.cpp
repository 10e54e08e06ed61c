// SPDX-License-Identifier: Apache-2.0
// Binds Executor (wasmedge/wasmedge_execution.h).
#include "executor.hpp"

#include <utility>
#include <vector>

#include "anchor.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "function.hpp"
#include "instance.hpp"
#include "invoke.hpp"
#include "linking.hpp"
#include "module_ast.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "store.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Executor> executor_make(std::shared_ptr<Configure> configure, std::shared_ptr<Statistics> statistics) {
  return std::make_shared<Executor>(*or_default(std::move(configure)), std::move(statistics));
}

Instance executor_instantiate(const std::shared_ptr<Executor>& self, Store& store,
                              const std::shared_ptr<Module>& module) {
  return Instance(link(self, module, store, ""));
}

py::object executor_register(const std::shared_ptr<Executor>& self, Store& store, const std::shared_ptr<Module>& module,
                             const Name& name) {
  require_unicode(name);
  store.require_free(name.text);
  py::object instance = py::cast(Instance(link(self, module, store, name.text)));
  store.add(name.text, instance);
  return instance;
}

void executor_register_import(const Executor&, Store& store, const py::object& instance,
                              const std::optional<Name>& alias) {
  if (!py::isinstance<Instance>(instance)) {
    throw_type_error(std::string("expected an Instance, not ") + Py_TYPE(instance.ptr())->tp_name);
  }
  if (alias) require_unicode(*alias);
  store.add(alias ? alias->text : instance.cast<const Instance&>().require_name(), instance);
}

py::object executor_invoke(const std::shared_ptr<Executor>& self, const py::object& function, const py::args& args) {
  const Callee callee = callee_of(function);
  self->require_serving(anchor_of(callee.anchor).metering, std::string(callee.name) + "()");
  return py::reinterpret_steal<py::object>(invoke(self, callee, PySequence_Fast_ITEMS(args.ptr()), args.size()));
}

}  // namespace

Executor::Executor(const Configure& configure, std::shared_ptr<Statistics> statistics)
    : configure_(configure.copy()), statistics_(std::move(statistics)) {
  if (configure_.counts_anything() && !statistics_) statistics_ = std::make_shared<Statistics>();
  idle_.push_back(make_context());
}

std::shared_ptr<WasmEdge_ExecutorContext> Executor::make_context() {
  auto* statistics = statistics_ && configure_.counts_anything() ? statistics_->context() : nullptr;
  auto context = own(WasmEdge_ExecutorCreate(configure_.context(), statistics));
  if (statistics_) statistics_->attach(configure_);
  return context;
}

std::shared_ptr<WasmEdge_ExecutorContext> Executor::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  return make_context();
}

void Executor::put_back(std::shared_ptr<WasmEdge_ExecutorContext> context) noexcept {
  constexpr std::size_t kept = 64;  // what a burst of threads needed and nobody does any more is given back
  const std::lock_guard lock(mutex_);
  try {
    if (idle_.size() < kept) idle_.push_back(std::move(context));
  } catch (const std::bad_alloc&) {
    return;  // then it is deleted: a new one will be made
  }
}

void Executor::require_serving(const Metering& metering, const std::string& subject) const {
  const bool serves = (configure_.counts_instructions() || !metering.counts_instructions) &&
                      (configure_.measures_cost() || !metering.measures_cost);
  if (serves) return;
  throw_value_error(subject + " is compiled code that counts its instructions or cost, which this executor does not: make "
                              "both with the same count_instructions and measure_cost");
}

const std::shared_ptr<Statistics>& Executor::statistics() {
  if (!statistics_) statistics_ = std::make_shared<Statistics>();
  return statistics_;
}

void register_executor(py::module_& m) {
  py::classh<Executor>(m, "Executor", py::is_final(), guarded_metaclass(), "Instantiates modules and runs functions.",
                       guarded())
      .def(py::init(&executor_make), py::arg("configure") = py::none(), py::arg("statistics") = py::none())
      .def_property_readonly("statistics", &Executor::statistics, "The counters of what this executor has run.")
      .def("instantiate", &executor_instantiate, py::arg("store"), py::arg("module"),
           "Instantiate a validated module with the imports that the store has.")
      .def("register", &executor_register, py::arg("store"), py::arg("module"), py::arg("name"),
           "Instantiate a validated module and add the instance to the store under a name.")
      .def("register_import", &executor_register_import, py::arg("store"), py::arg("instance"),
           py::arg("alias") = py::none(), "Add an instance to the store under its own name or an alias.")
      .def("invoke", &executor_invoke, py::arg("function"), "Call a function on this executor.");
}

}  // namespace wasmedge
