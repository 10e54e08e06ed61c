// SPDX-License-Identifier: Apache-2.0
// `__cxa_call_terminate`, which libstdc++ has from GCC 14 on: called when an exception leaves a noexcept function.
#include <cxxabi.h>

#include <exception>

extern "C" [[noreturn]] void __cxa_call_terminate(void* unwinding) noexcept {
  // A terminate handler that asks for the current exception finds it only once it counts as caught.
  if (unwinding != nullptr) {
    abi::__cxa_begin_catch(unwinding);
  }
  std::terminate();
}
