// SPDX-License-Identifier: Apache-2.0
// Binds the requests to stop, for what is written in Python (processes.py).
#include <memory>

#include "call_options.hpp"
#include "construction.hpp"
#include "gil.hpp"
#include "main_thread.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "stopping.hpp"
#include "watcher.hpp"

namespace wasmedge {
namespace {

/// Whatever it runs may be Python, in which a daemon thread may end.
py::object call(const py::object& callable) { return steal(PyObject_CallNoArgs(callable.ptr())); }

/// A request that Python holds.
class StopSource {
 public:
  void stop() const { make_request(request_, StopReason::kCancelled); }
  bool is_stopped() const { return request_->reason() != StopReason::kNone; }

  py::object run(const py::object& callable) const {
    const StopScope scope(request_);
    return call(callable);
  }

 private:
  std::shared_ptr<StopRequest> request_ = std::make_shared<StopRequest>();
};

/// Python's way to a time limit for more than one call.
py::object run_within(const py::object& timeout, const py::object& callable) {
  const TimeLimit limit(options_from(py::none(), timeout).timeout);
  return call(callable);
}

/// Whether the call that this thread carries out a host function for was asked to stop.
bool is_stopping() {
  for (const StopScope* scope = StopScope::innermost(); scope != nullptr; scope = scope->outer()) {
    if (scope->request()->reason() != StopReason::kNone) return true;
  }
  return false;
}

}  // namespace

void register_stop_source(py::module_& m) {
  find_main_thread();
  register_fork_handlers();
  py::module_::import("os").attr("register_at_fork")(py::arg("after_in_child") = py::cpp_function(&find_main_thread));
  py::classh<StopSource>(m, "_StopSource", py::is_final(), guarded_metaclass(),
                         "A request to stop whatever runs under it.", guarded())
      .def(py::init<>())
      .def_property_readonly("is_stopped", &StopSource::is_stopped, "Whether the request was made.")
      .def("stop", &StopSource::stop, "Stop what runs, and what will run.")
      .def("run", &StopSource::run, py::arg("callable"), "Call something under the request, and return its result.");
  m.def("_run_within", &run_within, py::arg("timeout"), py::arg("callable"),
        "Call something, and stop what it runs when the time is over.");
  m.def("_is_stopping", &is_stopping, "Return whether the call that runs on this thread was asked to stop.");
}

}  // namespace wasmedge
