// SPDX-License-Identifier: Apache-2.0
// Reference values: functions and Python objects that guests hold by raw pointer.
#pragma once

#include <wasmedge/wasmedge.h>

#include "pybind.hpp"

namespace wasmedge {

/// Whether references of this type may be functions, or hold them.
bool may_hold_functions(WasmEdge_ValType type) noexcept;

/// The value for None or a Function, which `keeper` (an anchor) keeps alive from now on; a null object otherwise gives a
/// reference of type funcref that nothing keeps. Gives false for any other object, or None where null is not allowed.
bool funcref_to_wasm(py::handle object, WasmEdge_ValType type, py::handle keeper, WasmEdge_Value& value);

/// A Function, or None. `keeper` is the anchor of an instance that can reach the function, and so keeps it alive.
py::object funcref_to_python(const WasmEdge_Value& value, WasmEdge_ValType type, const py::object& keeper);

/// The value for any object; None is the null reference. The object stays alive until the innermost call has ended, and
/// with `keeper` if that has somewhere to keep it.
WasmEdge_Value externref_to_wasm(py::handle object, py::handle keeper);

/// The object that was given to a guest, or None. Throws TypeError for a reference that no Python object was made into.
py::object externref_to_python(const WasmEdge_Value& value);

}  // namespace wasmedge
