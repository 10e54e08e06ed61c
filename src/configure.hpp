// SPDX-License-Identifier: Apache-2.0
// What a runtime is configured with.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "handles.hpp"
#include "run_mode.hpp"

namespace wasmedge {

/// The host modules that a VM can register by itself. WASI is the runtime's own; the C API of 0.17 knows no other any more.
enum class HostRegistration : std::uint8_t {
  kWasi,
  kProcess,
  kWasiNN,
  kWasiCryptoCommon,
  kWasiCryptoAsymmetricCommon,
  kWasiCryptoKx,
  kWasiCryptoSignatures,
  kWasiCryptoSymmetric,
};

/// A C configure context. The C API copies it into each consumer and locks it by itself, so it may be changed and shared at
/// any time, and a change reaches only what is made afterwards. A copy of this object shares the context.
class Configure {
 public:
  /// WebAssembly 2.0, without the proposals of 3.0: the runtime's own default has known sandbox escapes among them.
  Configure();

  WasmEdge_ConfigureContext* context() const noexcept { return context_.get(); }

  bool counts_instructions() const noexcept {
    return WasmEdge_ConfigureStatisticsIsInstructionCounting(context_.get());
  }
  bool measures_cost() const noexcept { return WasmEdge_ConfigureStatisticsIsCostMeasuring(context_.get()); }
  bool measures_time() const noexcept { return WasmEdge_ConfigureStatisticsIsTimeMeasuring(context_.get()); }

  bool counts_anything() const noexcept { return counts_instructions() || measures_cost() || measures_time(); }

  /// A copy that later changes do not reach: the C API has no copy of its own.
  Configure copy() const;

  bool has(HostRegistration host) const noexcept { return (settings_->hosts & bit(host)) != 0; }
  void add(HostRegistration host) noexcept { settings_->hosts |= bit(host); }
  void remove(HostRegistration host) noexcept { settings_->hosts &= static_cast<std::uint8_t>(~bit(host)); }

  /// The mode that was set, or nothing. The C context stays at the interpreter: which machine code its consumers may load is
  /// decided here, file by file.
  std::optional<RunMode> chosen_run_mode() const noexcept;
  RunMode run_mode() const noexcept { return chosen_run_mode().value_or(RunMode::kInterpreter); }
  void set_run_mode(RunMode mode) noexcept { settings_->run_mode = static_cast<std::uint8_t>(mode); }

  /// Whether what cannot be compiled is refused, and not interpreted.
  bool strict() const noexcept { return settings_->strict; }
  void set_strict(bool on) noexcept { settings_->strict = on; }

  /// Whether compiled code may be taken from the cache and left there.
  /// Whether host registrations take the module of a native plug-in where one is loaded.
  bool native_plugins() const noexcept { return settings_->native_plugins; }
  void set_native_plugins(bool on) noexcept { settings_->native_plugins = on; }

  bool use_cache() const noexcept { return settings_->use_cache; }
  void set_use_cache(bool on) noexcept { settings_->use_cache = on; }

  std::uint64_t max_memory_pages() const noexcept { return WasmEdge_ConfigureGetMaxMemoryPage(context_.get()); }

 private:
  static constexpr std::uint8_t kUnset = 0xff;

  /// What the C context has no place for.
  struct Settings {
    std::atomic<std::uint8_t> hosts{0};
    std::atomic<std::uint8_t> run_mode{kUnset};
    std::atomic<bool> strict{false};
    std::atomic<bool> use_cache{true};
    std::atomic<bool> native_plugins{false};
  };

  static constexpr std::uint8_t bit(HostRegistration host) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(host));
  }

  std::shared_ptr<WasmEdge_ConfigureContext> context_;
  std::shared_ptr<Settings> settings_ = std::make_shared<Settings>();
};

/// The caller's configuration, or the default one for None.
inline std::shared_ptr<Configure> or_default(std::shared_ptr<Configure> configure) {
  return configure ? std::move(configure) : std::make_shared<Configure>();
}

/// The same, in a copy where a run mode or strictness is given that goes before its own. GIL held.
std::shared_ptr<Configure> with_run_mode(std::shared_ptr<Configure> configure, const py::object& run_mode,
                                         std::optional<bool> strict);

}  // namespace wasmedge
