// SPDX-License-Identifier: Apache-2.0
// The signals of compiled code: traps, stack overflow, and being stopped.
#pragma once

#include <pthread.h>

#include <atomic>

namespace wasmedge {

/// Whether compiled code has been loaded, so that calls may raise signals.
inline std::atomic<bool> signals_started{false};

/// Takes the signals of compiled code over from the runtime, at the first use of compiled code. Throws RuntimeFailure. No
/// GIL.
void start_signals();

/// Gets a thread ready to run compiled code: an alternate stack, and our handlers on top of what others have installed since.
/// Costs little when nothing has changed. No GIL.
void prepare_thread() noexcept;

/// Sends a thread the signal at which compiled code that is to be stopped stops, and system calls come back. The thread must
/// exist.
void send_stop_signal(pthread_t thread) noexcept;

}  // namespace wasmedge
