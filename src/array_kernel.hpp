// SPDX-License-Identifier: Apache-2.0
// What a ufunc over a guest's function is made of.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "array_loop.hpp"
#include "array_slot.hpp"
#include "call_options.hpp"
#include "numpy_ufunc.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// What all calls of a ufunc have in common.
struct ArrayOptions {
  CallOptions limits;         // of one call of the ufunc
  std::size_t threads = 1;    // the most
  std::int64_t large = 0;     // how many elements are worth more than one thread
  bool calls_python = false;  // whether the guest has functions to call that may be Python's
  py::object progress;        // is called with numbers of elements, as they are done; None for nobody
};

/// A ufunc's loop, its instances and its options. The ufunc owns it, and points into it.
class ArrayKernel {
 public:
  ArrayKernel(UfuncTable table, std::unique_ptr<ArrayLoop> loop, py::object factory, ArrayOptions options,
              py::object recipe);

  UfuncTable& table() noexcept { return table_; }
  const ArrayLoop& loop() const noexcept { return *loop_; }
  SlotPool& pool() noexcept { return pool_; }
  const ArrayOptions& options() const noexcept { return options_; }

  /// What the ufunc can be made of again.
  const py::object& recipe() const noexcept { return recipe_; }

  /// "name()".
  std::string subject() const { return table_.name + "()"; }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    pool_.visit(visitor);
    visitor(options_.progress);
    visitor(recipe_);
  }
  void clear() {
    pool_.clear();
    options_.progress = py::none();
    const py::object recipe = std::move(recipe_);
  }

 private:
  UfuncTable table_;
  std::unique_ptr<ArrayLoop> loop_;
  SlotPool pool_;
  ArrayOptions options_;
  py::object recipe_;
};

/// How far a call has come, and how it has failed.
struct CallRecord {
  std::int64_t position = 0;              // how many elements there were before this piece
  std::optional<std::uint64_t> fuel;      // what is left
  py::object failure;                     // the exception of the loop, if there was one
  std::int64_t failed_at = 0;             // the element, in the order of the loops
  std::vector<std::uintptr_t> addresses;  // where its operands are
};

/// One call of a ufunc on this thread: numpy may run its loop many times for it, on one piece of the arrays after the other.
class ArrayCall {
 public:
  explicit ArrayCall(const ArrayKernel& kernel);
  ~ArrayCall();
  ArrayCall(const ArrayCall&) = delete;
  ArrayCall& operator=(const ArrayCall&) = delete;
  ArrayCall(ArrayCall&&) = delete;
  ArrayCall& operator=(ArrayCall&&) = delete;

  /// The innermost call of this thread, if it is one of that kernel: reduce(), accumulate() and at() are none.
  static CallRecord* current(const ArrayKernel& kernel) noexcept;

  const CallRecord& record() const noexcept { return record_; }

 private:
  const ArrayKernel& kernel_;
  CallRecord record_;
  ArrayCall* outer_;
};

/// Carries out one inner loop. GIL held. Throws what the guest does.
void run_pieces(ArrayKernel& kernel, const Pieces& pieces);

}  // namespace wasmedge
