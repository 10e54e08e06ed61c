// SPDX-License-Identifier: Apache-2.0
// Binds Module, a parsed module (wasmedge/wasmedge_ast.h).
#include "module_ast.hpp"

#include "construction.hpp"
#include "errors.hpp"
#include "extern_types.hpp"
#include "gil.hpp"
#include "loader.hpp"
#include "native_code.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Module> module_from_file(const py::object& path, std::shared_ptr<Configure> configure, bool trusted) {
  return Loader(*or_default(std::move(configure))).load(source_from_path(path), trusted);
}

std::shared_ptr<Module> module_from_bytes(const py::buffer& data, std::shared_ptr<Configure> configure, bool trusted) {
  return Loader(*or_default(std::move(configure))).load(source_from_buffer(data), trusted);
}

/// How instantiation goes about it is written in Python.
bool module_ready(const py::object& self) { return call_in("wasmedge.native", "ready", self).cast<bool>(); }
bool module_wait(const py::object& self, const py::object& timeout) {
  return call_in("wasmedge.native", "wait", self, timeout).cast<bool>();
}

std::vector<ImportType> module_imports(const Module& self) { return list_imports(self.context()); }
std::vector<ExportType> module_exports(const Module& self) { return list_exports(self.context()); }
py::tuple to_tuple(const py::object& list) { return py::tuple(list); }
py::tuple module_imports_tuple(const Module& self) { return to_tuple(py::cast(module_imports(self))); }
py::tuple module_exports_tuple(const Module& self) { return to_tuple(py::cast(module_exports(self))); }

py::bytes to_bytes(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
bool module_has_trusted_code(const Module& self) { return self.trusted_code() != nullptr; }
py::bytes module_bytes(const Module& self) { return to_bytes(self.bytes()); }

py::tuple module_custom_sections(const Module& self) {
  py::list sections;
  for_each_section(self.bytes(), [&](std::uint8_t id, Bytes contents) {
    if (id != kCustomSection) return;
    BinaryReader reader(contents);
    const Bytes name = reader.take(reader.number());
    const std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
    sections.append(py::make_tuple(to_str(text), to_bytes(reader.rest())));
  });
  return py::tuple(sections);
}

std::string indented(const std::string& title, const std::vector<std::string>& lines) {
  std::string text = "  " + title + ":" + (lines.empty() ? " none" : "");
  for (const std::string& line : lines) text += "\n    " + line;
  return text + "\n";
}

std::string module_describe(const Module& self) {
  std::vector<std::string> imports;
  for (const ImportType& import : module_imports(self)) imports.push_back(import.text());
  std::vector<std::string> exports;
  for (const ExportType& export_ : module_exports(self)) exports.push_back(export_.text());
  std::vector<std::string> sections;
  for (const py::handle section : module_custom_sections(self)) {
    sections.push_back(section.attr("__getitem__")(0).cast<std::string>() + ", " +
                       std::to_string(py::len(section.attr("__getitem__")(1))) + " bytes");
  }
  return "module " + self.label() + ", " + std::to_string(self.bytes().size()) + " bytes\n" +
         indented("imports", imports) + indented("exports", exports) + indented("custom sections", sections);
}

/// By its bytes, parsed with every proposal on: whether they are valid is for the other side to say again.
py::tuple module_reduce(const Module& self) {
  return py::make_tuple(py::module_::import("wasmedge._core").attr("_restore_module"),
                        py::make_tuple(to_bytes(self.bytes()), self.label()));
}

std::shared_ptr<Module> restore_module(const py::bytes& bytes, const std::string& label) {
  const Configure configure;
  WasmEdge_ConfigureSetWASMStandard(configure.context(), WasmEdge_Standard_WASM_3);
  WasmEdge_ConfigureAddProposal(configure.context(), WasmEdge_Proposal_Threads);
  return Loader(configure).load(Source(Buffer(bytes, PyBUF_SIMPLE), label));
}

std::string module_repr(const Module& self) { return "<Module " + self.label() + ">"; }

}  // namespace

void Module::validate(WasmEdge_ValidatorContext* validator) {
  const std::lock_guard lock(mutex_);
  check_unlocked(WasmEdge_ValidatorValidate(validator, context_.get()), "module " + label_ + " is invalid", shift_);
  validated_ = true;
}

std::shared_ptr<NativeCode> Module::find_code(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = codes_.find(key);
  return found == codes_.end() ? nullptr : found->second;
}

void Module::keep_code(const std::string& key, std::shared_ptr<NativeCode> code) {
  const std::lock_guard lock(mutex_);
  std::swap(codes_[key], code);
}

bool Module::is_validated() const {
  const std::lock_guard lock(mutex_);
  return validated_;
}

void register_module(py::module_& m) {
  py::classh<Module>(m, "Module", py::is_final(), guarded_metaclass(), "A parsed WebAssembly module.", guarded())
      .def_static("from_file", &module_from_file, py::arg("path"), py::kw_only(), py::arg("configure") = py::none(),
                  py::arg("trusted") = false, "Parse a module from a binary file.")
      .def_static("from_bytes", &module_from_bytes, py::arg("data"), py::kw_only(), py::arg("configure") = py::none(),
                  py::arg("trusted") = false, "Parse a module from bytes.")
      .def("ready", &module_ready, "Return whether no better code of the module is being made in the background.")
      .def("wait", &module_wait, py::arg("timeout") = py::none(),
           "Wait until no better code of the module is being made in the background.")
      .def_property_readonly("_label", &Module::label, "What messages call the module.")
      .def("_has_trusted_code", &module_has_trusted_code, "Return whether code came with the module.")
      .def("_bytes", &module_bytes, "Return what the module was parsed from.")
      .def("_find_code", &Module::find_code, py::arg("key"), "Return code that was kept, or None.")
      .def("_keep_code", &Module::keep_code, py::arg("key"), py::arg("code"), "Keep code for later instances.")
      .def_property_readonly("is_validated", &Module::is_validated, "Whether the module has been found valid.")
      .def_property_readonly("imports", &module_imports_tuple, "What the module imports, in order.")
      .def_property_readonly("exports", &module_exports_tuple, "What the module exports, in order.")
      .def_property_readonly("custom_sections", &module_custom_sections,
                             "The names and contents of the custom sections, in order.")
      .def("describe", &module_describe, "Return the module's imports, exports and custom sections as text.")
      .def("__repr__", &module_repr)
      .def("__reduce__", &module_reduce);
  m.def("_restore_module", &restore_module, py::arg("data"), py::arg("label"), "Parse a module again.");
}

}  // namespace wasmedge
