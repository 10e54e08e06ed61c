// SPDX-License-Identifier: Apache-2.0
// How a stretch of elements goes through a guest: into its memory, through its loop, and out again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "array_slot.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// What numpy hands to an inner loop.
struct Pieces {
  char** args;
  const Py_ssize_t* dimensions;
  const Py_ssize_t* strides;

  std::int64_t count() const noexcept { return dimensions[0]; }
};

/// How far a stretch was done, from its first element on, and the runtime's last word.
struct Stretch {
  std::int64_t done = 0;
  WasmEdge_Result result{};
  bool has_ended = true;       // false when the guest ended itself in the middle, which is no failure to the runtime
  bool out_of_memory = false;  // when the guest has no room for a single element

  bool is_complete() const noexcept { return WasmEdge_ResultOK(result) && has_ended && !out_of_memory; }
};

/// Works without the GIL, and throws nothing. What is done is written to the outputs; nothing else is.
class ArrayLoop {
 public:
  ArrayLoop() = default;
  virtual ~ArrayLoop() = default;
  ArrayLoop(const ArrayLoop&) = delete;
  ArrayLoop& operator=(const ArrayLoop&) = delete;
  ArrayLoop(ArrayLoop&&) = delete;
  ArrayLoop& operator=(ArrayLoop&&) = delete;

  virtual Stretch run(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
                      std::int64_t end) const noexcept = 0;

  /// Whether the elements depend on each other, as those of a reduction.
  virtual bool is_sequential(const Pieces& pieces) const noexcept = 0;

  /// How many elements a thread takes at once, at least.
  virtual std::int64_t least_portion() const noexcept = 0;
};

/// A loop over scalars: the module's copy has a memory of its own for them, in which each operand has its place.
class ElementLoop : public ArrayLoop {
 public:
  struct Operand {
    std::uint32_t bytes;  // of an element: 4 or 8
    std::uint32_t base;   // where its elements are in the memory
  };

  /// `block` is how many elements there is room for, `group` how many the loop over groups takes at once. The number of the
  /// element that is being worked on is at address 0.
  ElementLoop(std::vector<Operand> inputs, std::vector<Operand> outputs, std::uint32_t block, std::uint32_t group)
      : inputs_(std::move(inputs)), outputs_(std::move(outputs)), block_(block), group_(group) {}

  Stretch run(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
              std::int64_t end) const noexcept override;
  bool is_sequential(const Pieces& pieces) const noexcept override;
  std::int64_t least_portion() const noexcept override { return 4096; }

 private:
  Stretch run_block(const ArraySlot& slot, WasmEdge_ExecutorContext* executor, std::int64_t count) const noexcept;
  Stretch scan(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces) const noexcept;
  void gather(const ArraySlot& slot, const Pieces& pieces, std::size_t operand, std::int64_t first,
              std::int64_t count) const noexcept;

  std::vector<Operand> inputs_;
  std::vector<Operand> outputs_;
  std::int64_t block_;
  std::int64_t group_;
};

/// A loop over arrays of a generalized function: they go to a region of the guest's own memory, for its function to find
/// by pointers.
class CoreLoop : public ArrayLoop {
 public:
  struct Operand {
    std::uint32_t bytes;                  // of one item
    std::vector<std::size_t> dimensions;  // which of the signature's, in order
  };

  CoreLoop(std::vector<Operand> operands, std::size_t inputs, std::size_t dimension_count)
      : operands_(std::move(operands)), inputs_(inputs), dimension_count_(dimension_count) {}

  Stretch run(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
              std::int64_t end) const noexcept override;
  bool is_sequential(const Pieces&) const noexcept override { return false; }
  std::int64_t least_portion() const noexcept override { return 1; }

 private:
  struct Plan;
  Plan plan(const Pieces& pieces, std::int64_t count) const;
  Stretch run_batches(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
                      std::int64_t end) const;

  std::vector<Operand> operands_;
  std::size_t inputs_;
  std::size_t dimension_count_;
};

}  // namespace wasmedge
