// SPDX-License-Identifier: Apache-2.0
// Binds Limit (wasmedge/wasmedge_ast.h).
#include "limit.hpp"

#include <charconv>

#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

constexpr std::uint64_t kMax32 = 0xffffffff;

void check_width(std::uint64_t size, const char* what) {
  if (size <= kMax32) return;
  throw_value_error(std::string(what) + " of a limit that is not 64-bit is at most 4294967295, not " +
                    std::to_string(size));
}

Limit checked(const Limit& limit) {
  if (!limit.is64) {
    check_width(limit.min, "min");
    check_width(limit.max.value_or(0), "max");
  }
  if (limit.max && *limit.max < limit.min) {
    throw_value_error("the maximum " + std::to_string(*limit.max) + " is below the minimum " +
                      std::to_string(limit.min));
  }
  return limit;
}

std::shared_ptr<Limit> limit_make(const py::object& min, const py::object& max, bool shared, bool is64) {
  Limit limit{.min = size_from(min, "min"), .shared = shared, .is64 = is64};
  if (!max.is_none()) limit.max = size_from(max, "max");
  return std::make_shared<Limit>(checked(limit));
}

[[noreturn]] void throw_no_limit(std::string_view text) {
  throw_value_error("a limit is written like '1', '1..5' or '1..5, shared, 64-bit', not '" + std::string(text) + "'");
}

/// Reads digits; nothing when there is anything else.
std::optional<std::uint64_t> read_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

/// Reads "1" or "1..5" into a limit; gives whether it is that.
bool read_sizes(std::string_view text, Limit& limit) {
  const auto dots = text.find("..");
  const auto min = read_size(text.substr(0, dots));
  if (dots != std::string_view::npos) limit.max = read_size(text.substr(dots + 2));
  limit.min = min.value_or(0);
  return min && (dots == std::string_view::npos || limit.max);
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

Limit Limit::parse(std::string_view text) {
  Limit limit;
  auto comma = text.find(',');
  if (!read_sizes(strip(text.substr(0, comma)), limit)) throw_no_limit(text);
  for (std::string_view rest = text; comma != std::string_view::npos;) {
    rest = rest.substr(comma + 1);
    comma = rest.find(',');
    const std::string_view word = strip(rest.substr(0, comma));
    bool& option = word == "shared" ? limit.shared : limit.is64;
    if ((word != "shared" && word != "64-bit") || option) throw_no_limit(text);
    option = true;
  }
  return checked(limit);
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
