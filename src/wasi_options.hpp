// SPDX-License-Identifier: Apache-2.0
// What a WASI program is given.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "pybind.hpp"
#include "wasi_sockets.hpp"

namespace wasmedge {

/// A directory that a program finds open.
struct WasiPreopen {
  std::string guest;
  std::string host;
  bool read_only = false;
};

/// The options of a WasiModule, checked: no NUL bytes in strings, directories that could be opened at the time.
struct WasiOptions {
  std::vector<std::string> args;
  std::vector<std::string> env;  // "NAME=value"
  std::vector<WasiPreopen> preopens;
  std::array<py::object, 3> streams{py::none(), py::none(), py::none()};  // as they were given
  bool sockets = false;
  std::optional<std::vector<SocketRule>> socket_rules;  // none lets everything through, if there are sockets
  py::object clock = py::none();
  py::object random_seed = py::none();

  bool has_streams() const { return !(streams[0].is_none() && streams[1].is_none() && streams[2].is_none()); }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    for (const py::object& stream : streams) visitor(stream);
    visitor(clock);
    visitor(random_seed);
  }
};

/// Converts what Python gave: `args` an iterable of str, `env` a mapping or "inherit", `preopens` a mapping. GIL held.
WasiOptions wasi_options_from(const py::iterable& args, const py::object& env, const py::object& preopens);

/// Converts `sockets`: a bool, or an iterable of addresses (addresses.py). GIL held.
void read_sockets(const py::object& sockets, WasiOptions& options);

/// Throws OSError for a path, with errno's reason. GIL held.
[[noreturn]] void throw_os_error(int reason, const std::string& path);

}  // namespace wasmedge
