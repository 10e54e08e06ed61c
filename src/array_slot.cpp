// SPDX-License-Identifier: Apache-2.0
// Hands out the instances of a ufunc (wasmedge/wasmedge_instance.h).
#include "array_slot.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "anchor.hpp"
#include "errors.hpp"
#include "function.hpp"
#include "gil.hpp"
#include "memory.hpp"

namespace wasmedge {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(50);  // between two looks for Ctrl-C

/// The pools that this thread has instances of, again for each.
thread_local std::vector<const SlotPool*> held;

/// Reads what the factory gives: (loop, scan or None, memory, where the loop's own bytes begin, how many they are, and the
/// loop over groups or None).
std::unique_ptr<ArraySlot> slot_from(const py::tuple& made) {
  auto slot = std::make_unique<ArraySlot>();
  slot->loop_object = made[0];
  slot->scan_object = made[1];
  slot->memory_object = made[2];
  slot->grouped_object = made[5];
  const Anchor& anchor = living_anchor(function_anchor(slot->loop_object), "function's instance");
  slot->executor = anchor.executor;
  slot->shift = anchor.shift;
  slot->has_unmetered = anchor.metering.has_unmetered;
  slot->loop = callee_of(slot->loop_object).context;
  if (!slot->scan_object.is_none()) slot->scan = callee_of(slot->scan_object).context;
  if (!slot->grouped_object.is_none()) slot->grouped = callee_of(slot->grouped_object).context;
  const auto& memory = slot->memory_object.cast<const Memory&>();
  slot->memory = memory.context();
  slot->region = made[3].cast<std::uint64_t>();
  slot->region_size = made[4].cast<std::uint64_t>();
  slot->base = memory.bytes(0, slot->region + slot->region_size);
  return slot;
}

}  // namespace

SlotPool::SlotPool(py::object factory, std::size_t most) : factory_(std::move(factory)), most_(most) {}

SlotPool::Lease::Lease(SlotPool& pool, ArraySlot& slot) : pool_(&pool), slot_(&slot) { held.push_back(pool_); }

SlotPool::Lease::~Lease() {
  if (slot_ == nullptr) return;
  held.erase(std::ranges::find(held, pool_));
  pool_->give_back(*slot_);
}

SlotPool::Lease SlotPool::take() {
  for (;;) {
    if (!factory_) throw_closed("array function");  // the collector was here
    if (auto lease = try_take()) return std::move(*lease);
    if (std::ranges::find(held, this) != held.end()) {
      PyErr_SetString(PyExc_RuntimeError,
                      "this array function is called by a function that it calls itself, and has no instance left");
      throw py::error_already_set();
    }
    wait();
  }
}

std::optional<SlotPool::Lease> SlotPool::try_take() {
  ArraySlot* slot = find_free();
  if (slot == nullptr) slot = make();
  if (slot == nullptr) return std::nullopt;
  return std::optional<Lease>(std::in_place, *this, *slot);
}

bool SlotPool::is_free(const ArraySlot& slot) noexcept {
  if (!slot.busy) return true;
  // What other threads had at a fork is not given back in the child.
  return slot.forks != ForkCount::now() && !ForkCount::was_made_by(slot.user);
}

void SlotPool::occupy(ArraySlot& slot) noexcept {
  slot.busy = true;
  slot.forks = ForkCount::now();
  slot.user = pthread_self();
}

ArraySlot* SlotPool::find_free() {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(slots_, [](const auto& slot) { return is_free(*slot); });
  if (found == slots_.end()) return nullptr;
  occupy(**found);
  return found->get();
}

ArraySlot* SlotPool::make() {
  {
    const std::lock_guard lock(mutex_);
    if (slots_.size() + being_made_ >= most_) return nullptr;
    ++being_made_;
  }
  std::unique_ptr<ArraySlot> made;
  try {
    made = slot_from(py::tuple(steal(PyObject_CallNoArgs(factory_.ptr()))));
  } catch (...) {
    const std::lock_guard lock(mutex_);
    --being_made_;
    throw;
  }
  const std::lock_guard lock(mutex_);
  --being_made_;
  occupy(*made);
  slots_.push_back(std::move(made));
  return slots_.back().get();
}

void SlotPool::wait() {
  {
    const std::lock_guard lock(mutex_);
    ++waiting_;
  }
  if (!without_gil([&] { return freed_.try_acquire_for(kPatience); })) {
    const std::lock_guard lock(mutex_);
    if (waiting_ > 0) --waiting_;
  }
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

void SlotPool::give_back(ArraySlot& slot) {
  const std::lock_guard lock(mutex_);
  slot.busy = false;
  if (waiting_ == 0) return;
  --waiting_;
  freed_.release();
}

void SlotPool::clear() {
  const py::object factory = std::move(factory_);
  std::vector<std::unique_ptr<ArraySlot>> dropped;
  const std::lock_guard lock(mutex_);
  most_ = 0;
  for (auto& slot : slots_) {
    if (!slot->busy) dropped.push_back(std::move(slot));
  }
  std::erase(slots_, nullptr);
}

}  // namespace wasmedge
