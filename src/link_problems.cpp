// SPDX-License-Identifier: Apache-2.0
// Matches imports with what there is (WebAssembly specification, section 4.5.3), to say what is wrong.
#include "link_problems.hpp"

#include <algorithm>

#include "extern_types.hpp"
#include "instance_kinds.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

/// The worse of two comes last.
enum class Match { kYes, kUntold, kNo };

Match told(bool matches) { return matches ? Match::kYes : Match::kNo; }

bool is_plain(WasmEdge_ValType type) {
  return WasmEdge_ValTypeIsEqual(type, WasmEdge_ValTypeGenFuncRef()) ||
         WasmEdge_ValTypeIsEqual(type, WasmEdge_ValTypeGenExternRef());
}

/// Of references that are not plain the C API tells only a number that is the module's own, and nothing of subtypes.
Match match(WasmEdge_ValType given, WasmEdge_ValType wanted) {
  const bool both_references = WasmEdge_ValTypeIsRef(given) && WasmEdge_ValTypeIsRef(wanted);
  if (both_references && !(is_plain(given) && is_plain(wanted))) return Match::kUntold;
  return told(WasmEdge_ValTypeIsEqual(given, wanted));
}

using Slots = std::vector<FunctionType::Slot>;

Match match(const Slots& given, const Slots& wanted) {
  Match worst = told(given.size() == wanted.size());
  for (std::size_t i = 0; worst != Match::kNo && i < given.size(); ++i) {
    worst = std::max(worst, match(given[i].type, wanted[i].type));
  }
  return worst;
}

/// Whether sizes within one limit are within another, as import matching wants it (specification, section 4.5.3).
Match match(const Limit& given, const Limit& wanted) {
  if (given.shared != wanted.shared || given.is64 != wanted.is64 || given.min < wanted.min) return Match::kNo;
  return told(!wanted.max || (given.max && *given.max <= *wanted.max));
}

Match match(const FunctionType& given, const FunctionType& wanted) {
  return std::max(match(given.params(), wanted.params()), match(given.results(), wanted.results()));
}
Match match(const MemoryType& given, const MemoryType& wanted) { return match(given.limit, wanted.limit); }
Match match(const GlobalType& given, const GlobalType& wanted) {
  return std::max(told(given.mutability == wanted.mutability), match(given.val_type.raw, wanted.val_type.raw));
}
Match match(const TagType& given, const TagType& wanted) { return match(*given.function_type, *wanted.function_type); }
Match match(const TableType& given, const TableType& wanted) {
  return std::max(match(given.ref_type.raw, wanted.ref_type.raw), match(given.limit, wanted.limit));
}

template <class T>
Match match_as(const py::object& given, const py::object& wanted) {
  return match(given.cast<const T&>(), wanted.cast<const T&>());
}

Match match(WasmEdge_ExternalType kind, const py::object& given, const py::object& wanted) {
  switch (kind) {
    case WasmEdge_ExternalType_Function:
      return match_as<FunctionType>(given, wanted);
    case WasmEdge_ExternalType_Table:
      return match_as<TableType>(given, wanted);
    case WasmEdge_ExternalType_Memory:
      return match_as<MemoryType>(given, wanted);
    case WasmEdge_ExternalType_Global:
      return match_as<GlobalType>(given, wanted);
    case WasmEdge_ExternalType_Tag:
      return match_as<TagType>(given, wanted);
  }
  return Match::kUntold;
}

/// Whether this is the import that the runtime stopped at.
bool is_named(const ImportType& import, const std::vector<LogRecord>& details) {
  const std::string line =
      "When linking module: \"" + import.module + "\" , " + kind_name(import.kind) + " name: \"" + import.name + "\"";
  const auto has_line = [&](const LogRecord& record) { return record.message.find(line) != std::string::npos; };
  return std::ranges::any_of(details, has_line);
}

std::string describe_mismatch(const std::string& wanted, const std::string& found) {
  const bool numbered = wanted.find('$') != std::string::npos && found.find('$') != std::string::npos;
  return wanted + ", but found " + found + (numbered ? ", where each module numbers types of its own" : "");
}

/// Says why an import cannot be met; empty when nothing is seen to be wrong with it.
std::string describe_problem(const Providers& providers, const ImportType& import,
                             const std::vector<LogRecord>& details) {
  const std::string wanted = "wanted " + describe(import.kind, import.type);
  const auto provider = providers.find(import.module);
  if (provider == providers.end()) return wanted + ", but there is no module of that name";
  for (const InstanceKind& kind : instance_kinds()) {
    const py::object found = kind.find(provider->second, import.name);
    if (!found) continue;
    const py::object type = found.attr("type");
    const Match matched = kind.type == import.kind ? match(kind.type, type, import.type) : Match::kNo;
    if (matched != Match::kNo && !is_named(import, details)) return {};
    return describe_mismatch(wanted, describe(kind.type, type));
  }
  return wanted + ", but it is missing";
}

}  // namespace

std::string describe_problems(const Module& module, const Providers& providers, const std::vector<LogRecord>& details) {
  std::string text;
  for (const ImportType& import : list_imports(module.context())) {
    const std::string problem = describe_problem(providers, import, details);
    if (problem.empty()) continue;
    text += text.empty() ? "" : "; ";
    text += "'" + import.module + "' '" + import.name + "': " + problem;
  }
  return text;
}

}  // namespace wasmedge
