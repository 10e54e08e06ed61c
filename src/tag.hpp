// SPDX-License-Identifier: Apache-2.0
// A tag of exceptions.
#pragma once

#include "external.hpp"
#include "types.hpp"

namespace wasmedge {

/// A tag of an instance. The C API makes none by themselves.
class Tag : public External<WasmEdge_TagInstanceContext, WasmEdge_ExternalType_Tag> {
 public:
  using External::External;

  TagType type() const { return TagType::copy_of(WasmEdge_TagInstanceGetTagType(context())); }
};

}  // namespace wasmedge
