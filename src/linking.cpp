// SPDX-License-Identifier: Apache-2.0
// Links and instantiates modules (wasmedge/wasmedge_execution.h, wasmedge/wasmedge_ast.h).
#include "linking.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "anchor.hpp"
#include "call_context.hpp"
#include "errors.hpp"
#include "extern_types.hpp"
#include "gil.hpp"
#include "instance.hpp"
#include "link_problems.hpp"
#include "logging.hpp"
#include "native_choice.hpp"
#include "provisional.hpp"
#include "reference_flow.hpp"
#include "references.hpp"
#include "runaway.hpp"
#include "stack.hpp"
#include "table_caps.hpp"
#include "text.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

using RawImport = WasmEdge_ImportTypeContext;

std::string module_of(const RawImport* import) { return std::string(view(WasmEdge_ImportTypeGetModuleName(import))); }

Providers find_providers(const Module& module, const Store& store) {
  Providers providers;
  for (const RawImport* import : raw_imports(module)) {
    const std::string name = module_of(import);
    if (providers.contains(name)) continue;
    if (py::object anchor = store.find(name)) providers.emplace(name, std::move(anchor));
  }
  return providers;
}

/// Whether a function takes references: then the lender can keep what the borrower passes.
bool takes_functions(const WasmEdge_FunctionTypeContext* type) {
  const auto copy = FunctionType::copy_of(type);
  return std::ranges::any_of(copy->params(), [](const auto& slot) { return WasmEdge_ValTypeIsRef(slot.type); });
}

/// Whether references of the importing instance can get into what it imports, and be used after the instance's end.
bool can_hold_functions(const Module& module, const RawImport* import) {
  switch (WasmEdge_ImportTypeGetExternalType(import)) {
    case WasmEdge_ExternalType_Table:
      return true;
    case WasmEdge_ExternalType_Function:
      return takes_functions(WasmEdge_ImportTypeGetFunctionType(module.context(), import));
    case WasmEdge_ExternalType_Tag:
      return takes_functions(WasmEdge_TagTypeGetFunctionType(WasmEdge_ImportTypeGetTagType(module.context(), import)));
    case WasmEdge_ExternalType_Global: {
      const auto* type = WasmEdge_ImportTypeGetGlobalType(module.context(), import);
      return WasmEdge_GlobalTypeGetMutability(type) == WasmEdge_Mutability_Var &&
             WasmEdge_ValTypeIsRef(WasmEdge_GlobalTypeGetValType(type));
    }
    default:
      return false;
  }
}

/// Makes whoever lends something that can hold references to `borrower` keep it alive.
void share_lifetime(const Module& module, const Providers& providers, const py::object& borrower) {
  for (const RawImport* import : raw_imports(module)) {
    if (!can_hold_functions(module, import)) continue;
    const auto lender = providers.find(module_of(import));
    if (lender == providers.end()) continue;
    add_dependency(lender->second, borrower);
  }
}

[[noreturn]] void throw_failure(WasmEdge_Result result, const Module& module, const Providers& providers) {
  const std::uint32_t code = WasmEdge_ResultGetCode(result);
  const std::string subject = "cannot instantiate " + module.label();
  std::vector<LogRecord> details = take_log_records();
  module.shift().undo(details);
  std::string problems;
  if (code == WasmEdge_ErrCode_UnknownImport || code == WasmEdge_ErrCode_IncompatibleImportType) {
    problems = describe_problems(module, providers, details);
  }
  if (problems.empty()) raise(RuntimeFailure(result, subject, std::move(details)));
  raise(RuntimeFailure(static_cast<WasmEdge_ErrCode>(code),
                       subject + ": " + WasmEdge_ResultGetMessage(result) + ": " + problems, std::move(details)));
}

/// Whether a provider exports, under the name of an import, a function that it imports itself.
bool is_reexport(const Providers& providers, const RawImport* import) {
  if (WasmEdge_ImportTypeGetExternalType(import) != WasmEdge_ExternalType_Function) return false;
  const auto provider = providers.find(module_of(import));
  if (provider == providers.end()) return false;
  const Anchor& anchor = anchor_of(provider->second);
  const auto name = WasmEdge_ImportTypeGetExternalName(import);
  return anchor.imported_functions.contains(WasmEdge_ModuleInstanceFindFunction(anchor.instance.get(), name));
}

/// Whether a module makes references of a function that it imports, and the function may be compiled: then whoever calls the
/// reference must find one that is interpreted, and calls the other by name (native_obstacles.hpp).
class CapturedFunctions {
 public:
  CapturedFunctions(const Module& module, const Providers& providers)
      : providers_(providers), referenced_(referenced_functions(module.bytes())) {}

  /// For each import in order.
  bool contain_next(const RawImport* import) {
    if (WasmEdge_ImportTypeGetExternalType(import) != WasmEdge_ExternalType_Function) return false;
    const std::uint64_t index = next_++;
    const auto provider = providers_.find(module_of(import));
    if (provider == providers_.end() || anchor_of(provider->second).code == nullptr) return false;
    return !referenced_ || referenced_->contains(index);
  }

 private:
  const Providers& providers_;
  std::optional<std::set<std::uint64_t>> referenced_;
  std::uint64_t next_ = 0;
};

/// The runtime compares the type of an imported function by its index in the types of the instance that exports it, but a
/// function that is exported again has an index of the instance that defines it (0.17.1, instantiate/import.cpp): the link
/// fails, or reads past the types. So such a provider is replaced by an instance of a module with the same exports, whose
/// functions are its own and call the others. So is a provider of compiled functions that references are made of.
void replace_providers(const Module& module, Providers& providers) {
  std::map<std::string, py::set> wanted;
  CapturedFunctions captured(module, providers);
  for (const RawImport* import : raw_imports(module)) {
    const bool is_captured = captured.contain_next(import);
    if (is_captured || is_reexport(providers, import)) wanted[module_of(import)];
  }
  for (const RawImport* import : raw_imports(module)) {
    const auto found = wanted.find(module_of(import));
    if (found != wanted.end()) found->second.add(to_str(view(WasmEdge_ImportTypeGetExternalName(import))));
  }
  for (const auto& [name, names] : wanted) {
    const py::object replaced = call_in("wasmedge.namespaces", "replace_reexports", Instance(providers[name]), names);
    providers[name] = replaced.cast<const Instance&>().anchor();
  }
}

[[noreturn]] void throw_circle(const Module& module, const RawImport* import, const Anchor& provider) {
  constexpr const char* kProblem =
      ": references to functions of two compiled instances would meet by its import of the ";
  constexpr const char* kReason =
      ", and WasmEdge 0.17's compiled code calls functions of other instances with its own memory";
  constexpr const char* kAdvice = "; instantiate all but one of them with run_mode=\"interpreter\"";
  const auto name = view(WasmEdge_ImportTypeGetExternalName(import));
  raise(RuntimeFailure(WasmEdge_ErrCode_RuntimeError,
                       "cannot instantiate " + module.label() + kProblem +
                           kind_name(WasmEdge_ImportTypeGetExternalType(import)) + " '" + std::string(name) + "' of " +
                           provider.label + kReason + kAdvice,
                       {}, "LinkError"));
}

/// The circle of an instance to be: with those that it exchanges references to functions with.
ReferenceCircle::Pointer make_circle(const Module& module, const Providers& providers, bool is_native) {
  auto circle = std::make_shared<ReferenceCircle>();
  if (is_native) ReferenceCircle::set_native(circle);
  for (const RawImport* import : raw_imports(module)) {
    const auto provider = providers.find(module_of(import));
    if (provider == providers.end() || !passes_functions(module, import)) continue;
    const Anchor& anchor = anchor_of(provider->second);
    if (!ReferenceCircle::can_join(circle, anchor.circle)) {
      throw_circle(module, import, anchor);
    }
    ReferenceCircle::join(circle, anchor.circle);
  }
  return circle;
}

Metering metering_of(const NativeCode* code, const Providers& providers) {
  Metering metering;
  if (code != nullptr) metering = {code->counts_instructions(), code->measures_cost(), !code->measures_cost()};
  for (const auto& [name, provider] : providers) metering.include(anchor_of(provider).metering);
  return metering;
}

/// Notes where the functions that an instance imports are defined.
void note_imported_functions(const Module& module, const Providers& providers, Anchor& anchor) {
  for (const RawImport* import : raw_imports(module)) {
    if (WasmEdge_ImportTypeGetExternalType(import) != WasmEdge_ExternalType_Function) continue;
    const py::object& provider = providers.at(module_of(import));
    const auto name = WasmEdge_ImportTypeGetExternalName(import);
    const auto* function = WasmEdge_ModuleInstanceFindFunction(anchor_of(provider).instance.get(), name);
    anchor.imported_functions.try_emplace(function, provider.ptr(), std::string(view(name)));
  }
}

void check_limits(const Module& module) {
  if (module.limits().table_elements <= kMaxTableElements) return;
  raise(RuntimeFailure(WasmEdge_ErrCode_TableOutOfBounds,
                       "cannot instantiate " + module.label() + ": its tables begin with " +
                           std::to_string(module.limits().table_elements) + " elements, at most " +
                           std::to_string(kMaxTableElements) + " are allowed",
                       {}, "InstantiationError"));
}

/// A C store with the providers linked in under the names that the module imports them by.
std::shared_ptr<WasmEdge_StoreContext> make_linking_store(WasmEdge_ExecutorContext* executor,
                                                          const Providers& providers) {
  auto store = own(WasmEdge_StoreCreate());
  for (const auto& [name, anchor] : providers) {
    check(WasmEdge_ExecutorRegisterImportWithAlias(executor, store.get(), anchor_of(anchor).instance.get(), wrap(name)),
          "cannot link '" + name + "'");
  }
  return store;
}

/// Fills in what an instance of the module needs, before or after it has the instance itself.
void make_dependent(const py::object& object, const std::shared_ptr<Executor>& executor, const Module& module,
                    const Providers& providers, const std::shared_ptr<NativeCode>& code) {
  Anchor& anchor = anchor_of(object);
  anchor.executor = executor;
  anchor.label = module.label();
  anchor.shift = module.shift();
  anchor.code = code;
  anchor.run_mode = code ? code->mode() : RunMode::kInterpreter;
  anchor.metering = metering_of(code.get(), providers);
  anchor.stores_externrefs = module.limits().stores_externrefs;
  anchor.has_only_function_types = module.limits().has_only_function_types;
  for (const auto& [name, provider] : providers) {
    anchor.has_only_function_types = anchor.has_only_function_types && anchor_of(provider).has_only_function_types;
    add_dependency(object, provider);
  }
}

/// A memory that was cut to the configured limit, or got no address space, is only a line of the log to the runtime: the
/// instantiation succeeds, and the guest finds less than it declares (facts: memory instance).
void check_memories(const Module& module) {
  if (!has_log_records()) return;
  std::vector<LogRecord> records = take_log_records();
  const auto says = [&](std::string_view text) {
    return std::ranges::any_of(records,
                               [&](const auto& record) { return record.message.find(text) != std::string::npos; });
  };
  if (says("Unable to find usable memory address")) {
    forward_log_records(records);
    throw std::bad_alloc();
  }
  if (says("page in configuration") || says("page upper bound")) {
    raise(RuntimeFailure(
        WasmEdge_ErrCode_RuntimeError,
        "cannot instantiate " + module.label() + ": a memory begins with more pages than max_memory_pages",
        std::move(records), "InstantiationError"));
  }
  forward_log_records(records);
}

WasmEdge_Result run_instantiation(CallContext& call, WasmEdge_ModuleInstanceContext** instance,
                                  WasmEdge_StoreContext* store, const WasmEdge_ASTModuleContext* module,
                                  const std::string& name) {
  WasmEdge_ExecutorContext* executor = call.context();
  drop_log_records();
  return call.run([&] {
    if (name.empty()) return WasmEdge_ExecutorInstantiate(executor, instance, store, module);
    return WasmEdge_ExecutorRegister(executor, instance, store, module, wrap(name));
  });
}

}  // namespace

py::object link(const std::shared_ptr<Executor>& executor, const std::shared_ptr<Module>& shared_module,
                const Store& store, const std::string& name, std::shared_ptr<NativeCode> code) {
  const Module& module = *shared_module;
  require_stack();
  check_limits(module);
  if (!code) code = choose_code(*executor, shared_module);
  Providers providers = find_providers(module, store);
  replace_providers(module, providers);
  executor->require_serving(metering_of(code.get(), providers), "what " + module.label() + " imports");
  const auto circle = make_circle(module, providers, code != nullptr);
  const Instantiation instantiation;
  CallContext call(executor);
  call.set_circle(circle);
  const auto linking_store = make_linking_store(call.context(), providers);
  WasmEdge_ModuleInstanceContext* instance = nullptr;
  const RunawayGuard guard(call.context());
  const WasmEdge_Result result =
      run_instantiation(call, &instance, linking_store.get(), code ? code->context() : module.context(), name);
  // A host function that the start function called may have asked for the instance, and keep it.
  py::object anchor = Instantiation::take_anchor(instance);
  anchor_of(anchor).circle = circle;
  make_dependent(anchor, executor, module, providers, code);
  if (instance == nullptr) {
    anchor_of(anchor).failed = linking_store;
    share_lifetime(module, providers, anchor);
    Instantiation::share_failure(anchor);
    call.rethrow();
    call.check_stopped(result, "instantiating " + module.label());
    guard.check(result, "cannot instantiate " + module.label());
    throw_failure(result, module, providers);
  }
  auto owned = own(instance);
  check_memories(module);
  set_instance(anchor, std::move(owned));
  note_imported_functions(module, providers, anchor_of(anchor));
  flush_log_records();
  share_lifetime(module, providers, anchor);
  return anchor;
}

}  // namespace wasmedge
