// SPDX-License-Identifier: Apache-2.0
// What a host function sees of its caller.
#pragma once

#include <memory>

#include <wasmedge/wasmedge.h>

#include "pybind.hpp"

namespace wasmedge {

/// A C calling frame, which is valid until its host function returns: that ends it, whoever still holds the object.
class CallingFrame {
 public:
  explicit CallingFrame(const WasmEdge_CallingFrameContext* context) : context_(context) {}

  /// Throws ValueError after the end.
  const WasmEdge_CallingFrameContext* context() const;

  void end() noexcept { context_ = nullptr; }

 private:
  const WasmEdge_CallingFrameContext* context_;
};

/// The anchor of the instance whose function called; a null object when Python did. Makes one for an instance that is
/// still being instantiated. GIL held, inside of a host function.
py::object caller_anchor(const WasmEdge_CallingFrameContext* context);

}  // namespace wasmedge
