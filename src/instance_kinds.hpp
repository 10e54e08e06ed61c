// SPDX-License-Identifier: Apache-2.0
// The kinds of exports of an instance, and how each is listed and found.
#pragma once

#include <array>
#include <string>

#include "instance.hpp"
#include "pybind.hpp"

namespace wasmedge {

struct InstanceKind {
  WasmEdge_ExternalType type;
  ListNames list;
  /// Makes the Python object of that name for the anchor's instance; a null object when there is none.
  py::object (*find)(const py::object& anchor, const std::string& name);
};

/// All kinds: functions, tables, memories, globals and tags, in the order of WasmEdge_ExternalType.
const std::array<InstanceKind, 5>& instance_kinds();

}  // namespace wasmedge
