// SPDX-License-Identifier: Apache-2.0
// Takes arrays through a guest batch by batch (wasmedge/wasmedge_execution.h, wasmedge_instance.h).
#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "array_loop.hpp"
#include "inline_buffer.hpp"

namespace wasmedge {
namespace {

constexpr std::uint64_t kPageBytes = 65536;
constexpr std::uint64_t kAlignment = 16;  // of each operand, and the room at the front for the number of the element
constexpr std::uint64_t kBatchBytes = std::uint64_t{256} << 10;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 32;  // what pointers of 32 bits address

std::uint64_t aligned(std::uint64_t bytes) noexcept { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// Lengths and strides of one operand's core dimensions.
struct Core {
  const Py_ssize_t* lengths;
  const std::size_t* dimensions;
  const Py_ssize_t* strides;
  std::size_t count;
};

/// Copies an operand's items between an array and one place after the other; gives the place after the last.
char* copy_core(const Core& core, std::size_t dimension, char* array, char* packed, std::uint32_t bytes,
                bool to_array) noexcept {
  if (dimension == core.count) {
    std::memcpy(to_array ? array : packed, to_array ? packed : array, bytes);
    return packed + bytes;
  }
  const Py_ssize_t length = core.lengths[core.dimensions[dimension]];
  const Py_ssize_t stride = core.strides[dimension];
  if (dimension + 1 == core.count && std::cmp_equal(stride, bytes)) {
    const std::size_t size = static_cast<std::size_t>(length) * bytes;
    std::memcpy(to_array ? array : packed, to_array ? packed : array, size);
    return packed + size;
  }
  for (Py_ssize_t i = 0; i < length; ++i) {
    packed = copy_core(core, dimension + 1, array + (i * stride), packed, bytes, to_array);
  }
  return packed;
}

/// Sees to it that the region is so large, at the end of the memory.
bool require_region(ArraySlot& slot, std::uint64_t bytes) noexcept {
  if (slot.region_size >= bytes) return true;
  const std::uint64_t size = std::uint64_t{WasmEdge_MemoryInstanceGetPageSize(slot.memory)} * kPageBytes;
  const bool is_last = slot.region_size != 0 && slot.region + slot.region_size == size;
  const std::uint64_t more = is_last ? bytes - slot.region_size : bytes;
  const std::uint64_t pages = (more + kPageBytes - 1) / kPageBytes;
  if (size + (pages * kPageBytes) > kMostBytes) return false;
  if (!WasmEdge_ResultOK(WasmEdge_MemoryInstanceGrowPage(slot.memory, pages))) return false;
  if (!is_last) slot.region = size;
  slot.region_size = (is_last ? slot.region_size : 0) + (pages * kPageBytes);
  return true;
}

}  // namespace

/// Where a batch lies in the region.
struct CoreLoop::Plan {
  std::int64_t batch = 0;  // how many elements; 0 when one is too large for any memory
  std::uint64_t bytes = 0;
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint64_t> steps;
};

CoreLoop::Plan CoreLoop::plan(const Pieces& pieces, std::int64_t count) const {
  Plan made;
  std::uint64_t element = 0;
  for (const Operand& operand : operands_) {
    std::uint64_t step = operand.bytes;
    for (const std::size_t dimension : operand.dimensions) {
      const auto length = static_cast<std::uint64_t>(pieces.dimensions[1 + dimension]);
      if (length != 0 && step > kMostBytes / length) return made;
      step *= length;
    }
    made.steps.push_back(step);
    element += step;
  }
  made.batch = std::clamp<std::int64_t>(static_cast<std::int64_t>(kBatchBytes / std::max<std::uint64_t>(element, 1)), 1,
                                        std::max<std::int64_t>(count, 1));
  made.bytes = kAlignment;
  for (const std::uint64_t step : made.steps) {
    made.offsets.push_back(made.bytes);
    made.bytes += aligned(step * static_cast<std::uint64_t>(made.batch));
  }
  if (made.bytes > kMostBytes) made.batch = 0;
  return made;
}

Stretch CoreLoop::run(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
                      std::int64_t end) const noexcept {
  try {
    return run_batches(slot, executor, pieces, begin, end);
  } catch (const std::bad_alloc&) {
    return {0, WasmEdge_Result_Success, true, true};
  }
}

Stretch CoreLoop::run_batches(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces,
                              std::int64_t begin, std::int64_t end) const {
  const Plan plan = this->plan(pieces, end - begin);
  if (plan.batch == 0 || !require_region(slot, plan.bytes)) return {0, WasmEdge_Result_Success, true, true};
  std::vector<Core> cores;
  const Py_ssize_t* strides = pieces.strides + operands_.size();
  for (const Operand& operand : operands_) {
    cores.push_back({pieces.dimensions + 1, operand.dimensions.data(), strides, operand.dimensions.size()});
    strides += operand.dimensions.size();
  }
  char* const region = reinterpret_cast<char*>(slot.base) + slot.region;
  std::vector<WasmEdge_Value> values{WasmEdge_ValueGenI32(static_cast<std::int32_t>(slot.region)), {}};
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    values.push_back(WasmEdge_ValueGenI32(static_cast<std::int32_t>(slot.region + plan.offsets[i])));
    values.push_back(WasmEdge_ValueGenI32(static_cast<std::int32_t>(plan.steps[i])));
  }
  for (std::size_t i = 0; i < dimension_count_; ++i) {
    values.push_back(WasmEdge_ValueGenI32(static_cast<std::int32_t>(pieces.dimensions[1 + i])));
  }
  const auto copy = [&](std::size_t operand, std::int64_t first, std::int64_t count, bool to_array) {
    char* packed = region + plan.offsets[operand];
    for (std::int64_t i = 0; i < count; ++i) {
      packed = copy_core(cores[operand], 0, pieces.args[operand] + ((first + i) * pieces.strides[operand]), packed,
                         operands_[operand].bytes, to_array);
    }
  };
  for (std::int64_t first = begin;; first += plan.batch) {
    const std::int64_t count = std::min(plan.batch, end - first);
    for (std::size_t i = 0; i < inputs_; ++i) copy(i, first, count, false);
    for (std::size_t i = inputs_; i < operands_.size(); ++i) {
      std::memset(region + plan.offsets[i], 0, plan.steps[i] * static_cast<std::uint64_t>(count));
    }
    std::uint32_t index = 0;
    std::memcpy(region, &index, sizeof index);
    values[1] = WasmEdge_ValueGenI32(static_cast<std::int32_t>(count));
    const WasmEdge_Result result = WasmEdge_ExecutorInvoke(executor, slot.loop, values.data(),
                                                           static_cast<std::uint32_t>(values.size()), nullptr, 0);
    Stretch stretch{count, result, WasmEdge_ResultGetCode(result) != WasmEdge_ErrCode_Terminated};
    if (!stretch.is_complete()) {
      std::memcpy(&index, region, sizeof index);
      stretch.done = std::min<std::int64_t>(index, count);
    }
    for (std::size_t i = inputs_; i < operands_.size(); ++i) copy(i, first, stretch.done, true);
    stretch.done += first - begin;
    if (!stretch.is_complete() || first + count == end) return stretch;
  }
}

}  // namespace wasmedge
