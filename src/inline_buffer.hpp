// SPDX-License-Identifier: Apache-2.0
// Room for what one call passes.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace wasmedge {

/// As many items as are asked for, left as they are: on the stack for nearly every function, on the heap for the rest.
template <class T>
class InlineBuffer {
 public:
  explicit InlineBuffer(std::size_t size) : size_(size) {
    if (size > inline_.size()) overflow_.resize(size);
    data_ = size > inline_.size() ? overflow_.data() : inline_.data();
  }
  InlineBuffer(const InlineBuffer&) = delete;
  InlineBuffer& operator=(const InlineBuffer&) = delete;
  InlineBuffer(InlineBuffer&&) = delete;
  InlineBuffer& operator=(InlineBuffer&&) = delete;
  ~InlineBuffer() = default;

  std::size_t size() const noexcept { return size_; }
  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  T& operator[](std::size_t index) noexcept { return data_[index]; }

 private:
  std::array<T, 8> inline_;
  std::vector<T> overflow_;
  T* data_;
  std::size_t size_;
};

}  // namespace wasmedge
