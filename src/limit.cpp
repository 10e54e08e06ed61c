// SPDX-License-Identifier: Apache-2.0
// Binds Limit (wasmedge/wasmedge_ast.h).
#include "limit.hpp"

#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

constexpr std::uint64_t kMax32 = 0xffffffff;

std::uint64_t limit_size(const py::object& object, const char* what, bool is64) {
  const std::uint64_t size = size_from(object, what);
  if (is64 || size <= kMax32) return size;
  throw_value_error(std::string(what) + " of a limit that is not 64-bit is at most 4294967295, not " +
                    std::to_string(size));
}

std::shared_ptr<Limit> limit_make(const py::object& min, const py::object& max, bool shared, bool is64) {
  Limit limit{.min = limit_size(min, "min", is64), .shared = shared, .is64 = is64};
  if (!max.is_none()) limit.max = limit_size(max, "max", is64);
  if (limit.max && *limit.max < limit.min) {
    throw_value_error("the maximum " + std::to_string(*limit.max) + " is below the minimum " +
                      std::to_string(limit.min));
  }
  return std::make_shared<Limit>(limit);
}

bool limit_has_max(const Limit& self) { return self.max.has_value(); }
std::string limit_repr(const Limit& self) { return "<Limit " + self.text() + ">"; }
py::tuple limit_state(const Limit& self) { return py::make_tuple(self.min, self.max, self.shared, self.is64); }
py::ssize_t limit_hash(const Limit& self) { return py::hash(limit_state(self)); }

/// By a function of its own: a class cannot be called with keywords in __reduce__.
py::tuple limit_reduce(const Limit& self) {
  return py::make_tuple(py::module_::import("wasmedge._core").attr("_make_limit"), limit_state(self));
}

}  // namespace

Limit Limit::copy_of(const WasmEdge_LimitContext* context) {
  Limit limit;
  limit.min = WasmEdge_LimitGetMin(context);
  if (WasmEdge_LimitHasMax(context)) limit.max = WasmEdge_LimitGetMax(context);
  limit.shared = WasmEdge_LimitIsShared(context);
  limit.is64 = WasmEdge_LimitIs64Bit(context);
  return limit;
}

std::shared_ptr<WasmEdge_LimitContext> Limit::context() const {
  if (shared && !max)
    throw_value_error("a shared memory has a maximum (WebAssembly threads proposal): give the limit one");
  return own(max ? WasmEdge_LimitCreateWithMax(min, *max, is64, shared) : WasmEdge_LimitCreate(min, is64));
}

std::string Limit::text() const {
  std::string text = std::to_string(min);
  if (max) text += ".." + std::to_string(*max);
  if (shared) text += ", shared";
  if (is64) text += ", 64-bit";
  return text;
}

void register_limit(py::module_& m) {
  py::classh<Limit>(m, "Limit", py::is_final(), guarded_metaclass(),
                    "The smallest and the greatest size of a table or a memory.", guarded())
      .def(py::init(&limit_make), py::arg("min"), py::arg("max") = py::none(), py::kw_only(), py::arg("shared") = false,
           py::arg("is64") = false)
      .def_readonly("min", &Limit::min, "The smallest size, in pages or elements.")
      .def_readonly("max", &Limit::max, "The greatest size, in pages or elements, or None.")
      .def_property_readonly("has_max", &limit_has_max, "Whether there is a greatest size.")
      .def_readonly("shared", &Limit::shared, "Whether threads may share the memory.")
      .def_readonly("is64", &Limit::is64, "Whether sizes and addresses have 64 bits.")
      .def("__eq__", &equal<Limit>, py::arg("other"))
      .def("__hash__", &limit_hash)
      .def("__repr__", &limit_repr)
      .def("__reduce__", &limit_reduce);
  m.def("_make_limit", &limit_make, py::arg("min"), py::arg("max"), py::arg("shared"), py::arg("is64"),
        "Make a limit again.");
}

}  // namespace wasmedge
