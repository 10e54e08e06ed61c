// SPDX-License-Identifier: Apache-2.0
// Binds ImportType and ExportType (wasmedge/wasmedge_ast.h).
#include "extern_types.hpp"

#include "construction.hpp"
#include "equality.hpp"
#include "handles.hpp"
#include "register.hpp"
#include "text.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

/// Reads the type of an import or an export through the getters of its kind.
template <class Entry>
struct TypeGetters {
  const WasmEdge_FunctionTypeContext* (*function)(const WasmEdge_ASTModuleContext*, const Entry*) noexcept;
  const WasmEdge_TableTypeContext* (*table)(const WasmEdge_ASTModuleContext*, const Entry*) noexcept;
  const WasmEdge_MemoryTypeContext* (*memory)(const WasmEdge_ASTModuleContext*, const Entry*) noexcept;
  const WasmEdge_GlobalTypeContext* (*global)(const WasmEdge_ASTModuleContext*, const Entry*) noexcept;
  const WasmEdge_TagTypeContext* (*tag)(const WasmEdge_ASTModuleContext*, const Entry*) noexcept;

  py::object type_of(const WasmEdge_ASTModuleContext* module, const Entry* entry, WasmEdge_ExternalType kind) const {
    switch (kind) {
      case WasmEdge_ExternalType_Function:
        return py::cast(FunctionType::copy_of(function(module, entry)));
      case WasmEdge_ExternalType_Table:
        return py::cast(TableType::copy_of(table(module, entry)));
      case WasmEdge_ExternalType_Memory:
        return py::cast(MemoryType::copy_of(memory(module, entry)));
      case WasmEdge_ExternalType_Global:
        return py::cast(GlobalType::copy_of(global(module, entry)));
      case WasmEdge_ExternalType_Tag: {
        // NULL for an imported tag that is exported again (facts: export types).
        const auto* found = tag(module, entry);
        return found == nullptr ? py::none() : py::cast(TagType::copy_of(found));
      }
    }
    return py::none();
  }
};

constexpr TypeGetters<WasmEdge_ImportTypeContext> kImportGetters{
    &WasmEdge_ImportTypeGetFunctionType, &WasmEdge_ImportTypeGetTableType, &WasmEdge_ImportTypeGetMemoryType,
    &WasmEdge_ImportTypeGetGlobalType, &WasmEdge_ImportTypeGetTagType};
constexpr TypeGetters<WasmEdge_ExportTypeContext> kExportGetters{
    &WasmEdge_ExportTypeGetFunctionType, &WasmEdge_ExportTypeGetTableType, &WasmEdge_ExportTypeGetMemoryType,
    &WasmEdge_ExportTypeGetGlobalType, &WasmEdge_ExportTypeGetTagType};

std::string import_type_repr(const ImportType& self) { return "<ImportType " + self.text() + ">"; }
std::string export_type_repr(const ExportType& self) { return "<ExportType " + self.text() + ">"; }

ImportType make_import_type(WasmEdge_ExternalType kind, const Name& module, const Name& name, const py::object& type) {
  return {kind, module.text, name.text, type};
}

ExportType make_export_type(WasmEdge_ExternalType kind, const Name& name, const py::object& type) {
  return {kind, name.text, type};
}

py::tuple state(const ImportType& self) { return py::make_tuple(self.kind, self.module, self.name, self.type); }
py::tuple state(const ExportType& self) { return py::make_tuple(self.kind, self.name, self.type); }

/// What imports and exports have as values. `make` names the function that makes one again from its state.
template <class T, class... Options>
void define_value(py::class_<T, Options...>& cls, const char* make) {
  cls.def("__eq__", &equal<T>, py::arg("other"))
      .def("__hash__", [](const T& self) { return py::hash(state(self)); })
      .def("__reduce__", [make](const T& self) {
        return py::make_tuple(py::module_::import("wasmedge._core").attr(make), state(self));
      });
}

}  // namespace

const char* kind_name(WasmEdge_ExternalType kind) noexcept {
  switch (kind) {
    case WasmEdge_ExternalType_Function:
      return "function";
    case WasmEdge_ExternalType_Table:
      return "table";
    case WasmEdge_ExternalType_Memory:
      return "memory";
    case WasmEdge_ExternalType_Global:
      return "global";
    case WasmEdge_ExternalType_Tag:
      return "tag";
  }
  return "object";
}

bool operator==(const ImportType& left, const ImportType& right) { return state(left).equal(state(right)); }
bool operator==(const ExportType& left, const ExportType& right) { return state(left).equal(state(right)); }

std::string describe(WasmEdge_ExternalType kind, const py::object& type) {
  return std::string(kind_name(kind)) + " " + py::str(type).cast<std::string>();
}

std::string ImportType::text() const { return "'" + module + "' '" + name + "': " + describe(kind, type); }
std::string ExportType::text() const { return "'" + name + "': " + describe(kind, type); }

std::vector<ImportType> list_imports(const WasmEdge_ASTModuleContext* module) {
  std::vector<const WasmEdge_ImportTypeContext*> raw(WasmEdge_ASTModuleListImportsLength(module));
  WasmEdge_ASTModuleListImports(module, raw.data(), static_cast<std::uint32_t>(raw.size()));
  std::vector<ImportType> imports;
  for (const auto* entry : raw) {
    const WasmEdge_ExternalType kind = WasmEdge_ImportTypeGetExternalType(entry);
    imports.push_back({kind, std::string(view(WasmEdge_ImportTypeGetModuleName(entry))),
                       std::string(view(WasmEdge_ImportTypeGetExternalName(entry))),
                       kImportGetters.type_of(module, entry, kind)});
  }
  return imports;
}

std::vector<ExportType> list_exports(const WasmEdge_ASTModuleContext* module) {
  std::vector<const WasmEdge_ExportTypeContext*> raw(WasmEdge_ASTModuleListExportsLength(module));
  WasmEdge_ASTModuleListExports(module, raw.data(), static_cast<std::uint32_t>(raw.size()));
  std::vector<ExportType> exports;
  for (const auto* entry : raw) {
    const WasmEdge_ExternalType kind = WasmEdge_ExportTypeGetExternalType(entry);
    exports.push_back({kind, std::string(view(WasmEdge_ExportTypeGetExternalName(entry))),
                       kExportGetters.type_of(module, entry, kind)});
  }
  return exports;
}

void register_extern_types(py::module_& m) {
  py::classh<ImportType> imports(m, "ImportType", py::is_final(), guarded_metaclass(),
                                 "What a module imports under two names.", guarded());
  imports.def_readonly("kind", &ImportType::kind, "The kind of object.")
      .def_readonly("module", &ImportType::module, "The name of the module to import from.")
      .def_readonly("name", &ImportType::name, "The name of the object in that module.")
      .def_readonly("type", &ImportType::type, "The type that the object must have.")
      .def("__repr__", &import_type_repr);
  define_value(imports, "_make_import_type");
  py::classh<ExportType> exports(m, "ExportType", py::is_final(), guarded_metaclass(),
                                 "What a module exports under a name.", guarded());
  exports.def_readonly("kind", &ExportType::kind, "The kind of object.")
      .def_readonly("name", &ExportType::name, "The name of the object.")
      .def_readonly("type", &ExportType::type, "The type of the object; None where the runtime does not tell it.")
      .def("__repr__", &export_type_repr);
  define_value(exports, "_make_export_type");
  m.def("_make_import_type", &make_import_type, py::arg("kind"), py::arg("module"), py::arg("name"), py::arg("type"),
        "Make an import type again.");
  m.def("_make_export_type", &make_export_type, py::arg("kind"), py::arg("name"), py::arg("type"),
        "Make an export type again.");
}

}  // namespace wasmedge
