// SPDX-License-Identifier: Apache-2.0
// Binds CallingFrame (wasmedge/wasmedge_execution.h).
#include "calling_frame.hpp"

#include <utility>

#include "anchor.hpp"
#include "call_context.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "integers.hpp"
#include "memory.hpp"
#include "provisional.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Executor> frame_executor(const CallingFrame& self) {
  self.context();
  return CallContext::current()->executor();
}

py::object frame_instance(const CallingFrame& self) {
  py::object anchor = caller_anchor(self.context());
  return anchor ? py::cast(Instance(std::move(anchor))) : py::none();
}

py::object frame_memory(const CallingFrame& self, const py::object& number) {
  const std::int64_t index = position_from(number, "index");
  const WasmEdge_CallingFrameContext* frame = self.context();
  auto* memory = std::in_range<std::uint32_t>(index)
                     ? WasmEdge_CallingFrameGetMemoryInstance(frame, static_cast<std::uint32_t>(index))
                     : nullptr;
  if (memory == nullptr) throw_index_error("the caller has no memory " + std::to_string(index));
  return py::cast(Memory(caller_anchor(self.context()), memory));
}

std::string frame_repr(const py::object& object) {
  try {
    return "<CallingFrame of " + py::repr(frame_instance(object.cast<const CallingFrame&>())).cast<std::string>() + ">";
  } catch (const py::error_already_set&) {
    return "<CallingFrame ended>";
  }
}

}  // namespace

const WasmEdge_CallingFrameContext* CallingFrame::context() const {
  if (context_ == nullptr) throw_value_error("the call of this frame has ended");
  return context_;
}

py::object caller_anchor(const WasmEdge_CallingFrameContext* context) {
  const WasmEdge_ModuleInstanceContext* caller = WasmEdge_CallingFrameGetModuleInstance(context);
  if (caller == nullptr) return {};
  if (py::object known = find_anchor(caller)) return known;
  // An instance whose start function is running: whoever instantiates it will find the anchor made here.
  const CallContext& call = *CallContext::current();
  py::object made = make_provisional_anchor(caller, call.executor());
  if (call.circle() != nullptr) anchor_of(made).circle = *call.circle();
  return made;
}

void register_calling_frame(py::module_& m) {
  py::classh<CallingFrame>(m, "CallingFrame", py::is_final(), guarded_metaclass(),
                           "What a host function sees of its caller.", guarded())
      .def_property_readonly("executor", &frame_executor, "The executor that runs the call.")
      .def_property_readonly("instance", &frame_instance, "The calling instance, or None when Python called.")
      .def("memory", &frame_memory, py::arg("index") = 0, "Return a memory of the calling instance.")
      .def("__repr__", &frame_repr);
}

}  // namespace wasmedge
