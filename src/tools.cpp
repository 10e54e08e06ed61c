// SPDX-License-Identifier: Apache-2.0
// Binds WasmEdge's own command-line tools (wasmedge/wasmedge_tools.h).
#include <cstdio>
#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "errors.hpp"
#include "gil.hpp"
#include "logging.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

using Tool = int (*)(int, const char**) noexcept;

/// Runs a tool with the arguments of its process, the program's name first.
int run_tool(Tool tool, const std::vector<std::string>& argv) {
  if (argv.empty()) throw_value_error("argv begins with the program's name");
  std::vector<const char*> pointers;
  for (const std::string& argument : argv) {
    if (argument.find('\0') != std::string::npos) throw_value_error("an argument contains a NUL character");
    pointers.push_back(argument.c_str());
  }
  const int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  const int result = without_gil([&] {
    const int status = tool(count, pointers.data());
    std::fflush(stdout);  // before what Python writes next, which has a buffer of its own
    return status;
  });
  // A tool may have changed the level of the log.
  restore_log_level();
  flush_log_records();
  return result;
}

int tool_run(const std::vector<std::string>& argv) { return run_tool(&WasmEdge_Driver_Tool, argv); }
int tool_compile(const std::vector<std::string>& argv) { return run_tool(&WasmEdge_Driver_Compiler, argv); }

}  // namespace

void register_tools(py::module_& m) {
  m.def("_tool_run", &tool_run, py::arg("argv"), "Run the tool `wasmedge`.");
  m.def("_tool_compile", &tool_compile, py::arg("argv"), "Run the tool `wasmedgec`.");
}

}  // namespace wasmedge
