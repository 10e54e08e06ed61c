// SPDX-License-Identifier: Apache-2.0
// Binds Loader (wasmedge/wasmedge_execution.h).
#include "loader.hpp"

#include <limits>

#include "construction.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "table_caps.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Loader> loader_make(std::shared_ptr<Configure> configure) {
  return std::make_shared<Loader>(*or_default(std::move(configure)));
}

std::shared_ptr<Module> parse(WasmEdge_LoaderContext* loader, const Source& source) {
  const auto bytes = source.bytes();
  check_format(bytes, source.label());
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw RuntimeFailure(WasmEdge_ErrCode_LengthOutOfBounds, "cannot load " + source.label() + ": it exceeds 4 GiB");
  }
  const ModuleLimits limits = read_limits(bytes, source.label());
  WasmEdge_ASTModuleContext* parsed = nullptr;
  const auto capped = cap_tables(bytes);
  const Bytes safe = capped ? Bytes(capped->bytes) : bytes;
  const WasmEdge_Bytes wrapped = WasmEdge_BytesWrap(safe.data(), static_cast<std::uint32_t>(safe.size()));
  drop_log_records();
  const OffsetShift shift = capped ? capped->shift : OffsetShift();
  check_unlocked(WasmEdge_LoaderParseFromBytes(loader, &parsed, wrapped), "cannot load " + source.label(), shift);
  return std::make_shared<Module>(own(parsed), source.label(), std::vector(bytes.begin(), bytes.end()), limits, shift);
}

}  // namespace

std::shared_ptr<Module> Loader::load(const Source& source) const {
  auto module = raising([&] { return without_gil([&] { return parse(context_.get(), source); }); });
  flush_log_records();
  return module;
}

std::shared_ptr<Module> Loader::load_any(const py::object& source) const {
  if (py::isinstance<Module>(source)) return source.cast<std::shared_ptr<Module>>();
  return load(source_from(source));
}

py::bytes Loader::serialize(const Module& module) const {
  WasmEdge_Bytes bytes{0, nullptr};
  drop_log_records();
  const WasmEdge_Result result =
      without_gil([&] { return WasmEdge_LoaderSerializeASTModule(context_.get(), module.context(), &bytes); });
  check(result, "cannot serialize " + module.label());
  py::bytes copy(reinterpret_cast<const char*>(bytes.Buf), bytes.Length);
  WasmEdge_BytesDelete(bytes);
  flush_log_records();
  return copy;
}

void register_loader(py::module_& m) {
  py::classh<Loader>(m, "Loader", py::is_final(), guarded_metaclass(), "Parses modules.", guarded())
      .def(py::init(&loader_make), py::arg("configure") = py::none())
      .def("load", &Loader::load_any, py::arg("source"), "Parse a module from a path or from bytes.")
      .def("serialize", &Loader::serialize, py::arg("module"), "Return a module in the binary format.");
}

}  // namespace wasmedge
