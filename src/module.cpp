// SPDX-License-Identifier: Apache-2.0
// The extension module wasmedge._core: calls each file's register function, and nothing else.
#include "register.hpp"

// The GIL is not needed: state is immutable, atomic, thread-local, or behind a lock.
PYBIND11_MODULE(_core, m, py::mod_gil_not_used()) {
  using namespace wasmedge;
  m.doc() = "The extension module of wasmedge; its public names are re-exported there.";
  // The log first: nothing of the runtime may run before it has been turned away from stdout. Then what signatures and
  // defaults of the later ones mention: pybind11 writes them down when a function is bound.
  register_logging(m);
  register_construction(m);
  register_errors(m);
  register_enums(m);
  register_run_mode(m);
  register_build_info(m);
  register_limit(m);
  register_function_type(m);
  register_types(m);
  register_extern_types(m);
  register_v128(m);
  register_externref(m);
  register_configure(m);
  register_statistics(m);
  register_module(m);
  register_loader(m);
  register_native_code(m);
  register_compiler(m);
  register_validator(m);
  register_anchor(m);
  register_function(m);
  register_memory(m);
  register_table(m);
  register_global(m);
  register_tag(m);
  register_exports(m);
  register_instance(m);
  register_host_module(m);
  register_wasi(m);
  register_stop_source(m);
  register_async_state(m);
  register_ended_calls(m);
  register_loop_signal(m);
  register_pool(m);
  register_async_call(m);
  register_store(m);
  register_executor(m);
  register_calling_frame(m);
  register_array_kernel(m);
  register_tools(m);
  register_plugin(m);
  register_vm(m);
}
