// SPDX-License-Identifier: Apache-2.0
// Copies of bytes between memories and Python objects.
#pragma once

#include <cstdint>
#include <vector>

#include "buffer.hpp"
#include "memory.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// A number of bytes; one that no memory can have is an IndexError, and a negative one a ValueError.
std::uint64_t byte_count(py::handle object);

/// A copy of some bytes.
py::bytes read_bytes(const Memory& memory, std::int64_t offset, std::uint64_t size);

/// Copies the elements of a buffer, in C order, into the memory: all or none.
void write_buffer(const Memory& memory, std::int64_t offset, const Buffer& source);

/// A byte that an int says; one out of range is a ValueError. `what` names it in other errors.
std::uint8_t byte_from(py::handle object, const char* what);

/// The elements of a buffer in C order, copied: the whole address range of a strided buffer cannot be told from its first
/// byte, so what might be a view of a memory goes by way of this.
std::vector<std::uint8_t> gathered(const Buffer& source);

/// Adds the methods that move bytes to the class.
void define_moves(py::classh<Memory>& memory_class);

}  // namespace wasmedge
