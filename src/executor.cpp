// SPDX-License-Identifier: Apache-2.0
// Binds Executor (wasmedge/wasmedge_execution.h).
#include "executor.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "anchor.hpp"
#include "async_call.hpp"
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

std::shared_ptr<Executor> executor_make(std::shared_ptr<Configure> configure, std::shared_ptr<Statistics> statistics,
                                        const py::object& run_mode, std::optional<bool> strict) {
  return std::make_shared<Executor>(*with_run_mode(std::move(configure), run_mode, strict), std::move(statistics));
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

void require_serving(const Executor& self, const Callee& callee) {
  self.require_serving(anchor_of(callee.anchor).metering, std::string(callee.name) + "()");
}

py::object executor_invoke(const std::shared_ptr<Executor>& self, const py::object& function, const py::args& args,
                           const py::object& fuel, const py::object& timeout) {
  const Callee callee = callee_of(function);
  require_serving(*self, callee);
  const CallOptions options = options_from(fuel, timeout);
  return py::reinterpret_steal<py::object>(
      invoke(self, callee, PySequence_Fast_ITEMS(args.ptr()), args.size(), options));
}

py::object executor_invoke_async(const std::shared_ptr<Executor>& self, const py::object& function,
                                 const py::args& args, const py::object& fuel, const py::object& timeout) {
  require_serving(*self, callee_of(function));
  return start_async(self, function, PySequence_Fast_ITEMS(args.ptr()), args.size(), options_from(fuel, timeout));
}

Executor::Context create(const Configure& configure, WasmEdge_StatisticsContext* statistics) {
  Executor::Context context(WasmEdge_ExecutorCreate(configure.context(), statistics));
  if (!context) throw std::bad_alloc();
  return context;
}

}  // namespace

Executor::Executor(const Configure& configure, std::shared_ptr<Statistics> statistics)
    : configure_(configure.copy()), statistics_(std::move(statistics)) {
  if (configure_.counts_anything() && !statistics_) statistics_ = std::make_shared<Statistics>();
  spare_ = make_context().release();
}

Executor::Context Executor::make_context() {
  auto* statistics = statistics_ && configure_.counts_anything() ? statistics_->context() : nullptr;
  Context context = create(configure_, statistics);
  if (statistics_) statistics_->attach(configure_);
  return context;
}

Executor::Context Executor::take_idle() {
  auto context = pop(idle_);
  return context ? std::move(context) : make_context();
}

template <class Pointer>
Pointer Executor::pop(std::vector<Pointer>& idle) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || idle.empty()) return nullptr;
  Pointer last = std::move(idle.back());
  idle.pop_back();
  return last;
}

template <class Pointer>
void Executor::push(std::vector<Pointer>& idle, Pointer pointer, std::size_t most) noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  try {
    if (idle.size() < most) idle.push_back(std::move(pointer));
  } catch (const std::bad_alloc&) {
    return;  // then it is deleted: a new one will be made
  }
}

// For the header.
template void Executor::push(std::vector<Context>& idle, Context pointer, std::size_t most) noexcept;

std::unique_ptr<Executor::Metered> Executor::take_metered(std::uint64_t fuel) {
  auto metered = pop(idle_metered_);
  if (!metered) {
    const Configure metering = configure_.copy();
    WasmEdge_ConfigureStatisticsSetCostMeasuring(metering.context(), true);
    metered = std::make_unique<Metered>();
    metered->statistics = own(WasmEdge_StatisticsCreate());
    metered->context = create(metering, metered->statistics.get());
  }
  if (statistics_ && metered->cost_table_version != statistics_->cost_table_version()) {
    auto table = statistics_->cost_table();
    WasmEdge_StatisticsSetCostTable(metered->statistics.get(), table.data(), static_cast<std::uint32_t>(table.size()));
    metered->cost_table_version = statistics_->cost_table_version();
  }
  const std::uint64_t left = statistics_ && configure_.measures_cost() ? statistics_->cost_left() : UINT64_MAX;
  WasmEdge_StatisticsClear(metered->statistics.get());
  WasmEdge_StatisticsSetCostLimit(metered->statistics.get(), std::min(fuel, left));
  return metered;
}

void Executor::put_back(std::unique_ptr<Metered> metered) noexcept {
  if (statistics_) statistics_->add(metered->statistics.get());
  push(idle_metered_, std::move(metered), 16);  // each has a table of 512 KiB
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
      .def(py::init(&executor_make), py::arg("configure") = py::none(), py::arg("statistics") = py::none(),
           py::kw_only(), py::arg("run_mode") = py::none(), py::arg("strict") = py::none())
      .def_property_readonly("statistics", &Executor::statistics, "The counters of what this executor has run.")
      .def("instantiate", &executor_instantiate, py::arg("store"), py::arg("module"),
           "Instantiate a validated module with the imports that the store has.")
      .def("register", &executor_register, py::arg("store"), py::arg("module"), py::arg("name"),
           "Instantiate a validated module and add the instance to the store under a name.")
      .def("register_import", &executor_register_import, py::arg("store"), py::arg("instance"),
           py::arg("alias") = py::none(), "Add an instance to the store under its own name or an alias.")
      .def("invoke", &executor_invoke, py::arg("function"), py::kw_only(), py::arg("fuel") = py::none(),
           py::arg("timeout") = py::none(), "Call a function on this executor.")
      .def("invoke_async", &executor_invoke_async, py::arg("function"), py::kw_only(), py::arg("fuel") = py::none(),
           py::arg("timeout") = py::none(), "Call a function on this executor, in another thread.");
}

}  // namespace wasmedge
