// SPDX-License-Identifier: Apache-2.0
// Converts the options of WasiModule; over no header of WasmEdge's.
#include "wasi_options.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <tuple>

#include "errors.hpp"
#include "gil.hpp"
#include "mappings.hpp"

namespace wasmedge {
namespace {

/// A str or path as the bytes that the operating system and a guest see; no NUL can be in them.
std::string to_bytes(py::handle object, const char* what) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(object.ptr(), static_cast<void*>(&encoded)) == 0) throw py::error_already_set();
  auto text = py::reinterpret_steal<py::bytes>(encoded).cast<std::string>();
  if (text.find('\0') != std::string::npos) throw_value_error(std::string(what) + " contains a NUL character");
  return text;
}

std::vector<std::string> args_from(const py::iterable& args) {
  if (py::isinstance<py::str>(args)) throw_type_error("args must be a sequence of str, not one str");
  std::vector<std::string> result;
  for (const py::handle arg : args) result.push_back(to_bytes(arg, "an argument"));
  return result;
}

/// A copy of any mapping: converting its items may run Python code that changes the original.
py::dict env_mapping(const py::object& env) {
  if (!py::isinstance<py::str>(env)) return copy_of_mapping(env);
  if (env.cast<std::string>() != "inherit") throw_value_error("env must be a mapping or 'inherit'");
  return copy_of_mapping(py::module_::import("os").attr("environ"));
}

std::vector<std::string> env_from(const py::dict& env) {
  std::vector<std::string> result;
  for (const auto& [name, value] : env) {
    const std::string key = to_bytes(name, "an environment variable");
    if (key.empty() || key.find('=') != std::string::npos) {
      throw_value_error("an environment variable has a name without '=', not '" + key + "'");
    }
    result.push_back(key + "=" + to_bytes(value, "an environment variable"));
  }
  return result;
}

/// Tells at once what could not be opened when a program is to begin.
void require_directory(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_os_error(errno, path);
  ::close(descriptor);
}

std::vector<WasiPreopen> preopens_from(const py::dict& preopens) {
  const py::object read_only = py::module_::import("wasmedge.wasi").attr("ReadOnly");
  std::vector<WasiPreopen> result;
  for (const auto& [guest, host] : preopens) {
    WasiPreopen preopen{to_bytes(guest, "a preopened directory"), to_bytes(host, "a preopened directory"),
                        py::isinstance(host, read_only)};
    if (preopen.guest.empty()) throw_value_error("a preopened directory has a guest path that is not empty");
    require_directory(preopen.host);
    result.push_back(std::move(preopen));
  }
  return result;
}

}  // namespace

void throw_os_error(int reason, const std::string& path) {
  const auto shown = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeFSDefaultAndSize(path.data(), static_cast<py::ssize_t>(path.size())));
  errno = reason;
  PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, shown.ptr());
  throw py::error_already_set();
}

void read_sockets(const py::object& sockets, WasiOptions& options) {
  options.sockets = true;
  if (py::isinstance<py::bool_>(sockets)) {
    options.sockets = sockets.cast<bool>();
    return;
  }
  std::vector<SocketRule> rules;
  for (const py::handle each : call_in("wasmedge.addresses", "parse_rules", sockets)) {
    const auto [network, prefix, port, name] = each.cast<std::tuple<py::bytes, unsigned, std::uint16_t, std::string>>();
    SocketRule rule{{}, prefix, port, name};
    const auto bytes = network.cast<std::string_view>();
    std::ranges::copy(bytes.substr(0, rule.network.size()), rule.network.begin());
    rules.push_back(std::move(rule));
  }
  options.socket_rules = std::move(rules);
}

WasiOptions wasi_options_from(const py::iterable& args, const py::object& env, const py::object& preopens) {
  WasiOptions options;
  options.args = args_from(args);
  options.env = env_from(env_mapping(env));
  options.preopens = preopens_from(copy_of_mapping(preopens));
  return options;
}

}  // namespace wasmedge
