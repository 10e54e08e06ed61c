// SPDX-License-Identifier: Apache-2.0
// Mappings by the rules of Python's collections.abc; over no header of WasmEdge's.
#include "mappings.hpp"

#include <string>

#include "errors.hpp"
#include "gil.hpp"

namespace wasmedge {
namespace {

py::object mapping_class() { return import_module("collections.abc").attr("Mapping"); }

}  // namespace

void register_mapping(py::handle cls) { mapping_class().attr("register")(cls); }

py::object mapping_method(py::handle mapping, const char* name) {
  return mapping_class().attr(name).attr("__get__")(mapping);
}

py::dict copy_of_mapping(py::handle mapping) {
  if (!py::hasattr(mapping, "keys")) {
    throw_type_error(std::string("expected a mapping, not ") + Py_TYPE(mapping.ptr())->tp_name);
  }
  py::dict copy;
  if (PyDict_Update(copy.ptr(), mapping.ptr()) != 0) throw py::error_already_set();
  return copy;
}

}  // namespace wasmedge
