// SPDX-License-Identifier: Apache-2.0
// A global variable or constant.
#pragma once

#include "external.hpp"
#include "types.hpp"

namespace wasmedge {

/// A global of an instance, or one that stands alone.
class Global : public External<WasmEdge_GlobalInstanceContext, WasmEdge_ExternalType_Global> {
 public:
  using External::External;

  GlobalType type() const { return GlobalType::copy_of(WasmEdge_GlobalInstanceGetGlobalType(context())); }
};

}  // namespace wasmedge
