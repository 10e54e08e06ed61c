// SPDX-License-Identifier: Apache-2.0
// Takes scalars through a guest block by block (wasmedge/wasmedge_execution.h).
#include <algorithm>
#include <array>
#include <cstring>

#include "array_loop.hpp"

namespace wasmedge {
namespace {

/// Elements of `Bytes` bytes from anywhere to one after the other, or the other way round; none needs to be aligned.
template <std::size_t Bytes>
void copy_strided(char* to, Py_ssize_t to_stride, const char* from, Py_ssize_t from_stride,
                  std::int64_t count) noexcept {
  if (to_stride == Py_ssize_t{Bytes} && from_stride == Py_ssize_t{Bytes}) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * Bytes);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(to + (i * to_stride), from + (i * from_stride), Bytes);
}

void copy_elements(std::uint32_t bytes, char* to, Py_ssize_t to_stride, const char* from, Py_ssize_t from_stride,
                   std::int64_t count) noexcept {
  if (bytes == 4) {
    copy_strided<4>(to, to_stride, from, from_stride, count);
  } else {
    copy_strided<8>(to, to_stride, from, from_stride, count);
  }
}

char* place(const ArraySlot& slot, const ElementLoop::Operand& operand) noexcept {
  return reinterpret_cast<char*>(slot.base) + operand.base;
}

/// Runs one of the loops over elements that are in the memory. What is done is counted from the first that is there.
Stretch invoke(const ArraySlot& slot, WasmEdge_ExecutorContext* executor, const WasmEdge_FunctionInstanceContext* loop,
               std::int64_t begin, std::int64_t end) noexcept {
  auto index = static_cast<std::uint32_t>(begin);
  std::memcpy(slot.base, &index, sizeof index);
  const std::array<WasmEdge_Value, 2> values{WasmEdge_ValueGenI32(static_cast<std::int32_t>(begin)),
                                             WasmEdge_ValueGenI32(static_cast<std::int32_t>(end))};
  const WasmEdge_Result result = WasmEdge_ExecutorInvoke(executor, loop, values.data(), 2, nullptr, 0);
  Stretch stretch{end, result, WasmEdge_ResultGetCode(result) != WasmEdge_ErrCode_Terminated};
  if (stretch.is_complete()) return stretch;
  std::memcpy(&index, slot.base, sizeof index);
  stretch.done = std::clamp<std::int64_t>(index, begin, end);
  return stretch;
}

}  // namespace

bool ElementLoop::is_sequential(const Pieces& pieces) const noexcept {
  if (inputs_.size() != 2 || outputs_.size() != 1 || pieces.count() < 2) return false;
  // So numpy reduces: the output is the first input. And so it accumulates: the output is the first input one further on.
  return pieces.strides[0] == pieces.strides[2] &&
         (pieces.strides[0] == 0 ? pieces.args[0] == pieces.args[2]
                                 : pieces.args[0] + pieces.strides[0] == pieces.args[2]);
}

Stretch ElementLoop::run_block(const ArraySlot& slot, WasmEdge_ExecutorContext* executor,
                               std::int64_t count) const noexcept {
  const std::int64_t grouped = slot.grouped == nullptr ? 0 : count - (count % group_);
  if (grouped != 0) {
    Stretch stretch = invoke(slot, executor, slot.grouped, 0, grouped);
    if (!stretch.is_complete()) {
      // The elements before it in its group are done again, as their results were not stored: the function keeps no state.
      const std::int64_t first = stretch.done - (stretch.done % group_);
      if (first == stretch.done) return stretch;
      const Stretch again = invoke(slot, executor, slot.loop, first, stretch.done);
      if (!again.is_complete()) stretch.done = again.done;
      return stretch;
    }
  }
  if (grouped == count) return {count, WasmEdge_Result_Success};
  return invoke(slot, executor, slot.loop, grouped, count);
}

void ElementLoop::gather(const ArraySlot& slot, const Pieces& pieces, std::size_t operand, std::int64_t first,
                         std::int64_t count) const noexcept {
  const Operand& input = inputs_[operand];
  const Py_ssize_t stride = pieces.strides[operand];
  copy_elements(input.bytes, place(slot, input), input.bytes, pieces.args[operand] + (first * stride), stride, count);
}

Stretch ElementLoop::run(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces, std::int64_t begin,
                         std::int64_t end) const noexcept {
  if (slot.scan != nullptr && is_sequential(pieces)) return scan(slot, executor, pieces);
  for (std::int64_t first = begin; first < end; first += block_) {
    const std::int64_t count = std::min(block_, end - first);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      // What is the same for all elements is there already: no block is longer than the first.
      if (pieces.strides[i] != 0 || first == begin) gather(slot, pieces, i, first, count);
    }
    Stretch stretch = run_block(slot, executor, count);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const Py_ssize_t stride = pieces.strides[inputs_.size() + i];
      copy_elements(outputs_[i].bytes, pieces.args[inputs_.size() + i] + (first * stride), stride,
                    place(slot, outputs_[i]), outputs_[i].bytes, stretch.done);
    }
    stretch.done += first - begin;
    if (!stretch.is_complete() || first + count == end) return stretch;
  }
  return {};
}

/// The guest keeps the result of one element for the next.
Stretch ElementLoop::scan(ArraySlot& slot, WasmEdge_ExecutorContext* executor, const Pieces& pieces) const noexcept {
  const Operand& result = outputs_[0];
  const Py_ssize_t stride = pieces.strides[2];
  copy_elements(result.bytes, place(slot, inputs_[0]), 0, pieces.args[0], 0, 1);
  for (std::int64_t first = 0;; first += block_) {
    const std::int64_t count = std::min(block_, pieces.count() - first);
    gather(slot, pieces, 1, first, count);
    Stretch stretch = invoke(slot, executor, slot.scan, 0, count);
    if (stretch.done > 0) {
      const char* last = place(slot, result) + ((stretch.done - 1) * std::int64_t{result.bytes});
      copy_elements(result.bytes, place(slot, inputs_[0]), 0, last, 0, 1);
      if (stride == 0) {
        copy_elements(result.bytes, pieces.args[2], 0, last, 0, 1);
      } else {
        copy_elements(result.bytes, pieces.args[2] + (first * stride), stride, place(slot, result), result.bytes,
                      stretch.done);
      }
    }
    stretch.done += first;
    if (!stretch.is_complete() || stretch.done == pieces.count()) return stretch;
  }
}

}  // namespace wasmedge
