// SPDX-License-Identifier: Apache-2.0
// Binds the moves of Memory: read, write, read_into, fill, copy (WebAssembly specification, section 4.4.7).
#include "memory_moves.hpp"

#include <cstring>
#include <string>

#include "errors.hpp"
#include "gil.hpp"
#include "integers.hpp"

namespace wasmedge {
namespace {

// Below this many bytes letting go of the GIL costs more than the copy.
constexpr std::uint64_t kLargeMove = std::uint64_t{1} << 16;

/// Runs work on bytes of a memory. The memory may be closed by another thread while the GIL is let go, so its anchor is
/// held meanwhile.
template <class Work>
void move_bytes(const Memory& memory, std::uint64_t length, Work&& work) {
  const py::object anchor = memory.anchor();
  if (length < kLargeMove) {
    work();
  } else {
    without_gil(std::forward<Work>(work));
  }
}

void copy_bytes(const Memory& memory, void* target, const void* source, std::uint64_t length) {
  // Source and target may be one memory.
  move_bytes(memory, length, [&] { std::memmove(target, source, length); });
}

std::uint64_t memory_read_into(const Memory& self, const py::object& offset_object, const py::object& object) {
  const std::int64_t offset = position_from(offset_object, "offset");
  const Buffer target = any_writable(object);
  std::uint8_t* source = self.bytes(offset, target.size());
  if (target.is_contiguous()) {
    copy_bytes(self, target.bytes().data(), source, target.size());
  } else {
    const std::vector<std::uint8_t> copy(source, source + target.size());
    const Py_buffer& view = target.view();
    // CPython 3.10 does not say that it only reads them.
    auto* const data = const_cast<std::uint8_t*>(copy.data());
    if (PyBuffer_FromContiguous(const_cast<Py_buffer*>(&view), data, view.len, 'C') != 0) throw py::error_already_set();
  }
  return target.size();
}

void memory_fill(const Memory& self, const py::object& offset_object, const py::object& value_object,
                 const py::object& size_object) {
  const std::int64_t offset = position_from(offset_object, "offset");
  const std::uint8_t value = byte_from(value_object, "value");
  const std::uint64_t size = byte_count(size_object);
  std::uint8_t* target = self.bytes(offset, size);
  move_bytes(self, size, [&] { std::memset(target, value, size); });
}

void memory_copy(const Memory& self, const py::object& destination, const py::object& source,
                 const py::object& size_object) {
  const std::int64_t to = position_from(destination, "destination");
  const std::int64_t from = position_from(source, "source");
  const std::uint64_t size = byte_count(size_object);
  std::uint8_t* target = self.bytes(to, size);
  copy_bytes(self, target, self.bytes(from, size), size);
}

}  // namespace

std::uint64_t byte_count(py::handle object) {
  const std::int64_t size = position_from(object, "size");
  if (size < 0) throw_value_error("size must not be negative, but is " + std::to_string(size));
  return static_cast<std::uint64_t>(size);
}

std::uint8_t byte_from(py::handle object, const char* what) {
  const std::int64_t number = position_from(object, what);
  if (number < 0 || number > UINT8_MAX) throw_value_error("a byte is from 0 to 255, not " + std::to_string(number));
  return static_cast<std::uint8_t>(number);
}

std::vector<std::uint8_t> gathered(const Buffer& source) {
  std::vector<std::uint8_t> bytes(source.size());
  const Py_buffer& view = source.view();
  // As above.
  if (PyBuffer_ToContiguous(bytes.data(), const_cast<Py_buffer*>(&view), view.len, 'C') != 0) {
    throw py::error_already_set();
  }
  return bytes;
}

py::bytes read_bytes(const Memory& memory, std::int64_t offset, std::uint64_t size) {
  const std::uint8_t* source = memory.bytes(offset, size);
  PyObject* made = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
  if (made == nullptr) throw py::error_already_set();
  auto bytes = py::reinterpret_steal<py::bytes>(made);
  copy_bytes(memory, PyBytes_AS_STRING(made), source, size);
  return bytes;
}

void write_buffer(const Memory& memory, std::int64_t offset, const Buffer& source) {
  std::uint8_t* target = memory.bytes(offset, source.size());
  if (source.is_contiguous()) {
    copy_bytes(memory, target, source.bytes().data(), source.size());
  } else {
    const std::vector<std::uint8_t> bytes = gathered(source);
    copy_bytes(memory, target, bytes.data(), bytes.size());
  }
}

void define_moves(py::classh<Memory>& memory_class) {
  memory_class
      .def("read_into", &memory_read_into, py::arg("offset"), py::arg("buffer"),
           "Copy bytes of the memory into a buffer, and return how many.")
      .def("fill", &memory_fill, py::arg("offset"), py::arg("value"), py::arg("size"),
           "Set each of some bytes to a value.")
      .def("copy", &memory_copy, py::arg("destination"), py::arg("source"), py::arg("size"),
           "Copy bytes from one place of the memory to another.");
}

}  // namespace wasmedge
