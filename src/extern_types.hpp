// SPDX-License-Identifier: Apache-2.0
// What a module imports and exports.
#pragma once

#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "pybind.hpp"

namespace wasmedge {

/// One import, copied out of its module. `type` is a FunctionType, TableType, MemoryType, GlobalType or TagType.
struct ImportType {
  WasmEdge_ExternalType kind;
  std::string module;
  std::string name;
  py::object type;

  std::string text() const;
  friend bool operator==(const ImportType& left, const ImportType& right);
};

/// One export, copied out of its module.
struct ExportType {
  WasmEdge_ExternalType kind;
  std::string name;
  py::object type;

  std::string text() const;
  friend bool operator==(const ExportType& left, const ExportType& right);
};

/// "function", "table" …
const char* kind_name(WasmEdge_ExternalType kind) noexcept;

/// "function (i32) -> i64". GIL held.
std::string describe(WasmEdge_ExternalType kind, const py::object& type);

/// GIL held.
std::vector<ImportType> list_imports(const WasmEdge_ASTModuleContext* module);
std::vector<ExportType> list_exports(const WasmEdge_ASTModuleContext* module);

}  // namespace wasmedge
