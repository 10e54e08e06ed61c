// SPDX-License-Identifier: Apache-2.0
// What each file adds to the module, in the order of the calls.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

void register_construction(py::module_& m);
void register_errors(py::module_& m);
void register_logging(py::module_& m);
void register_enums(py::module_& m);
void register_run_mode(py::module_& m);
void register_build_info(py::module_& m);
void register_limit(py::module_& m);
void register_function_type(py::module_& m);
void register_types(py::module_& m);
void register_extern_types(py::module_& m);
void register_v128(py::module_& m);
void register_externref(py::module_& m);
void register_configure(py::module_& m);
void register_statistics(py::module_& m);
void register_module(py::module_& m);
void register_loader(py::module_& m);
void register_native_code(py::module_& m);
void register_compiler(py::module_& m);
void register_validator(py::module_& m);
void register_anchor(py::module_& m);
void register_function(py::module_& m);
void register_memory(py::module_& m);
void register_table(py::module_& m);
void register_global(py::module_& m);
void register_tag(py::module_& m);
void register_exports(py::module_& m);
void register_instance(py::module_& m);
void register_host_module(py::module_& m);
void register_wasi(py::module_& m);
void register_stop_source(py::module_& m);
void register_async_state(py::module_& m);
void register_ended_calls(py::module_& m);
void register_loop_signal(py::module_& m);
void register_pool(py::module_& m);
void register_async_call(py::module_& m);
void register_store(py::module_& m);
void register_executor(py::module_& m);
void register_calling_frame(py::module_& m);
void register_array_kernel(py::module_& m);
void register_tools(py::module_& m);
void register_plugin(py::module_& m);
void register_vm(py::module_& m);

}  // namespace wasmedge
