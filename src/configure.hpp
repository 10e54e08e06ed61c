// SPDX-License-Identifier: Apache-2.0
// What a runtime is configured with.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "handles.hpp"

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

  /// A copy with all that an executor looks at: the C API has no copy of its own.
  Configure copy_for_executor() const;

  bool has(HostRegistration host) const noexcept { return (*hosts_ & bit(host)) != 0; }
  void add(HostRegistration host) noexcept { *hosts_ |= bit(host); }
  void remove(HostRegistration host) noexcept { *hosts_ &= static_cast<std::uint8_t>(~bit(host)); }

  std::uint64_t max_memory_pages() const noexcept { return WasmEdge_ConfigureGetMaxMemoryPage(context_.get()); }

 private:
  static constexpr std::uint8_t bit(HostRegistration host) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(host));
  }

  std::shared_ptr<WasmEdge_ConfigureContext> context_;
  std::shared_ptr<std::atomic<std::uint8_t>> hosts_ = std::make_shared<std::atomic<std::uint8_t>>();
};

/// The caller's configuration, or the default one for None.
inline std::shared_ptr<Configure> or_default(std::shared_ptr<Configure> configure) {
  return configure ? std::move(configure) : std::make_shared<Configure>();
}

}  // namespace wasmedge
