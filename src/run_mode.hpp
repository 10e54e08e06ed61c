// SPDX-License-Identifier: Apache-2.0
// How functions are run: interpreted, or as native code from one place or another.
#pragma once

#include <cstdint>

#include "pybind.hpp"

namespace wasmedge {

/// The first three are the runtime's, with its values. kAuto is ours: native code where it can be had, sooner or later.
enum class RunMode : std::uint8_t { kInterpreter, kJit, kAot, kAuto };

/// A RunMode, or its name in small letters. Throws TypeError or ValueError. GIL held.
RunMode run_mode_from(py::handle object);

}  // namespace wasmedge
