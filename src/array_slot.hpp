// SPDX-License-Identifier: Apache-2.0
// The instances that a ufunc runs on.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <utility>
#include <vector>

#include "executor.hpp"
#include "fork_gate.hpp"
#include "offset_shift.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// One instance, for one thread at a time. What it points to, its Python objects keep alive.
struct ArraySlot {
  py::object loop_object;
  py::object scan_object;     // None where there is no such function
  py::object grouped_object;  // None likewise
  py::object memory_object;
  std::shared_ptr<Executor> executor;
  const WasmEdge_FunctionInstanceContext* loop = nullptr;
  const WasmEdge_FunctionInstanceContext* scan = nullptr;
  const WasmEdge_FunctionInstanceContext* grouped = nullptr;
  WasmEdge_MemoryInstanceContext* memory = nullptr;
  std::uint8_t* base = nullptr;   // of the memory, which never moves
  std::uint64_t region = 0;       // the bytes of the memory that are the loop's own: where they begin,
  std::uint64_t region_size = 0;  // and how many there are
  OffsetShift shift;              // for what is logged of traps
  bool has_unmetered = false;     // its code measures no cost
  bool busy = false;
  unsigned forks = 0;  // when a thread began to use it, and which
  pthread_t user{};
};

/// Instances of one module, made as they are needed by a factory of Python's, up to a limit.
///
/// All is done with the GIL held, and so not while another thread forks; the lock is for builds of Python without one.
class SlotPool {
 public:
  SlotPool(py::object factory, std::size_t most);

  /// The right to use an instance, until it goes.
  class Lease {
   public:
    Lease(SlotPool& pool, ArraySlot& slot);
    ~Lease();
    Lease(Lease&& other) noexcept : pool_(other.pool_), slot_(std::exchange(other.slot_, nullptr)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;

    ArraySlot& operator*() const noexcept { return *slot_; }

   private:
    SlotPool* pool_;
    ArraySlot* slot_;
  };

  /// One that is free or can be made; waits for one where there are enough. Throws RuntimeError when it would wait for what
  /// this thread has itself, being in a function that an instance has called; or what the factory, or Ctrl-C, raises.
  Lease take();

  /// The same, or nothing where take() would wait.
  std::optional<Lease> try_take();

  std::size_t most() const noexcept { return most_; }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(factory_);
    for (const auto& slot : slots_) {
      visitor(slot->loop_object);
      visitor(slot->scan_object);
      visitor(slot->grouped_object);
      visitor(slot->memory_object);
    }
  }

  /// Drops what is not in use, and makes nothing any more.
  void clear();

 private:
  static bool is_free(const ArraySlot& slot) noexcept;
  static void occupy(ArraySlot& slot) noexcept;
  ArraySlot* find_free();
  ArraySlot* make();
  void wait();
  void give_back(ArraySlot& slot);

  py::object factory_;
  std::size_t most_;
  std::mutex mutex_;  // guards what follows; nothing of Python's is done under it
  std::vector<std::unique_ptr<ArraySlot>> slots_;
  std::size_t being_made_ = 0;
  std::size_t waiting_ = 0;  // threads that nobody has woken yet
  std::counting_semaphore<> freed_{
      0};  // not a condition variable: in the child of a fork those wait for who waits for them
};

}  // namespace wasmedge
