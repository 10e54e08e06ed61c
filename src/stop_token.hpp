// SPDX-License-Identifier: Apache-2.0
// The runtime's own way of stopping what it interprets.
#pragma once

#include <wasmedge/wasmedge.h>

namespace wasmedge {

/// Sets the stop token of an executor: the call that looks at it first, by a branch or a call, ends with Interrupted. No
/// other call may be using the executor. Any thread.
void set_stop_token(WasmEdge_ExecutorContext* executor) noexcept;

/// Uses the token up when the call ended before it looked: the next call on this executor must not find it.
void clear_stop_token(WasmEdge_ExecutorContext* executor) noexcept;

}  // namespace wasmedge
