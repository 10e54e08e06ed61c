// SPDX-License-Identifier: Apache-2.0
// Binds Loader (wasmedge/wasmedge_execution.h).
#include "loader.hpp"

#include <limits>

#include "construction.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "native_code.hpp"
#include "native_obstacles.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "table_caps.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Loader> loader_make(std::shared_ptr<Configure> configure) {
  return std::make_shared<Loader>(*or_default(std::move(configure)));
}

std::shared_ptr<Module> parse(WasmEdge_LoaderContext* loader, Bytes bytes, const std::string& label) {
  check_format(bytes, label);
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw RuntimeFailure(WasmEdge_ErrCode_LengthOutOfBounds, "cannot load " + label + ": it exceeds 4 GiB");
  }
  const ModuleLimits limits = read_limits(bytes, label);
  WasmEdge_ASTModuleContext* parsed = nullptr;
  const auto capped = cap_tables(bytes);
  const Bytes safe = capped ? Bytes(capped->bytes) : bytes;
  const WasmEdge_Bytes wrapped = WasmEdge_BytesWrap(safe.data(), static_cast<std::uint32_t>(safe.size()));
  drop_log_records();
  const OffsetShift shift = capped ? capped->shift : OffsetShift();
  check_unlocked(WasmEdge_LoaderParseFromBytes(loader, &parsed, wrapped), "cannot load " + label, shift);
  return std::make_shared<Module>(own(parsed), label, std::vector(bytes.begin(), bytes.end()), limits, shift);
}

/// Machine code, and the module that it was made of, parsed as any other.
std::shared_ptr<Module> parse_trusted(WasmEdge_LoaderContext* loader, const Source& source,
                                      const Configure& configure) {
  if (!is_native_library(source.bytes())) check_format(source.bytes(), source.label());
  auto code = NativeCode::load(source.bytes(), source.label(), configure, RunMode::kAot);
  auto module = parse(loader, code->wasm(), source.label());
  if (const auto obstacle = compilation_obstacle(module->bytes(), configure)) {
    throw RuntimeFailure(WasmEdge_ErrCode_AOTNotImpl, "cannot load " + source.label() + ": " + *obstacle, {},
                         "LoadError");
  }
  module->set_trusted_code(std::move(code));
  return module;
}

}  // namespace

std::shared_ptr<Module> Loader::load(const Source& source, bool trusted) const {
  auto module = raising([&] {
    return without_gil([&] {
      return trusted ? parse_trusted(context_.get(), source, configure_)
                     : parse(context_.get(), source.bytes(), source.label());
    });
  });
  flush_log_records();
  return module;
}

std::shared_ptr<Module> Loader::load_any(const py::object& source, bool trusted) const {
  if (py::isinstance<Module>(source)) return source.cast<std::shared_ptr<Module>>();
  return load(source_from(source), trusted);
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
      .def("load", &Loader::load_any, py::arg("source"), py::kw_only(), py::arg("trusted") = false,
           "Parse a module from a path or from bytes.")
      .def("serialize", &Loader::serialize, py::arg("module"), "Return a module in the binary format.");
}

}  // namespace wasmedge
