// SPDX-License-Identifier: Apache-2.0
// WebAssembly's types as values of their own, copied out of the contexts that the runtime lends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "handles.hpp"
#include "limit.hpp"
#include "values.hpp"

namespace wasmedge {

/// A value type. Compares by value; owns nothing.
struct ValType {
  WasmEdge_ValType raw;

  friend bool operator==(const ValType& left, const ValType& right) noexcept {
    return WasmEdge_ValTypeIsEqual(left.raw, right.raw);
  }
};

/// Takes a ValType or its name. GIL held.
ValType val_type_from(py::handle object);

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

  std::shared_ptr<WasmEdge_FunctionTypeContext> context() const;

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

/// Takes a FunctionType or its text, "(i32, i32) -> i64". GIL held.
std::shared_ptr<FunctionType> function_type_from(py::handle object);

struct TableType {
  ValType ref_type;
  Limit limit;

  static TableType copy_of(const WasmEdge_TableTypeContext* context);
  std::shared_ptr<WasmEdge_TableTypeContext> context() const;
  std::string text() const;
  friend bool operator==(const TableType&, const TableType&) = default;
};

struct MemoryType {
  Limit limit;

  static MemoryType copy_of(const WasmEdge_MemoryTypeContext* context);

  /// The most pages of a memory: 4 GiB are all that 32 bits address; beyond 8 GiB the runtime would map pages over what is
  /// behind its reservation (facts: memory instance).
  std::uint64_t highest() const noexcept { return limit.is64 ? 131072 : 65536; }

  /// Throws ValueError for what no memory can have. A greater maximum of a 64-bit memory is cut where one is made.
  void check() const;

  std::shared_ptr<WasmEdge_MemoryTypeContext> context() const;
  std::string text() const;
  friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

struct GlobalType {
  ValType val_type;
  WasmEdge_Mutability mutability;

  static GlobalType copy_of(const WasmEdge_GlobalTypeContext* context);
  std::shared_ptr<WasmEdge_GlobalTypeContext> context() const;
  std::string text() const;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

/// The type of an exception tag: that of a function without results.
struct TagType {
  std::shared_ptr<FunctionType> function_type;

  static TagType copy_of(const WasmEdge_TagTypeContext* context);
  std::string text() const { return function_type->params_text(); }
  friend bool operator==(const TagType& left, const TagType& right) {
    return *left.function_type == *right.function_type;
  }
};

/// Takes the type or its text, as str() gives it; of a memory its limit too. GIL held.
TableType table_type_from(py::handle object);
MemoryType memory_type_from(py::handle object);
GlobalType global_type_from(py::handle object);

}  // namespace wasmedge
