// SPDX-License-Identifier: Apache-2.0
// Reads modules from files and buffers. The runtime's own file reader is not used: it would load a native library (and run
// its initialisers) if that is what the path names.
#include "source.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "errors.hpp"
#include "gil.hpp"

namespace wasmedge {
namespace {

constexpr const char* kBytesLabel = "<bytes>";

struct FileCloser {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// Reads all of a file into `bytes`; gives 0 or errno. No GIL.
int read_file(const char* path, std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t chunk = std::size_t{1} << 20;
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path, "rbe"));
  if (!file) return errno;
  for (;;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + chunk);
    const std::size_t got = std::fread(bytes.data() + before, 1, chunk, file.get());
    bytes.resize(before + got);
    if (got < chunk) return std::ferror(file.get()) != 0 ? errno : 0;
  }
}

[[noreturn]] void throw_file_error(int code, const py::object& path) {
  const py::object error = call_method(import_module("wasmedge.errors"), "_from_errno", "iO", code, path.ptr());
  PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr());
  throw py::error_already_set();
}

std::string quoted(const py::object& path) {
  const py::object text = call_in("os", "fsdecode", path);
  // Python's own rules for what cannot be printed, such as bytes of the path that are no UTF-8.
  return py::repr(text).cast<std::string>();
}

}  // namespace

Source::Source(std::vector<std::uint8_t> bytes, std::string label)
    : owned_(std::move(bytes)), label_(std::move(label)) {}

Source::Source(Buffer bytes, std::string label) : lent_(std::move(bytes)), label_(std::move(label)) {}

std::span<const std::uint8_t> Source::bytes() const noexcept {
  if (lent_.empty()) return owned_;
  return lent_.bytes();
}

Source source_from_path(const py::object& path) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), static_cast<void*>(&encoded)) == 0) throw py::error_already_set();
  const auto name = py::reinterpret_steal<py::bytes>(encoded);
  std::vector<std::uint8_t> bytes;
  const int code = without_gil([&] { return read_file(PyBytes_AS_STRING(name.ptr()), bytes); });
  if (code != 0) throw_file_error(code, path);
  return {std::move(bytes), quoted(path)};
}

Source source_from_buffer(const py::object& buffer) { return {Buffer(buffer, PyBUF_SIMPLE), kBytesLabel}; }

Source source_from(const py::object& object) {
  if (PyObject_CheckBuffer(object.ptr()) != 0) return source_from_buffer(object);
  if (py::isinstance<py::str>(object) || py::hasattr(object, "__fspath__")) return source_from_path(object);
  throw_type_error(std::string("a module comes from a path, bytes or a Module, not ") + Py_TYPE(object.ptr())->tp_name);
}

}  // namespace wasmedge
