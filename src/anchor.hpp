// SPDX-License-Identifier: Apache-2.0
// The lifetime of instances: what keeps one, and all that it refers to by raw pointer, alive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "executor.hpp"
#include "handles.hpp"
#include "live_externrefs.hpp"
#include "native_code.hpp"
#include "offset_shift.hpp"
#include "pybind.hpp"
#include "reference_flow.hpp"

namespace wasmedge {

struct HostFunction;

/// A C context made for itself (a function, table, memory or global), until an instance takes it over.
using Standalone = std::unique_ptr<void, void (*)(void*)>;

template <class Context>
Standalone own_standalone(Context* raw) {
  if (raw == nullptr) throw std::bad_alloc();
  return Standalone(raw, [](void* context) { destroy(static_cast<Context*>(context)); });
}

/// Owns one module instance, or one context that stands alone, and holds what must outlive it.
///
/// WasmEdge links instances by raw pointers and counts nothing. An anchor is a Python object that the garbage collector
/// sees (no class of the public API): every Python object that points into the instance (Instance, Function, Memory)
/// holds a strong reference to the anchor and visits it, and the anchor holds the anchors that its instance points to.
/// So ownership is exact for the collector, and no order of `del` leaves a dangling pointer.
///
/// It is no aliasing shared_ptr because a cycle through one (instance → host function → closure → instance, or two
/// instances that share a table) would be invisible to the collector.
///
/// Everything here is touched with the GIL held.
struct Anchor {
  /// The anchors that this one's contexts point to: those that the instance imports from, and those whose functions got
  /// into its tables or globals. The second kind makes cycles, which the collector finds. A WASI instance has its
  /// standard streams here.
  std::unordered_map<PyObject*, py::object> dependencies;
  /// Python objects that guests have been given as externref, for as long as the instance lives: where it keeps them
  /// cannot be seen from outside.
  std::unordered_map<PyObject*, LiveExternref> externrefs;
  /// Where the functions that the instance imports are defined: an anchor and the name that it exports them under. They
  /// need help to be exported again (linking.cpp). The anchors are among the dependencies.
  std::unordered_map<const WasmEdge_FunctionInstanceContext*, std::pair<PyObject*, std::string>> imported_functions;
  /// The Python sides of the host functions that the instance owns.
  std::vector<std::shared_ptr<HostFunction>> host_functions;
  std::shared_ptr<Executor> executor;
  /// Null for what stands alone, and once the collector has cleared a dead cycle.
  std::shared_ptr<WasmEdge_ModuleInstanceContext> instance;
  Standalone standalone{nullptr, [](void*) {}};
  /// Set instead of `instance` by a failed instantiation: the runtime leaves the half-made instance to the C store, and
  /// its functions may have been written into imported tables already.
  std::shared_ptr<WasmEdge_StoreContext> failed;
  /// Whether the instance itself has somewhere to keep an externref after a call. See keeps_externrefs().
  bool stores_externrefs = true;
  /// Whether typed references can be to functions only. It depends on the types that the module defines, which the C API
  /// does not tell, and on those of the instances that it imports from.
  bool has_only_function_types = false;
  /// The state of all dependencies in which neither this anchor nor what it depends on had somewhere to keep one; 0 for
  /// none that has been looked at.
  std::uint64_t keeps_nothing_at = 0;
  /// Whether the instance was made by Python, which may add to it.
  bool is_host = false;
  /// Whether the instance is one of the runtime's own or of a plug-in, whose functions look at their caller's memory.
  bool is_native = false;
  /// Whether what stood alone was taken over by an instance, whose anchor is among the dependencies.
  bool taken_over = false;
  /// How its functions run: never kAuto.
  RunMode run_mode = RunMode::kInterpreter;
  /// The compiled code that it was made of; null for the interpreter, and for what no module made.
  std::shared_ptr<const NativeCode> code;
  /// What the compiled code counts that it runs: its own, and that of the instances that it calls.
  Metering metering;
  /// Those whose functions it may come to hold, and they its.
  ReferenceCircle::Pointer circle = std::make_shared<ReferenceCircle>();
  OffsetShift shift;  // for what is logged of traps in the instance
  /// What the instance can be made of again in another process; null where nobody has said.
  py::object recipe;
  std::string label;  // for messages: the file or the name that the instance was made from

  /// False once the collector has taken it apart: whoever is still asked for something by then must refuse.
  bool alive() const noexcept { return instance != nullptr || standalone != nullptr || taken_over; }
};

/// Makes the Python object around an anchor.
py::object make_anchor(Anchor anchor);

/// The anchor inside of an object made by make_anchor; valid as long as the object. Never fails: nothing else is passed.
Anchor& anchor_of(py::handle object) noexcept;

/// Throws ValueError unless the object is an anchor that is alive; `what` is named in the message.
Anchor& living_anchor(py::handle object, const char* what);

/// Makes `holder` keep `held` alive.
void add_dependency(py::handle holder, const py::object& held);

/// Whether an externref that is passed to a function of the instance may be kept after the call: by the instance, or by one
/// that it can call, which it depends on. That changes when functions get into its tables, or into theirs.
bool keeps_externrefs(py::handle object);

/// Notes that an instance has got somewhere to keep externrefs.
void begin_to_store_externrefs(py::handle object);

/// Moves what stands alone in `from` to the anchor of the instance that has taken its context over.
void take_over(py::handle from, const py::object& owner);

/// The anchor of a module instance, or a null object: for what the runtime hands to callbacks.
py::object find_anchor(const WasmEdge_ModuleInstanceContext* instance);

/// Puts an instance into an anchor that was made without, so that find_anchor() finds it.
void set_instance(py::handle object, std::shared_ptr<WasmEdge_ModuleInstanceContext> instance);

/// The executor for functions that no executor made: host functions that stand alone, and those of host modules.
const std::shared_ptr<Executor>& default_executor();

}  // namespace wasmedge
