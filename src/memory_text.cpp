// SPDX-License-Identifier: Apache-2.0
// Binds the text of Memory: UTF-8 with a length, as most languages have it, or up to a NUL, as C has it.
#include "memory_text.hpp"

#include <cstring>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "integers.hpp"
#include "memory_moves.hpp"

namespace wasmedge {
namespace {

/// The length of the C string at an offset.
std::uint64_t terminated_length(const Memory& memory, std::int64_t offset) {
  const std::uint8_t* text = memory.bytes(offset, 0);
  const std::uint64_t left = memory.size() - static_cast<std::uint64_t>(offset);
  const void* end = left == 0 ? nullptr : std::memchr(text, 0, left);
  if (end == nullptr) throw_value_error("no NUL follows offset " + std::to_string(offset) + " in the memory");
  return static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(end) - text);
}

py::str memory_read_str(const Memory& self, const py::object& offset_object, const py::object& size,
                        const std::string& errors) {
  const std::int64_t offset = position_from(offset_object, "offset");
  const py::bytes bytes = read_bytes(self, offset, size.is_none() ? terminated_length(self, offset) : byte_count(size));
  PyObject* text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes.ptr()), PyBytes_GET_SIZE(bytes.ptr()), errors.c_str());
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

std::uint64_t memory_write_str(const Memory& self, const py::object& offset_object, const py::str& text,
                               bool terminate) {
  const std::int64_t offset = position_from(offset_object, "offset");
  Py_ssize_t length = 0;
  const char* encoded = PyUnicode_AsUTF8AndSize(text.ptr(), &length);
  if (encoded == nullptr) throw py::error_already_set();
  // What AsUTF8AndSize gives ends with a NUL of its own.
  const auto size = static_cast<std::uint64_t>(length) + (terminate ? 1 : 0);
  if (terminate && std::string_view(encoded, static_cast<std::size_t>(length)).find('\0') != std::string_view::npos) {
    throw_value_error("the text has a NUL in it, where a C string would end; write it with terminate=False");
  }
  std::memcpy(self.bytes(offset, size), encoded, size);
  return size;
}

}  // namespace

void define_text(py::classh<Memory>& memory_class) {
  memory_class
      .def("read_str", &memory_read_str, py::arg("offset"), py::arg("size") = py::none(), py::kw_only(),
           py::arg("errors") = "strict", "Return UTF-8 text of the memory: of a size, or up to a NUL.")
      .def("write_str", &memory_write_str, py::arg("offset"), py::arg("text"), py::kw_only(),
           py::arg("terminate") = true, "Write text as UTF-8 with a NUL at its end, and return its size in bytes.");
}

}  // namespace wasmedge
