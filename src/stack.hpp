// SPDX-License-Identifier: Apache-2.0
// How much of the calling thread's stack is left.
#pragma once

namespace wasmedge {

/// Throws RecursionError when what is left of this thread's C stack is too little for another entry into WebAssembly.
/// Guests and host functions that call each other use it up long before Python's own recursion limit. GIL held.
void require_stack();

}  // namespace wasmedge
