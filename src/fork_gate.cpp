// SPDX-License-Identifier: Apache-2.0
#include "fork_gate.hpp"

#include <pthread.h>

namespace wasmedge {
namespace {

/// Those with a pass share it. It prefers them: a pass inside of a pass does not wait for the fork that waits for the outer.
pthread_rwlock_t gate = PTHREAD_RWLOCK_INITIALIZER;

void close_gate() { pthread_rwlock_wrlock(&gate); }

void open_gate() { pthread_rwlock_unlock(&gate); }

/// Not by unlocking it: who locked it was another thread, for all that the child knows.
void open_gate_in_child() { gate = PTHREAD_RWLOCK_INITIALIZER; }

/// Once for the process, before the first pass.
bool keep_gate() { return pthread_atfork(&close_gate, &open_gate, &open_gate_in_child) == 0; }

}  // namespace

ForkPass::ForkPass() noexcept {
  [[maybe_unused]] static const bool is_kept = keep_gate();
  pthread_rwlock_rdlock(&gate);
}

ForkPass::~ForkPass() { pthread_rwlock_unlock(&gate); }

}  // namespace wasmedge
