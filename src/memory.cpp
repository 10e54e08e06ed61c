// SPDX-License-Identifier: Apache-2.0
// Binds Memory (wasmedge/wasmedge_instance.h).
#include "memory.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "anchor.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

// Below this many bytes letting go of the GIL costs more than the copy.
constexpr std::size_t kLargeMove = std::size_t{1} << 16;

/// A pointer to `length` bytes at `offset`, or IndexError. Stays valid as long as the memory: its base never moves and it
/// never shrinks (facts: 12 GiB of address space are reserved for each).
std::uint8_t* checked_pointer(const Memory& memory, std::int64_t offset, std::uint64_t length) {
  const std::uint64_t size = memory.size();
  const bool fits =
      offset >= 0 && std::cmp_less_equal(offset, size) && length <= size - static_cast<std::uint64_t>(offset);
  if (!fits) {
    throw_index_error(std::to_string(length) + " bytes at offset " + std::to_string(offset) +
                      " are outside of the memory of " + std::to_string(size) + " bytes");
  }
  // An offset just past the end is in range for nothing at all; the runtime gives no pointer there.
  if (length == 0) return nullptr;
  return WasmEdge_MemoryInstanceGetPointer(memory.context(), static_cast<std::uint64_t>(offset), length);
}

void copy_bytes(void* target, const void* source, std::size_t length) {
  if (length == 0) return;
  if (length < kLargeMove) {
    std::memcpy(target, source, length);
  } else {
    without_gil([&] { return std::memcpy(target, source, length); });
  }
}

/// An int as sequences take it: one that no memory can have is an IndexError, and not another type.
std::int64_t to_position(const py::object& object) {
  const Py_ssize_t position = call_python([&] { return PyNumber_AsSsize_t(object.ptr(), PyExc_IndexError); });
  if (position == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return position;
}

py::bytes memory_read(const Memory& self, const py::object& offset_object, const py::object& size_object) {
  const std::int64_t offset = to_position(offset_object);
  const std::int64_t size = to_position(size_object);
  if (size < 0) throw_value_error("size must not be negative, but is " + std::to_string(size));
  const auto length = static_cast<std::size_t>(size);
  const std::uint8_t* source = checked_pointer(self, offset, length);
  PyObject* bytes = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
  if (bytes == nullptr) throw py::error_already_set();
  copy_bytes(PyBytes_AS_STRING(bytes), source, length);
  return py::reinterpret_steal<py::bytes>(bytes);
}

/// Releases the buffer's lock on its owner at the end of the scope.
class BufferLock {
 public:
  explicit BufferLock(py::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw py::error_already_set();
  }
  ~BufferLock() { PyBuffer_Release(&view_); }
  BufferLock(const BufferLock&) = delete;
  BufferLock& operator=(const BufferLock&) = delete;
  BufferLock(BufferLock&&) = delete;
  BufferLock& operator=(BufferLock&&) = delete;

  const void* data() const noexcept { return view_.buf; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(view_.len); }

 private:
  Py_buffer view_{};
};

void memory_write(const Memory& self, const py::object& offset_object, const py::buffer& data) {
  const std::int64_t offset = to_position(offset_object);
  const BufferLock source(data);
  copy_bytes(checked_pointer(self, offset, source.size()), source.data(), source.size());
}

/// 8 GiB: beyond that the runtime would map pages over what is behind its reservation (facts: memory instance).
constexpr std::uint64_t kMaxPages64 = 131072;
constexpr std::uint64_t kMaxPages32 = 65536;

/// The same type with a maximum that the runtime can keep to.
MemoryType capped(MemoryType type) {
  const std::uint64_t highest = type.limit.is64 ? kMaxPages64 : kMaxPages32;
  if (type.limit.min > highest) {
    throw_value_error("a memory begins with at most " + std::to_string(highest) + " pages, not " +
                      std::to_string(type.limit.min));
  }
  if (type.limit.is64) type.limit.max = std::min(type.limit.max.value_or(highest), highest);
  return type;
}

Memory memory_make(const py::object& wanted) {
  const MemoryType type =
      capped(py::isinstance<MemoryType>(wanted) ? wanted.cast<MemoryType>()
                                                : py::type::of<MemoryType>()(wanted).cast<MemoryType>());
  drop_log_records();
  auto memory = make_standalone<Memory>(WasmEdge_MemoryInstanceCreate(type.context().get()), "memory");
  flush_log_records();
  // The runtime goes on with a memory of no pages when it could not get address space or pages.
  if (memory.pages() < type.limit.min) throw std::bad_alloc();
  return memory;
}

std::uint64_t memory_grow(Memory& self, std::uint64_t count) {
  const std::uint64_t before = self.pages();
  const Limit limit = self.type().limit;
  const std::uint64_t highest = limit.max.value_or(limit.is64 ? kMaxPages64 : kMaxPages32);
  drop_log_records();
  const bool fits = count <= highest && before <= highest - count;
  const WasmEdge_Result result =
      fits ? without_gil([&] { return WasmEdge_MemoryInstanceGrowPage(self.context(), count); }) : WasmEdge_Result_Fail;
  if (!WasmEdge_ResultOK(result)) {
    drop_log_records();
    throw_value_error("cannot grow the memory of " + std::to_string(before) + " pages by " + std::to_string(count) +
                      ": its maximum is " + std::to_string(highest) + " pages, or what the configuration allows");
  }
  flush_log_records();
  return before;
}

py::object memory_enter(const py::object& self) { return self; }
void memory_exit(Memory& self, const py::args&) { self.clear(); }

std::string memory_repr(const py::object& object) {
  const auto& self = object.cast<const Memory&>();
  if (!self.anchor()) return "<Memory closed>";
  const std::uint64_t pages = self.pages();
  const auto max = self.type().limit.max;
  return "<Memory " + std::to_string(pages) + (pages == 1 ? " page (" : " pages (") + std::to_string(pages * 64) +
         " KiB)" + (max ? ", max " + std::to_string(*max) : "") + ">";
}

}  // namespace

void register_memory(py::module_& m) {
  py::classh<Memory>(m, "Memory", py::is_final(), guarded_metaclass(), "A linear memory.", collectable<Memory>())
      .def(py::init(&memory_make), py::arg("type"))
      .def_property_readonly("type", &Memory::type, "The limits in pages.")
      .def_property_readonly("pages", &Memory::pages, "The current number of pages of 64 KiB.")
      .def_property_readonly("size", &Memory::size, "The current size in bytes.")
      .def("read", &memory_read, py::arg("offset"), py::arg("size"), "Return a copy of some bytes of the memory.")
      .def("write", &memory_write, py::arg("offset"), py::arg("data"), "Copy the bytes of a buffer into the memory.")
      .def("grow", &memory_grow, py::arg("pages"), "Add pages, and return how many there were.")
      .def("close", &Memory::clear, "Let go of the memory.")
      .def("__enter__", &memory_enter)
      .def("__exit__", &memory_exit)
      .def("__eq__", &same_context<Memory>, py::arg("other"))
      .def("__hash__", &hash_context<Memory>)
      .def("__repr__", &memory_repr);
}

}  // namespace wasmedge
