// SPDX-License-Identifier: Apache-2.0
// The only place where Python objects become WebAssembly values and back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "pybind.hpp"

namespace wasmedge {

/// The value types that Python has a counterpart for, told apart once per function type and not once per value.
enum class ValueKind : std::uint8_t { kI32, kI64, kF32, kF64, kOther };

ValueKind kind_of(WasmEdge_ValType type) noexcept;

/// The specification's name of a value type: "i32", "funcref".
const char* name_of(WasmEdge_ValType type) noexcept;

/// Where a value stands, for messages: "fib() argument 1".
struct ValuePlace {
  std::string_view function;
  std::size_t position;
};

/// Converts `object`, or throws a TypeError or OverflowError that names the place and both types. GIL held.
WasmEdge_Value to_wasm(py::handle object, ValueKind kind, WasmEdge_ValType type, const ValuePlace& place);

/// Converts a result; integers are signed. Gives a new reference, or throws. GIL held.
PyObject* to_python(const WasmEdge_Value& value, ValueKind kind, WasmEdge_ValType type);

}  // namespace wasmedge
