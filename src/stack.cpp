// SPDX-License-Identifier: Apache-2.0
// Measures the C stack of the calling thread; over no header of WasmEdge's in particular.
#include "stack.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pybind.hpp"

namespace wasmedge {
namespace {

/// For one entry: the interpreter's frames, a host function, and what Python runs in it until it looks for itself.
constexpr std::size_t kReserve = std::size_t{192} * 1024;

/// The address below which a thread must not go any deeper; 0 where it cannot be told.
std::uintptr_t find_lowest() {
#ifdef __linux__
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!known) return 0;
#else
  const std::size_t size = pthread_get_stacksize_np(pthread_self());
  auto* lowest = static_cast<char*>(pthread_get_stackaddr_np(pthread_self())) - size;
#endif
  return reinterpret_cast<std::uintptr_t>(lowest) + std::min(kReserve, size / 2);
}

}  // namespace

void check_stack(std::uintptr_t here) {
  if (thread_state.lowest_stack == UINTPTR_MAX) thread_state.lowest_stack = find_lowest();
  if (here > thread_state.lowest_stack) return;
  PyErr_SetString(PyExc_RecursionError,
                  "calls between WebAssembly and Python are nested too deeply for the thread's stack");
  throw py::error_already_set();
}

}  // namespace wasmedge
