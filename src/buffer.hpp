// SPDX-License-Identifier: Apache-2.0
// The bytes of Python objects that have the buffer protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "pybind.hpp"

namespace wasmedge {

/// A buffer of a Python object, whose owner keeps it where it is until the end of this. GIL held to make and to destroy.
class Buffer {
 public:
  Buffer() = default;

  /// Throws what the object makes of the request: TypeError when it has no buffers, BufferError or ValueError when it
  /// has none of this form. `flags` are those of PyObject_GetBuffer.
  Buffer(py::handle object, int flags) : view_(new Py_buffer{}) {
    if (PyObject_GetBuffer(object.ptr(), view_.get(), flags) != 0) {
      throw py::error_already_set();
    }
  }

  bool empty() const noexcept { return view_ == nullptr; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(view_->len); }
  bool is_contiguous() const noexcept { return PyBuffer_IsContiguous(view_.get(), 'C') != 0; }
  const Py_buffer& view() const noexcept { return *view_; }

  /// The bytes of a contiguous buffer.
  std::span<std::uint8_t> bytes() const noexcept { return {static_cast<std::uint8_t*>(view_->buf), size()}; }

 private:
  struct Release {
    void operator()(Py_buffer* view) const noexcept {
      PyBuffer_Release(view);
      delete view;
    }
  };

  // On the heap, as a Py_buffer must stay where it was filled in: its strides may point into itself.
  std::unique_ptr<Py_buffer, Release> view_;
};

/// A buffer of any type and any strides, to read from. Throws TypeError when its elements are Python objects.
Buffer any_readable(py::handle object);

/// A buffer of any type and any strides, to write to. Throws TypeError when its elements are Python objects.
Buffer any_writable(py::handle object);

}  // namespace wasmedge
