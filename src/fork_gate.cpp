// SPDX-License-Identifier: Apache-2.0
#include "fork_gate.hpp"

namespace wasmedge {
namespace {

/// How many passes this thread has.
thread_local unsigned own_passes = 0;

}  // namespace

/// What a fork closes before it, and opens after it on both sides.
class ForkGate {
 public:
  /// There from the first use on, until the process has ended.
  static ForkGate& get() {
    static ForkGate& gate = *new ForkGate;
    return gate;
  }

  void enter() noexcept {
    pthread_rwlock_rdlock(&passes_);
    ++own_passes;
  }
  void leave() noexcept {
    --own_passes;
    pthread_rwlock_unlock(&passes_);
  }

  /// Takes a mutex in; gives the one that was the first before.
  void add(GlobalMutex& mutex) noexcept {
    mutex.next_ = first_;
    while (!first_.compare_exchange_weak(mutex.next_, &mutex)) {
    }
  }

 private:
  /// When the extension is loaded, as some of the mutexes are made then. What is registered later is called earlier before a
  /// fork: so the watcher's thread, which takes one of them, has ended when the gate closes.
  ForkGate() { pthread_atfork(&close, &open, &open_in_child); }

  static void close() {
    ForkGate& gate = get();
    // It would wait for itself otherwise.
    for (unsigned i = 0; i < own_passes; ++i) pthread_rwlock_unlock(&gate.passes_);
    pthread_rwlock_wrlock(&gate.passes_);
    gate.closed_at_ = gate.first_;
    for (GlobalMutex* each = gate.closed_at_; each != nullptr; each = each->next_) each->lock();
  }

  static void open() {
    ForkGate& gate = get();
    gate.unlock_all();
    pthread_rwlock_unlock(&gate.passes_);
    gate.enter_again();
  }

  static void open_in_child() {
    ForkGate& gate = get();
    gate.unlock_all();
    // Not by unlocking it: who locked it was another thread, for all that the child knows.
    gate.passes_ = PTHREAD_RWLOCK_INITIALIZER;
    gate.enter_again();
    ForkCount::maker = pthread_self();
    ++ForkCount::count;
  }

  void enter_again() noexcept {
    for (unsigned i = 0; i < own_passes; ++i) pthread_rwlock_rdlock(&passes_);
  }

  void unlock_all() noexcept {
    for (GlobalMutex* each = closed_at_; each != nullptr; each = each->next_) each->unlock();
  }

  /// Those with a pass share it. It prefers them: a pass inside of a pass does not wait for the fork that waits for the outer.
  pthread_rwlock_t passes_ = PTHREAD_RWLOCK_INITIALIZER;
  std::atomic<GlobalMutex*> first_ = nullptr;
  GlobalMutex* closed_at_ = nullptr;  // the first of those that the fork has locked
};

ForkPass::ForkPass() noexcept { ForkGate::get().enter(); }

ForkPass::~ForkPass() { ForkGate::get().leave(); }

GlobalMutex::GlobalMutex() noexcept { ForkGate::get().add(*this); }

}  // namespace wasmedge
