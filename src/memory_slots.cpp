// SPDX-License-Identifier: Apache-2.0
// Binds the C slots of Memory: the buffer protocol, indices and slices, and read, write and view as fast methods.
#include "memory_slots.hpp"

#include <array>
#include <string>
#include <vector>

#include "errors.hpp"
#include "garbage.hpp"
#include "integers.hpp"
#include "memory.hpp"
#include "memory_moves.hpp"
#include "memory_view.hpp"
#include "method.hpp"

namespace wasmedge {
namespace {

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;  // for when there is none
  return in_number_slot([&] {
    auto& memory = self_of<Memory>(self);
    const std::uint64_t size = memory.size();
    if (PyBuffer_FillInfo(view, self, memory.bytes(0, 0), static_cast<Py_ssize_t>(size), 0, flags) != 0) return -1;
    memory.lend();
    return 0;
  });
}

void release_buffer(PyObject* self, Py_buffer*) { self_of<Memory>(self).give_back(); }

Py_ssize_t length(PyObject* self) {
  return in_number_slot([&] { return static_cast<Py_ssize_t>(self_of<Memory>(self).size()); });
}

/// The elements that a slice picks out of a memory of its present size.
struct Picked {
  Py_ssize_t start = 0;
  Py_ssize_t stop = 0;
  Py_ssize_t step = 0;
  Py_ssize_t count = 0;
};

Picked pick(const Memory& memory, py::handle slice) {
  Picked picked;
  if (PySlice_Unpack(slice.ptr(), &picked.start, &picked.stop, &picked.step) != 0) {
    throw py::error_already_set();
  }
  picked.count =
      PySlice_AdjustIndices(static_cast<Py_ssize_t>(memory.size()), &picked.start, &picked.stop, picked.step);
  return picked;
}

/// The byte at an index, which counts from the end when it is negative.
std::uint8_t& byte_at(const Memory& memory, py::handle key) {
  const std::int64_t index = position_from(key, "the index");
  return *memory.bytes(index < 0 ? index + static_cast<std::int64_t>(memory.size()) : index, 1);
}

py::object get_slice(const Memory& memory, py::handle slice) {
  const Picked picked = pick(memory, slice);
  if (picked.step == 1) return read_bytes(memory, picked.start, static_cast<std::uint64_t>(picked.count));
  const std::uint8_t* bytes = memory.bytes(0, memory.size());
  std::string found(static_cast<std::size_t>(picked.count), '\0');
  Py_ssize_t place = picked.start;
  for (char& each : found) {
    each = static_cast<char>(bytes[place]);
    place += picked.step;
  }
  return py::bytes(found);
}

void set_slice(const Memory& memory, py::handle slice, py::handle value) {
  const Buffer source = any_readable(value);
  const Picked picked = pick(memory, slice);
  if (source.size() != static_cast<std::size_t>(picked.count)) {
    throw_value_error("cannot put " + std::to_string(source.size()) + " bytes into a slice of " +
                      std::to_string(picked.count) + ": a memory keeps its size");
  }
  if (picked.step == 1) return write_buffer(memory, picked.start, source);
  // By way of a copy, as the source may be this memory.
  const std::vector<std::uint8_t> copy = gathered(source);
  std::uint8_t* bytes = memory.bytes(0, memory.size());
  Py_ssize_t place = picked.start;
  for (const std::uint8_t each : copy) {
    bytes[place] = each;
    place += picked.step;
  }
}

void set_byte(const Memory& memory, py::handle key, py::handle value) {
  const std::uint8_t byte = byte_from(value, "a byte");
  byte_at(memory, key) = byte;
}

void require_index(py::handle key) {
  if (PyIndex_Check(key.ptr()) == 0) {
    throw_type_error(std::string("memory indices are integers or slices, not ") + Py_TYPE(key.ptr())->tp_name);
  }
}

PyObject* get_item(PyObject* self, PyObject* key) {
  return in_slot([&]() -> py::object {
    const auto& memory = self_of<Memory>(self);
    if (PySlice_Check(key)) return get_slice(memory, key);
    require_index(key);
    return py::int_(byte_at(memory, key));
  });
}

int set_item(PyObject* self, PyObject* key, PyObject* value) {
  return in_number_slot([&] {
    const auto& memory = self_of<Memory>(self);
    if (value == nullptr) throw_type_error("bytes of a memory cannot be deleted");
    if (PySlice_Check(key)) {
      set_slice(memory, key, value);
    } else {
      require_index(key);
      set_byte(memory, key, value);
    }
    return 0;
  });
}

/// For iteration, which asks by number.
PyObject* get_by_number(PyObject* self, Py_ssize_t index) {
  return in_slot([&]() -> py::object { return py::int_(*self_of<Memory>(self).bytes(index, 1)); });
}

constexpr MethodParameters<2> kReadParameters{"read", {"offset", "size"}, 2};
constexpr MethodParameters<2> kWriteParameters{"write", {"offset", "data"}, 2};
constexpr MethodParameters<3> kViewParameters{"view", {"dtype", "offset", "shape"}, 0};

py::object memory_read(py::handle, Memory& self, const MethodArguments<2>& args) {
  const std::int64_t offset = position_from(args[0], "offset");
  return read_bytes(self, offset, byte_count(args[1]));
}

py::object memory_write(py::handle, Memory& self, const MethodArguments<2>& args) {
  const std::int64_t offset = position_from(args[0], "offset");
  write_buffer(self, offset, any_readable(args[1]));
  return py::none();
}

py::object memory_view(py::handle owner, Memory& self, const MethodArguments<3>& args) {
  return make_view(owner, self, args[0], args[1], args[2]);
}

template <const auto* Parameters, auto Method>
PyCFunction slot_of() noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&fast_method<Memory, Parameters, Method>));
}

std::array<PyMethodDef, 4> methods{{
    {"read", slot_of<&kReadParameters, memory_read>(), METH_FASTCALL | METH_KEYWORDS,
     "read($self, offset, size)\n--\n\nReturn a copy of some bytes of the memory."},
    {"write", slot_of<&kWriteParameters, memory_write>(), METH_FASTCALL | METH_KEYWORDS,
     "write($self, offset, data)\n--\n\nCopy the bytes of a buffer into the memory."},
    {"view", slot_of<&kViewParameters, memory_view>(), METH_FASTCALL | METH_KEYWORDS,
     "view($self, dtype='uint8', offset=0, shape=None)\n--\n\nReturn an array on the bytes of the memory."},
    {nullptr, nullptr, 0, nullptr},
}};

}  // namespace

py::custom_type_setup memory_slots() {
  return py::custom_type_setup([collected = collectable<Memory>()](PyHeapTypeObject* heap_type) {
    collected.value(heap_type);
    heap_type->ht_type.tp_methods = methods.data();
    heap_type->ht_type.tp_iter = &PySeqIter_New;
    heap_type->ht_type.tp_as_buffer = &heap_type->as_buffer;
    heap_type->as_buffer.bf_getbuffer = &get_buffer;
    heap_type->as_buffer.bf_releasebuffer = &release_buffer;
    heap_type->as_mapping.mp_length = &length;
    heap_type->as_mapping.mp_subscript = &get_item;
    heap_type->as_mapping.mp_ass_subscript = &set_item;
    heap_type->as_sequence.sq_length = &length;
    heap_type->as_sequence.sq_item = &get_by_number;
  });
}

}  // namespace wasmedge
