// SPDX-License-Identifier: Apache-2.0
// WebAssembly's types as values of their own, copied out of the contexts that the runtime lends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "handles.hpp"
#include "values.hpp"

namespace wasmedge {

/// A value type. Compares by value; owns nothing.
struct ValType {
  WasmEdge_ValType raw;

  friend bool operator==(const ValType& left, const ValType& right) noexcept {
    return WasmEdge_ValTypeIsEqual(left.raw, right.raw);
  }
};

/// Parameters and results of a function, with all that converting them needs worked out beforehand. Never changes.
class FunctionType {
 public:
  struct Slot {
    WasmEdge_ValType type;
    ValueKind kind;
  };

  FunctionType(const std::vector<ValType>& params, const std::vector<ValType>& results);

  /// Copies the type out of a borrowed context.
  static std::shared_ptr<FunctionType> copy_of(const WasmEdge_FunctionTypeContext* context);

  const std::vector<Slot>& params() const noexcept { return params_; }
  const std::vector<Slot>& results() const noexcept { return results_; }

  /// "(i32, i32) -> i64".
  std::string text() const;

  /// "(i32, i32)".
  std::string params_text() const;

  friend bool operator==(const FunctionType& left, const FunctionType& right) noexcept;

 private:
  std::vector<Slot> params_;
  std::vector<Slot> results_;
};

}  // namespace wasmedge
