// SPDX-License-Identifier: Apache-2.0
// A table of references.
#pragma once

#include "external.hpp"
#include "types.hpp"

namespace wasmedge {

/// A table of an instance, or one that stands alone.
class Table : public External<WasmEdge_TableInstanceContext, WasmEdge_ExternalType_Table> {
 public:
  using External::External;

  std::uint64_t size() const { return WasmEdge_TableInstanceGetSize(context()); }
  TableType type() const { return TableType::copy_of(WasmEdge_TableInstanceGetTableType(context())); }
};

}  // namespace wasmedge
