// SPDX-License-Identifier: Apache-2.0
// Links and instantiates modules (wasmedge/wasmedge_execution.h, wasmedge/wasmedge_ast.h).
#include "linking.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "anchor.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "logging.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

using ImportType = WasmEdge_ImportTypeContext;
using Providers = std::map<std::string, py::object>;  // anchors by the module name that imports ask for

std::vector<const ImportType*> list_imports(const Module& module) {
  std::vector<const ImportType*> imports(WasmEdge_ASTModuleListImportsLength(module.context()));
  WasmEdge_ASTModuleListImports(module.context(), imports.data(), static_cast<std::uint32_t>(imports.size()));
  return imports;
}

std::string module_of(const ImportType* import) { return std::string(view(WasmEdge_ImportTypeGetModuleName(import))); }

Providers find_providers(const Module& module, const Store& store) {
  Providers providers;
  for (const ImportType* import : list_imports(module)) {
    const std::string name = module_of(import);
    if (providers.contains(name)) continue;
    if (py::object anchor = store.find(name)) providers.emplace(name, std::move(anchor));
  }
  return providers;
}

/// Whether functions of the importing instance can get into what it imports, and be called after the instance's end.
bool can_hold_functions(const Module& module, const ImportType* import) {
  switch (WasmEdge_ImportTypeGetExternalType(import)) {
    case WasmEdge_ExternalType_Table:
      return true;
    case WasmEdge_ExternalType_Global: {
      const auto* type = WasmEdge_ImportTypeGetGlobalType(module.context(), import);
      return WasmEdge_GlobalTypeGetMutability(type) == WasmEdge_Mutability_Var &&
             WasmEdge_ValTypeIsRef(WasmEdge_GlobalTypeGetValType(type));
    }
    default:
      return false;
  }
}

/// Makes whoever lends a table or a mutable reference to `borrower` keep it alive.
void share_lifetime(const Module& module, const Providers& providers, const py::object& borrower) {
  for (const ImportType* import : list_imports(module)) {
    if (!can_hold_functions(module, import)) continue;
    const auto lender = providers.find(module_of(import));
    if (lender == providers.end()) continue;
    std::vector<py::object>& kept = anchor_of(lender->second).dependencies;
    if (std::ranges::none_of(kept, [&](const auto& held) { return held.is(borrower); })) {
      kept.push_back(borrower);
    }
  }
}

const char* kind_name(WasmEdge_ExternalType kind) {
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

/// What kind of thing an instance exports under a name, or nothing.
std::string_view exported_kind(const WasmEdge_ModuleInstanceContext* instance, WasmEdge_String name) {
  if (WasmEdge_ModuleInstanceFindFunction(instance, name) != nullptr) return "function";
  if (WasmEdge_ModuleInstanceFindTable(instance, name) != nullptr) return "table";
  if (WasmEdge_ModuleInstanceFindMemory(instance, name) != nullptr) return "memory";
  if (WasmEdge_ModuleInstanceFindGlobal(instance, name) != nullptr) return "global";
  if (WasmEdge_ModuleInstanceFindTag(instance, name) != nullptr) return "tag";
  return {};
}

/// "function (i32) -> ()", or just the kind where the runtime lends no type that is told here.
std::string describe_wanted(const Module& module, const ImportType* import) {
  const WasmEdge_ExternalType kind = WasmEdge_ImportTypeGetExternalType(import);
  if (kind != WasmEdge_ExternalType_Function) return kind_name(kind);
  return "function " + FunctionType::copy_of(WasmEdge_ImportTypeGetFunctionType(module.context(), import))->text();
}

std::string describe_found(const WasmEdge_ModuleInstanceContext* instance, WasmEdge_String name) {
  const auto* function = WasmEdge_ModuleInstanceFindFunction(instance, name);
  if (function == nullptr) return std::string(exported_kind(instance, name));
  return "function " + FunctionType::copy_of(WasmEdge_FunctionInstanceGetFunctionType(function))->text();
}

/// Says why an import cannot be met; empty when nothing is seen to be wrong with it.
std::string describe_problem(const Module& module, const Providers& providers, const ImportType* import) {
  const std::string wanted = describe_wanted(module, import);
  const auto provider = providers.find(module_of(import));
  if (provider == providers.end()) return "wanted " + wanted + ", but there is no module of that name";
  const WasmEdge_ModuleInstanceContext* instance = anchor_of(provider->second).instance.get();
  const std::string found = describe_found(instance, WasmEdge_ImportTypeGetExternalName(import));
  if (found == wanted) return {};
  return "wanted " + wanted + (found.empty() ? ", but it is missing" : ", but found " + found);
}

/// The runtime stops at the first import that it cannot meet; this names them all.
std::string describe_problems(const Module& module, const Providers& providers) {
  std::string text;
  for (const ImportType* import : list_imports(module)) {
    const std::string problem = describe_problem(module, providers, import);
    if (problem.empty()) continue;
    text += text.empty() ? "" : "; ";
    text += "'" + module_of(import) + "' '" + std::string(view(WasmEdge_ImportTypeGetExternalName(import))) +
            "': " + problem;
  }
  return text;
}

[[noreturn]] void throw_failure(WasmEdge_Result result, const Module& module, const Providers& providers) {
  const std::uint32_t code = WasmEdge_ResultGetCode(result);
  const std::string subject = "cannot instantiate " + module.label();
  std::string problems;
  if (code == WasmEdge_ErrCode_UnknownImport || code == WasmEdge_ErrCode_IncompatibleImportType) {
    problems = describe_problems(module, providers);
  }
  if (problems.empty()) throw RuntimeFailure(result, subject, take_log_records());
  throw RuntimeFailure(static_cast<WasmEdge_ErrCode>(code),
                       subject + ": " + WasmEdge_ResultGetMessage(result) + ": " + problems, take_log_records());
}

void check_limits(const Module& module) {
  if (module.limits().table_elements <= kMaxTableElements) return;
  throw RuntimeFailure(WasmEdge_ErrCode_TableOutOfBounds,
                       "cannot instantiate " + module.label() + ": its tables begin with " +
                           std::to_string(module.limits().table_elements) + " elements, at most " +
                           std::to_string(kMaxTableElements) + " are allowed",
                       {}, "InstantiationError");
}

/// A C store with the providers linked in under the names that the module imports them by.
std::shared_ptr<WasmEdge_StoreContext> make_linking_store(const Executor& executor, const Providers& providers) {
  auto store = own(WasmEdge_StoreCreate());
  for (const auto& [name, anchor] : providers) {
    check(WasmEdge_ExecutorRegisterImportWithAlias(executor.context(), store.get(), anchor_of(anchor).instance.get(),
                                                   wrap(name)),
          "cannot link '" + name + "'");
  }
  return store;
}

Anchor make_dependent(const std::shared_ptr<Executor>& executor, const Module& module, const Providers& providers) {
  Anchor anchor;
  anchor.executor = executor;
  anchor.label = module.label();
  for (const auto& [name, provider] : providers) anchor.dependencies.push_back(provider);
  return anchor;
}

}  // namespace

py::object link(const std::shared_ptr<Executor>& executor, const Module& module, const Store& store,
                const std::string& name) {
  check_limits(module);
  const Providers providers = find_providers(module, store);
  const auto linking_store = make_linking_store(*executor, providers);
  WasmEdge_ModuleInstanceContext* instance = nullptr;
  drop_log_records();
  const WasmEdge_Result result = without_gil([&] {
    return name.empty()
               ? WasmEdge_ExecutorInstantiate(executor->context(), &instance, linking_store.get(), module.context())
               : WasmEdge_ExecutorRegister(executor->context(), &instance, linking_store.get(), module.context(),
                                           wrap(name));
  });
  Anchor anchor = make_dependent(executor, module, providers);
  if (instance == nullptr) {
    anchor.failed = linking_store;
    share_lifetime(module, providers, make_anchor(std::move(anchor)));
    throw_failure(result, module, providers);
  }
  anchor.instance = own(instance);
  flush_log_records();
  py::object made = make_anchor(std::move(anchor));
  share_lifetime(module, providers, made);
  return made;
}

}  // namespace wasmedge
