// SPDX-License-Identifier: Apache-2.0
// Converts references (wasmedge/wasmedge_value.h) and looks after the lifetimes that they need.
#include "references.hpp"

#include <algorithm>

#include "anchor.hpp"
#include "call_context.hpp"
#include "errors.hpp"
#include "externref.hpp"
#include "function.hpp"
#include "gil.hpp"
#include "host_function.hpp"

namespace wasmedge {
namespace {

/// Whether a reference is to functions of one type that a module defines. The C API does not tell which, and the runtime
/// does not look at what it is given (0.17.1): a function of another type would run on a foreign stack.
bool is_typed(WasmEdge_ValType type) noexcept { return type.Data[3] == 0; }

/// The function itself, or an interpreted one that calls it: for an instance that could take a compiled function for one of
/// its own, and call it with its own memory (native_obstacles.hpp).
py::object shielded(py::handle keeper, py::handle function) {
  const auto& owners = anchor_of(function_anchor(function)).circle;
  const auto& keepers = anchor_of(keeper).circle;
  const bool may_be_compiled = ReferenceCircle::has_native(owners);
  if (!may_be_compiled || ReferenceCircle::root(owners) == ReferenceCircle::root(keepers)) {
    return py::reinterpret_borrow<py::object>(function);
  }
  return call_in("wasmedge.namespaces", "shield", function);
}

/// Lets references that pass through a function's parameters and results come together.
void join_circles(py::handle keeper, py::handle function) {
  const py::object owner = function_anchor(function);
  if (anchor_of(owner).is_host) return;  // a Python function, which gets and gives its references through Python
  const auto& type = callee_of(function).type;
  const auto passes = [](const auto& slot) { return may_hold_functions(slot.type); };
  if (std::ranges::none_of(type.params(), passes) && std::ranges::none_of(type.results(), passes)) return;
  if (!ReferenceCircle::can_join(anchor_of(keeper).circle, anchor_of(owner).circle)) {
    throw_value_error("a function that takes or gives references to functions cannot be given to another compiled instance, "
                      "as WasmEdge 0.17's compiled code would call them with its own memory");
  }
  ReferenceCircle::join(anchor_of(keeper).circle, anchor_of(owner).circle);
}

/// Whether Python carries a function out. One that came as a reference may have any anchor.
bool is_python(const Anchor& anchor, const WasmEdge_FunctionInstanceContext* context) {
  return std::ranges::find(anchor.host_functions, context, [](const auto& host) { return host->context; }) !=
         anchor.host_functions.end();
}

/// Makes `keeper`, whose instance may come to call a function, keep it alive. Where the function takes references it works
/// the other way round too: its instance may keep what belongs to its caller. Python functions keep Python objects.
void let_in(py::handle keeper, py::handle function) {
  const py::object owner = function_anchor(function);
  join_circles(keeper, function);
  const auto& executor = anchor_of(keeper).executor;
  if (executor) executor->require_serving(anchor_of(owner).metering, "the function");
  anchor_of(keeper).metering.include(anchor_of(owner).metering);
  add_dependency(keeper, owner);
  const Callee callee = callee_of(function);
  const auto& params = callee.type.params();
  const bool takes_references =
      std::ranges::any_of(params, [](const auto& slot) { return WasmEdge_ValTypeIsRef(slot.type); });
  if (!takes_references || is_python(anchor_of(owner), callee.context)) return;
  add_dependency(owner, py::reinterpret_borrow<py::object>(keeper));
}

bool is_nullable(WasmEdge_ValType type) noexcept { return WasmEdge_ValTypeIsRefNull(type); }

}  // namespace

bool may_hold_functions(WasmEdge_ValType type) noexcept {
  return WasmEdge_ValTypeIsRef(type) && !WasmEdge_ValTypeIsExternRef(type);
}

bool funcref_to_wasm(py::handle object, WasmEdge_ValType type, py::handle keeper, WasmEdge_Value& value) {
  if (object.is_none()) {
    if (!is_nullable(type)) return false;
    value = WasmEdge_ValueGenFuncRef(nullptr);
    return true;
  }
  if (!is_function(object) || is_typed(type)) return false;
  const py::object function = keeper ? shielded(keeper, object) : py::reinterpret_borrow<py::object>(object);
  value = WasmEdge_ValueGenFuncRef(callee_of(function).context);
  if (keeper) let_in(keeper, function);
  return true;
}

py::object funcref_to_python(const WasmEdge_Value& value, WasmEdge_ValType type, const py::object& keeper) {
  const WasmEdge_FunctionInstanceContext* context = WasmEdge_ValueGetFuncRef(value);
  if (context == nullptr) return py::none();
  if (is_typed(type) && !(keeper && anchor_of(keeper).has_only_function_types)) {
    throw_type_error("a value of type " + name_of(type) +
                     " may be a structure or an array, which have no counterpart in Python");
  }
  return make_function(keeper, context, "");
}

WasmEdge_Value externref_to_wasm(py::handle object, py::handle keeper) {
  if (py::isinstance<ExternRef>(object)) return externref_to_wasm(object.cast<const ExternRef&>().value, keeper);
  if (object.is_none()) return WasmEdge_ValueGenExternRef(nullptr);
  const auto held = py::reinterpret_borrow<py::object>(object);
  if (CallContext* call = CallContext::current()) call->hold(held);
  if (keeper && keeps_externrefs(keeper)) anchor_of(keeper).externrefs.try_emplace(object.ptr(), held);
  return WasmEdge_ValueGenExternRef(object.ptr());
}

py::object externref_to_python(const WasmEdge_Value& value) {
  if (WasmEdge_ValueIsNullRef(value)) return py::none();
  void* address = WasmEdge_ValueGetExternRef(value);
  if (!LiveExternref::is_live(address)) {
    throw_type_error("an externref that the guest made of its own value is no Python object");
  }
  return py::reinterpret_borrow<py::object>(static_cast<PyObject*>(address));
}

}  // namespace wasmedge
