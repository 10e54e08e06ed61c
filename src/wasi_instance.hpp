// SPDX-License-Identifier: Apache-2.0
// Making the runtime's WASI instance, with its holes closed.
#pragma once

#include <array>
#include <memory>

#include "executor.hpp"
#include "wasi_options.hpp"

namespace wasmedge {

/// Makes a WASI instance. `descriptors` are those of the standard streams, which must outlive it; -1 for a closed one.
/// Throws OSError for a directory that cannot be opened. GIL held.
std::shared_ptr<WasmEdge_ModuleInstanceContext> make_wasi_instance(const WasiOptions& options,
                                                                   const std::array<int, 3>& descriptors,
                                                                   Executor& executor);

}  // namespace wasmedge
