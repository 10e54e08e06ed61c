// SPDX-License-Identifier: Apache-2.0
// The only place where Python objects become WebAssembly values and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wasmedge/wasmedge.h>

#include "pybind.hpp"

namespace wasmedge {

/// The value types that Python has a counterpart for, told apart once per function type and not once per value.
enum class ValueKind : std::uint8_t { kI32, kI64, kF32, kF64, kV128, kFuncRef, kExternRef, kOther };

ValueKind kind_of(WasmEdge_ValType type) noexcept;

/// The specification's name of a value type: "i32", "funcref", "(ref null any)".
std::string name_of(WasmEdge_ValType type);

/// What a value is, for messages: "fib() argument 1". The number is left out when it is 0.
struct ValuePlace {
  std::string_view subject;
  const char* role;
  std::size_t number;

  std::string text() const;
};

/// Converts `object`, or throws a TypeError or OverflowError that names the place and both types. `keeper` is the anchor
/// that has to keep references alive; a null handle where no reference can be meant. GIL held.
WasmEdge_Value to_wasm(py::handle object, ValueKind kind, WasmEdge_ValType type, const ValuePlace& place,
                       py::handle keeper);

/// Converts a value; integers are signed. `keeper` is the anchor that keeps a referenced function alive. Gives a new
/// reference, or throws. GIL held.
PyObject* to_python(const WasmEdge_Value& value, ValueKind kind, WasmEdge_ValType type, const py::object& keeper);

}  // namespace wasmedge
