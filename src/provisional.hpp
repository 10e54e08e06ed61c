// SPDX-License-Identifier: Apache-2.0
// Anchors for instances whose instantiation has not come to its end.
#pragma once

#include <memory>

#include <wasmedge/wasmedge.h>

#include "executor.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Makes the anchor for an instance whose start function is running, and that has none yet. It is kept until that
/// instantiation has ended, for what it holds. GIL held.
py::object make_provisional_anchor(const WasmEdge_ModuleInstanceContext* instance,
                                   const std::shared_ptr<Executor>& executor);

/// One instantiation, from before the runtime begins it until its anchor is complete. Anchors are asked for in the calls of
/// other instances, of other threads too, so which instantiation one belongs to is known by the instance alone. GIL held.
class Instantiation {
 public:
  Instantiation();
  ~Instantiation();
  Instantiation(const Instantiation&) = delete;
  Instantiation& operator=(const Instantiation&) = delete;
  Instantiation(Instantiation&&) = delete;
  Instantiation& operator=(Instantiation&&) = delete;

  /// The anchor that was made for the instance meanwhile, or a new one.
  static py::object take_anchor(const WasmEdge_ModuleInstanceContext* instance);

  /// After a failure, of which the runtime does not tell the instance: any anchor may be the one for it. So each and
  /// `failed`, the anchor with what is left of the instance, keep each other alive.
  static void share_failure(const py::object& failed);
};

}  // namespace wasmedge
