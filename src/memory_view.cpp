// SPDX-License-Identifier: Apache-2.0
// Binds the views of Memory: ndarrays on its bytes, and elements by dtype (numpy's C API, through pybind11's table of it).
#include "memory_view.hpp"

#include <array>
#include <limits>
#include <string>

#include <pybind11/numpy.h>

#include "errors.hpp"
#include "gil.hpp"
#include "integers.hpp"

namespace wasmedge {
namespace {

// What numpy 2 takes; numpy 1 takes 32, and says so itself.
constexpr std::size_t kMaxDimensions = 64;
constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<Py_intptr_t>::max());
constexpr const char* kTooBig = "the shape has more elements than any memory";

/// The lengths of an array's dimensions and the steps between elements, in C order.
struct Layout {
  std::array<Py_intptr_t, kMaxDimensions> lengths{};
  std::array<Py_intptr_t, kMaxDimensions> strides{};
  int dimensions = 0;
  std::uint64_t bytes = 0;  // in all
};

py::dtype to_dtype(py::handle object) {
  const auto& numpy = py::detail::npy_api::get();
  PyObject* found = nullptr;
  if (!object) {
    found = numpy.PyArray_DescrFromType_(py::detail::npy_api::NPY_UBYTE_);
  } else if (numpy.PyArray_DescrConverter_(object.ptr(), &found) == 0) {
    throw py::error_already_set();
  }
  auto dtype = py::reinterpret_steal<py::dtype>(found);
  // numpy's NPY_ITEM_REFCOUNT: guests would make up pointers to Python objects.
  if ((dtype.flags() & 1U) != 0)
    throw_value_error("a memory holds no Python objects, so no array of them can be on it");
  if (dtype.itemsize() == 0) throw_value_error("a dtype of 0 bytes says nothing about how many elements there are");
  return dtype;
}

/// Adds a dimension; the first ones first.
void append(Layout& layout, std::uint64_t length) {
  if (length > kMost) throw_value_error(kTooBig);
  if (std::cmp_equal(layout.dimensions, kMaxDimensions)) {
    throw_value_error("an array has at most " + std::to_string(kMaxDimensions) + " dimensions");
  }
  layout.lengths.at(static_cast<std::size_t>(layout.dimensions++)) = static_cast<Py_intptr_t>(length);
}

void append_all(Layout& layout, py::handle shape) {
  if (PyIndex_Check(shape.ptr()) != 0) {
    append(layout, size_from(shape, "shape"));
    return;
  }
  const py::object items = steal(PySequence_Fast(shape.ptr(), "a shape is an int or a sequence of ints"));
  // A list may change while one of its items is made an int.
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i) {
    append(layout, size_from(py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(items.ptr(), i)), "a length"));
  }
}

/// Finds the strides and the size from the lengths. An array without elements has no bytes, however long it is in the
/// other dimensions.
void measure(Layout& layout, std::uint64_t item_bytes) {
  std::uint64_t stride = item_bytes;
  bool empty = false;
  for (int i = layout.dimensions - 1; i >= 0; --i) {
    const auto dimension = static_cast<std::size_t>(i);
    const auto length = static_cast<std::uint64_t>(layout.lengths.at(dimension));
    layout.strides.at(dimension) = static_cast<Py_intptr_t>(stride);
    if (length == 0) {
      empty = true;
    } else if (length > kMost / stride) {
      throw_value_error(kTooBig);
    } else {
      stride *= length;
    }
  }
  layout.bytes = empty ? 0 : stride;
}

Layout to_layout(const Memory& memory, std::int64_t offset, py::handle shape, std::uint64_t item_bytes) {
  Layout layout;
  if (!shape || shape.is_none()) {
    memory.bytes(offset, 0);  // or the subtraction has no sense
    append(layout, (memory.size() - static_cast<std::uint64_t>(offset)) / item_bytes);
  } else {
    append_all(layout, shape);
  }
  measure(layout, item_bytes);
  return layout;
}

py::object memory_read_scalar(const py::object& owner, const py::object& offset, const py::object& dtype) {
  return make_view(owner, owner.cast<Memory&>(), dtype, offset, py::tuple()).attr("item")();
}

void memory_write_scalar(const py::object& owner, const py::object& offset, const py::object& value,
                         const py::object& dtype) {
  const py::dtype type = to_dtype(dtype);
  py::object number = value;
  // numpy would cut a float's fraction off.
  if (type.kind() == 'i' || type.kind() == 'u') {
    number = steal(PyNumber_Index(value.ptr()));
  }
  // First by itself: numpy may find out in the middle that the value does not fit.
  const py::object scalar = py::module_::import("numpy").attr("array")(number, type);
  make_view(owner, owner.cast<Memory&>(), type, offset, py::tuple()).attr("__setitem__")(py::tuple(), scalar);
}

}  // namespace

py::object make_view(py::handle owner, Memory& memory, py::handle dtype, py::handle offset, py::handle shape) {
  const auto& numpy = py::detail::npy_api::get();
  py::dtype type = to_dtype(dtype);
  const std::int64_t position = offset ? position_from(offset, "offset") : 0;
  const Layout layout = to_layout(memory, position, shape, static_cast<std::uint64_t>(type.itemsize()));
  std::uint8_t* data = memory.bytes(position, layout.bytes);
  // For good: an array does not say when it goes.
  memory.lend();
  py::object array = steal(numpy.PyArray_NewFromDescr_(numpy.PyArray_Type_, type.release().ptr(), layout.dimensions,
                                                       layout.lengths.data(), layout.strides.data(), data,
                                                       py::detail::npy_api::NPY_ARRAY_WRITEABLE_, nullptr));
  if (numpy.PyArray_SetBaseObject_(array.ptr(), owner.inc_ref().ptr()) != 0) throw py::error_already_set();
  return array;
}

void define_scalars(py::classh<Memory>& memory_class) {
  memory_class
      .def("read_scalar", &memory_read_scalar, py::arg("offset"), py::arg("dtype"),
           "Return one element of the memory as a Python object.")
      .def("write_scalar", &memory_write_scalar, py::arg("offset"), py::arg("value"), py::arg("dtype"),
           "Set one element of the memory.");
}

}  // namespace wasmedge
