// SPDX-License-Identifier: Apache-2.0
// Binds Configure (wasmedge/wasmedge_configure.h).
#include "configure.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "construction.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

constexpr std::uint64_t kMaxPages = 65536;  // 4 GiB: all that 32 bits address

bool configure_has(const Configure& self, py::handle option) {
  if (py::isinstance<WasmEdge_Proposal>(option)) {
    return WasmEdge_ConfigureHasProposal(self.context(), option.cast<WasmEdge_Proposal>());
  }
  if (py::isinstance<HostRegistration>(option)) return self.has(option.cast<HostRegistration>());
  throw_type_error(std::string("expected a Proposal or a HostRegistration, not ") + Py_TYPE(option.ptr())->tp_name);
}

void configure_add(Configure& self, py::handle option) {
  if (configure_has(self, option)) return;
  if (py::isinstance<WasmEdge_Proposal>(option)) {
    WasmEdge_ConfigureAddProposal(self.context(), option.cast<WasmEdge_Proposal>());
  } else {
    self.add(option.cast<HostRegistration>());
  }
}

void configure_remove(Configure& self, py::handle option) {
  if (!configure_has(self, option)) return;
  if (py::isinstance<WasmEdge_Proposal>(option)) {
    WasmEdge_ConfigureRemoveProposal(self.context(), option.cast<WasmEdge_Proposal>());
    // The runtime ignores the removal of what another proposal stands on, without a word.
    if (configure_has(self, option)) {
      throw_value_error("cannot remove " + py::str(option).cast<std::string>() +
                        ": another proposal needs it (remove GC, then FUNCTION_REFERENCES, then REFERENCE_TYPES)");
    }
  } else {
    self.remove(option.cast<HostRegistration>());
  }
}

void configure_set_standard(Configure& self, WasmEdge_Standard standard) {
  WasmEdge_ConfigureSetWASMStandard(self.context(), standard);
}

void configure_set_max_memory_pages(Configure& self, const py::object& number) {
  const std::uint64_t pages = size_from(number, "max_memory_pages");
  if (pages > kMaxPages) {
    throw_value_error("max_memory_pages is at most 65536 (4 GiB), not " + std::to_string(pages));
  }
  WasmEdge_ConfigureSetMaxMemoryPage(self.context(), pages);
}

RunMode configure_run_mode(const Configure& self) { return self.run_mode(); }
void configure_set_run_mode(Configure& self, const py::object& mode) { self.set_run_mode(run_mode_from(mode)); }
std::optional<RunMode> configure_chosen_run_mode(const Configure& self) { return self.chosen_run_mode(); }

bool configure_force_interpreter(const Configure& self) { return self.run_mode() == RunMode::kInterpreter; }

/// As in the runtime itself: False forbids nothing and allows nothing.
void configure_set_force_interpreter(Configure& self, bool on) {
  if (on) self.set_run_mode(RunMode::kInterpreter);
}

WasmEdge_CompilerOptimizationLevel configure_optimization_level(const Configure& self) {
  return WasmEdge_ConfigureCompilerGetOptimizationLevel(self.context());
}

void configure_set_optimization_level(Configure& self, WasmEdge_CompilerOptimizationLevel level) {
  WasmEdge_ConfigureCompilerSetOptimizationLevel(self.context(), level);
}

WasmEdge_CompilerOutputFormat configure_output_format(const Configure& self) {
  return WasmEdge_ConfigureCompilerGetOutputFormat(self.context());
}

void configure_set_output_format(Configure& self, WasmEdge_CompilerOutputFormat format) {
  WasmEdge_ConfigureCompilerSetOutputFormat(self.context(), format);
}

/// For keys of caches: which proposals are on decides what a module's code may be.
std::uint64_t configure_proposals(const Configure& self) {
  std::uint64_t bits = 0;
  for (int proposal = 0; proposal <= static_cast<int>(WasmEdge_Proposal_Component); ++proposal) {
    const bool on = WasmEdge_ConfigureHasProposal(self.context(), static_cast<WasmEdge_Proposal>(proposal));
    bits |= std::uint64_t{on} << static_cast<unsigned>(proposal);
  }
  return bits;
}

/// A switch of the C API, by its two functions.
template <auto Get>
bool configure_get_switch(const Configure& self) {
  return Get(self.context());
}

template <auto Set>
void configure_set_switch(Configure& self, bool on) {
  Set(self.context(), on);
}

/// A setting that is no option of Configure would otherwise become an attribute error with a puzzling name.
void apply_setting(const py::object& self, const py::handle& name, const py::handle& value) {
  constexpr std::array<std::string_view, 14> settings{"strict",
                                                      "cache",
                                                      "run_mode",
                                                      "force_interpreter",
                                                      "max_memory_pages",
                                                      "count_instructions",
                                                      "measure_cost",
                                                      "measure_time",
                                                      "optimization_level",
                                                      "output_format",
                                                      "dump_ir",
                                                      "generic_binary",
                                                      "interruptible",
                                                      "native_plugins"};
  const auto key = name.cast<std::string>();
  if (std::ranges::find(settings, key) == settings.end()) {
    throw_type_error("Configure() has no setting '" + key + "'");
  }
  self.attr(name) = value;
}

std::shared_ptr<Configure> configure_make(const py::args& options, const py::kwargs& settings) {
  auto configure = std::make_shared<Configure>();
  const py::object self = py::cast(configure);
  // The standard comes first, wherever it stands: it replaces all proposals.
  if (settings.contains("standard")) configure_set_standard(*configure, settings["standard"].cast<WasmEdge_Standard>());
  for (const py::handle option : options) configure_add(*configure, option);
  for (const auto& [name, value] : settings) {
    if (name.cast<std::string>() != "standard") apply_setting(self, name, value);
  }
  return configure;
}

std::string configure_repr(const py::object& self) {
  const auto& configure = self.cast<const Configure&>();
  std::string options;
  for (const char* name : {"Proposal", "HostRegistration"}) {
    const py::object members = py::module_::import("wasmedge._core").attr(name);
    for (const py::handle member : members) {
      if (!configure_has(configure, member)) continue;
      if (!options.empty()) options += ", ";
      options += member.attr("name").cast<std::string>();
    }
  }
  return "<Configure " + options + "; max_memory_pages=" + std::to_string(configure.max_memory_pages()) + ">";
}

}  // namespace

Configure::Configure() : context_(own(WasmEdge_ConfigureCreate())) {
  WasmEdge_ConfigureSetWASMStandard(context_.get(), WasmEdge_Standard_WASM_2);
}

std::optional<RunMode> Configure::chosen_run_mode() const noexcept {
  const std::uint8_t mode = settings_->run_mode;
  return mode == kUnset ? std::nullopt : std::optional(static_cast<RunMode>(mode));
}

std::shared_ptr<Configure> with_run_mode(std::shared_ptr<Configure> configure, const py::object& run_mode,
                                         std::optional<bool> strict) {
  configure = or_default(std::move(configure));
  if (run_mode.is_none() && !strict) return configure;
  auto changed = std::make_shared<Configure>(configure->copy());
  if (!run_mode.is_none()) changed->set_run_mode(run_mode_from(run_mode));
  if (strict) changed->set_strict(*strict);
  return changed;
}

Configure Configure::copy() const {
  const Configure copy;
  WasmEdge_ConfigureContext* target = copy.context();
  WasmEdge_ConfigureContext* source = context();
  for (int proposal = 0; proposal <= static_cast<int>(WasmEdge_Proposal_Component); ++proposal) {
    const auto each = static_cast<WasmEdge_Proposal>(proposal);
    if (WasmEdge_ConfigureHasProposal(source, each)) WasmEdge_ConfigureAddProposal(target, each);
  }
  // Backwards, so that what another proposal stands on goes last.
  for (int proposal = static_cast<int>(WasmEdge_Proposal_Component); proposal >= 0; --proposal) {
    const auto each = static_cast<WasmEdge_Proposal>(proposal);
    if (!WasmEdge_ConfigureHasProposal(source, each)) WasmEdge_ConfigureRemoveProposal(target, each);
  }
  WasmEdge_ConfigureSetMaxMemoryPage(target, max_memory_pages());
  WasmEdge_ConfigureStatisticsSetInstructionCounting(target, counts_instructions());
  WasmEdge_ConfigureStatisticsSetCostMeasuring(target, measures_cost());
  WasmEdge_ConfigureStatisticsSetTimeMeasuring(target, measures_time());
  WasmEdge_ConfigureCompilerSetOptimizationLevel(target, WasmEdge_ConfigureCompilerGetOptimizationLevel(source));
  WasmEdge_ConfigureCompilerSetOutputFormat(target, WasmEdge_ConfigureCompilerGetOutputFormat(source));
  WasmEdge_ConfigureCompilerSetDumpIR(target, WasmEdge_ConfigureCompilerIsDumpIR(source));
  WasmEdge_ConfigureCompilerSetGenericBinary(target, WasmEdge_ConfigureCompilerIsGenericBinary(source));
  WasmEdge_ConfigureCompilerSetInterruptible(target, WasmEdge_ConfigureCompilerIsInterruptible(source));
  copy.settings_->hosts = settings_->hosts.load();
  copy.settings_->run_mode = settings_->run_mode.load();
  copy.settings_->strict = settings_->strict.load();
  copy.settings_->use_cache = settings_->use_cache.load();
  copy.settings_->native_plugins = settings_->native_plugins.load();
  return copy;
}

void register_configure(py::module_& m) {
  py::classh<Configure>(m, "Configure", py::is_final(), guarded_metaclass(), "What a runtime is configured with.",
                        guarded())
      .def(py::init(&configure_make))
      .def("add", &configure_add, py::arg("option"), "Switch a proposal or a host registration on.")
      .def("remove", &configure_remove, py::arg("option"), "Switch a proposal or a host registration off.")
      .def("__contains__", &configure_has, py::arg("option"))
      .def("set_standard", &configure_set_standard, py::arg("standard"),
           "Replace the proposals by those of a version of the WebAssembly standard.")
      .def_property("max_memory_pages", &Configure::max_memory_pages, &configure_set_max_memory_pages,
                    "The most pages of 64 KiB that one memory may have.")
      .def_property("count_instructions", &configure_get_switch<&WasmEdge_ConfigureStatisticsIsInstructionCounting>,
                    &configure_set_switch<&WasmEdge_ConfigureStatisticsSetInstructionCounting>,
                    "Whether executed instructions are counted.")
      .def_property("measure_cost", &configure_get_switch<&WasmEdge_ConfigureStatisticsIsCostMeasuring>,
                    &configure_set_switch<&WasmEdge_ConfigureStatisticsSetCostMeasuring>,
                    "Whether the cost of executed instructions is summed up, and held to the cost limit.")
      .def_property("measure_time", &configure_get_switch<&WasmEdge_ConfigureStatisticsIsTimeMeasuring>,
                    &configure_set_switch<&WasmEdge_ConfigureStatisticsSetTimeMeasuring>,
                    "Whether execution time is measured.")
      .def_property("run_mode", &configure_run_mode, &configure_set_run_mode, "How functions are run.")
      .def_property_readonly("_chosen_run_mode", &configure_chosen_run_mode, "The run mode that was set, or None.")
      .def_property("strict", &Configure::strict, &Configure::set_strict,
                    "Whether what cannot be compiled is refused, and not interpreted.")
      .def_property("cache", &Configure::use_cache, &Configure::set_use_cache,
                    "Whether compiled code is taken from the cache and left there.")
      .def("_copy", &Configure::copy, "Return a copy that later changes do not reach.")
      .def("_proposals", &configure_proposals, "Return the proposals that are on, as the bits of a number.")
      .def_property("force_interpreter", &configure_force_interpreter, &configure_set_force_interpreter,
                    "Whether compiled code is left alone.")
      .def_property("optimization_level", &configure_optimization_level, &configure_set_optimization_level,
                    "How much the compiler optimises.")
      .def_property("output_format", &configure_output_format, &configure_set_output_format,
                    "What the compiler writes.")
      .def_property("dump_ir", &configure_get_switch<&WasmEdge_ConfigureCompilerIsDumpIR>,
                    &configure_set_switch<&WasmEdge_ConfigureCompilerSetDumpIR>,
                    "Whether the compiler writes its intermediate code too.")
      .def_property("generic_binary", &configure_get_switch<&WasmEdge_ConfigureCompilerIsGenericBinary>,
                    &configure_set_switch<&WasmEdge_ConfigureCompilerSetGenericBinary>,
                    "Whether compiled code is for any processor of the architecture.")
      .def_property("interruptible", &configure_get_switch<&WasmEdge_ConfigureCompilerIsInterruptible>,
                    &configure_set_switch<&WasmEdge_ConfigureCompilerSetInterruptible>,
                    "Whether compiled code looks for being stopped.")
      .def_property("native_plugins", &Configure::native_plugins, &Configure::set_native_plugins,
                    "Whether host registrations take the modules of native plug-ins.")
      .def("__repr__", &configure_repr);
}

}  // namespace wasmedge
