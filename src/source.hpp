// SPDX-License-Identifier: Apache-2.0
// Where a module's bytes come from: a file or a buffer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "buffer.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// A module's bytes, owned by it or lent by a Python buffer that stays locked for as long. GIL held to make and to destroy.
class Source {
 public:
  Source(std::vector<std::uint8_t> bytes, std::string label);
  Source(Buffer bytes, std::string label);

  std::span<const std::uint8_t> bytes() const noexcept;

  /// For messages: the quoted path of the file, or "<bytes>".
  const std::string& label() const noexcept { return label_; }

 private:
  std::vector<std::uint8_t> owned_;
  Buffer lent_;
  std::string label_;
};

/// Reads a file whole. Throws what wasmedge.errors makes of an operating-system error. GIL held, let go while reading.
Source source_from_path(const py::object& path);

/// Locks a bytes-like object. GIL held.
Source source_from_buffer(const py::object& buffer);

/// Takes a path (str, os.PathLike) or a bytes-like object. GIL held.
Source source_from(const py::object& object);

}  // namespace wasmedge
