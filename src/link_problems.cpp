// SPDX-License-Identifier: Apache-2.0
// Matches imports with what there is (WebAssembly specification, section 4.5.3), to say what is wrong.
#include "link_problems.hpp"

#include "extern_types.hpp"
#include "instance_kinds.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

/// Whether sizes within one limit are within another, as import matching wants it (specification, section 4.5.3).
bool matches(const Limit& given, const Limit& wanted) {
  if (given.shared != wanted.shared || given.is64 != wanted.is64 || given.min < wanted.min) return false;
  return !wanted.max || (given.max && *given.max <= *wanted.max);
}

bool matches(const FunctionType& given, const FunctionType& wanted) { return given == wanted; }
bool matches(const MemoryType& given, const MemoryType& wanted) { return matches(given.limit, wanted.limit); }
bool matches(const GlobalType& given, const GlobalType& wanted) { return given == wanted; }
bool matches(const TagType& given, const TagType& wanted) { return given == wanted; }
bool matches(const TableType& given, const TableType& wanted) {
  return given.ref_type == wanted.ref_type && matches(given.limit, wanted.limit);
}

template <class T>
bool matches_as(const py::object& given, const py::object& wanted) {
  return matches(given.cast<const T&>(), wanted.cast<const T&>());
}

bool matches(WasmEdge_ExternalType kind, const py::object& given, const py::object& wanted) {
  switch (kind) {
    case WasmEdge_ExternalType_Function:
      return matches_as<FunctionType>(given, wanted);
    case WasmEdge_ExternalType_Table:
      return matches_as<TableType>(given, wanted);
    case WasmEdge_ExternalType_Memory:
      return matches_as<MemoryType>(given, wanted);
    case WasmEdge_ExternalType_Global:
      return matches_as<GlobalType>(given, wanted);
    case WasmEdge_ExternalType_Tag:
      return matches_as<TagType>(given, wanted);
  }
  return true;
}

std::string describe(WasmEdge_ExternalType kind, const py::object& type) {
  return std::string(kind_name(kind)) + " " + py::str(type).cast<std::string>();
}

/// Says why an import cannot be met; empty when nothing is seen to be wrong with it.
std::string describe_problem(const Providers& providers, const ImportType& import) {
  const std::string wanted = "wanted " + describe(import.kind, import.type);
  const auto provider = providers.find(import.module);
  if (provider == providers.end()) return wanted + ", but there is no module of that name";
  for (const InstanceKind& kind : instance_kinds()) {
    const py::object found = kind.find(provider->second, import.name);
    if (!found) continue;
    const py::object type = found.attr("type");
    if (kind.type == import.kind && matches(kind.type, type, import.type)) return {};
    return wanted + ", but found " + describe(kind.type, type);
  }
  return wanted + ", but it is missing";
}

}  // namespace

std::string describe_problems(const Module& module, const Providers& providers) {
  std::string text;
  for (const ImportType& import : list_imports(module.context())) {
    const std::string problem = describe_problem(providers, import);
    if (problem.empty()) continue;
    text += text.empty() ? "" : "; ";
    text += "'" + import.module + "' '" + import.name + "': " + problem;
  }
  return text;
}

}  // namespace wasmedge
