// SPDX-License-Identifier: Apache-2.0
// Keeps the runtime from installing and removing its signal handlers at every call into compiled code.
#pragma once

namespace wasmedge {

/// Makes the runtime's count of calls into compiled code one too many, for ever. Once in a process: it installs its handlers
/// at this call, and never again. On a thread of its own, as the runtime keeps where to unwind to for each thread, and that
/// is left as it is as well. Throws RuntimeFailure. No GIL.
void hold_count();

}  // namespace wasmedge
