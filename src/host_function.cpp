// SPDX-License-Identifier: Apache-2.0
// Carries calls of guests out in Python (wasmedge/wasmedge_instance.h).
#include "host_function.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "call_context.hpp"
#include "calling_frame.hpp"
#include "errors.hpp"
#include "function.hpp"
#include "gil.hpp"
#include "inline_buffer.hpp"
#include "stack.hpp"

namespace wasmedge {
namespace {

/// The arguments of one vectorcall: owned references, on the stack for nearly every function.
class Arguments {
 public:
  explicit Arguments(std::size_t capacity) : objects_(capacity) {}
  ~Arguments() {
    for (std::size_t i = 0; i < size_; ++i) Py_DECREF(objects_[i]);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  Arguments(Arguments&&) = delete;
  Arguments& operator=(Arguments&&) = delete;

  /// Takes a new reference over.
  void push(PyObject* object) noexcept { objects_[size_++] = object; }

  PyObject* call(const py::object& callable) const {
    return PyObject_Vectorcall(callable.ptr(), objects_.data(), size_, nullptr);
  }

 private:
  InlineBuffer<PyObject*> objects_;
  std::size_t size_ = 0;
};

/// Ends the frame object with the call, however that ends.
class FrameGuard {
 public:
  explicit FrameGuard(const WasmEdge_CallingFrameContext* context)
      : frame_(std::make_shared<CallingFrame>(context)), object_(py::cast(frame_)) {}
  ~FrameGuard() { frame_->end(); }
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;
  FrameGuard(FrameGuard&&) = delete;
  FrameGuard& operator=(FrameGuard&&) = delete;

  PyObject* new_reference() const { return Py_NewRef(object_.ptr()); }

 private:
  std::shared_ptr<CallingFrame> frame_;
  py::object object_;
};

/// One call of a host function, from the guest's values to the guest's values.
struct HostCall {
  const HostFunction& function;
  const WasmEdge_CallingFrameContext* context;
  const WasmEdge_Value* params;
  WasmEdge_Value* returns;

  void run() const;

 private:
  py::object call_python(const py::object& caller) const;
  void convert_results(const py::object& result, const py::object& caller) const;
  void convert_result(py::handle result, std::size_t index, const py::object& caller) const;
};

py::object HostCall::call_python(const py::object& caller) const {
  const auto& types = function.type->params();
  std::optional<FrameGuard> frame;
  Arguments arguments(types.size() + 2);
  if (function.wants_frame) arguments.push(frame.emplace(context).new_reference());
  if (!function.data.is_none()) arguments.push(Py_NewRef(function.data.ptr()));
  for (std::size_t i = 0; i < types.size(); ++i) {
    arguments.push(to_python(params[i], types[i].kind, types[i].type, caller));
  }
  auto result = py::reinterpret_steal<py::object>(arguments.call(function.callable));
  if (!result) throw py::error_already_set();
  return result;
}

void HostCall::convert_result(py::handle result, std::size_t index, const py::object& caller) const {
  const auto& slot = function.type->results()[index];
  const std::size_t number = function.type->results().size() == 1 ? 0 : index + 1;
  returns[index] = to_wasm(result, slot.kind, slot.type, {function.name, "() result", number}, caller);
}

void HostCall::convert_results(const py::object& result, const py::object& caller) const {
  const std::size_t wanted = function.type->results().size();
  if (wanted == 1) return convert_result(result, 0, caller);
  if (wanted == 0) {
    if (result.is_none()) return;
    throw_type_error(function.name + "() must return None, as its type is " + function.type->text() + ", not " +
                     Py_TYPE(result.ptr())->tp_name);
  }
  const bool is_sequence = PyTuple_Check(result.ptr()) != 0 || PyList_Check(result.ptr()) != 0;
  if (!is_sequence || std::cmp_not_equal(PySequence_Fast_GET_SIZE(result.ptr()), wanted)) {
    throw_type_error(function.name + "() must return a tuple of " + std::to_string(wanted) +
                     " values, as its type is " + function.type->text());
  }
  for (std::size_t i = 0; i < wanted; ++i) {
    // A list may be changed by what converting an item runs.
    const auto item = py::reinterpret_steal<py::object>(PySequence_GetItem(result.ptr(), static_cast<Py_ssize_t>(i)));
    if (!item) throw py::error_already_set();
    convert_result(item, i, caller);
  }
}

void HostCall::run() const {
  py::object caller = caller_anchor(context);
  // Called by Python itself: the function's own anchor must keep what it returns, and what it is given is kept already.
  if (!caller) caller = py::reinterpret_borrow<py::object>(function.owner);
  convert_results(call_python(caller), caller);
}

/// Whether the exception that is set is Terminate, which ends the guest's program without being an error.
bool is_terminate() noexcept {
  const py::error_scope pending;
  try {
    const py::object terminate = import_module("wasmedge.errors").attr("Terminate");
    return PyErr_GivenExceptionMatches(pending.type, terminate.ptr()) != 0;
  } catch (const std::exception&) {
    return false;  // by an import that failed: the exception that was set is none that could be told
  }
}

/// Called by the runtime, without the GIL, on the thread that made the call.
WasmEdge_Result carry_out(void* function, void*, const WasmEdge_CallingFrameContext* context,
                          const WasmEdge_Value* params, std::uint32_t, WasmEdge_Value* returns,
                          std::uint32_t) noexcept {
  CallContext& call = *CallContext::current();
  const CallContext::Acquire gil(call);
  try {
    require_stack();
    HostCall{*static_cast<HostFunction*>(function), context, params, returns}.run();
    return WasmEdge_Result_Success;
  } catch (...) {
    set_python_error();
  }
  if (is_terminate()) {
    PyErr_Clear();
    return WasmEdge_Result_Terminate;
  }
  call.keep_exception();
  return WasmEdge_Result_Fail;
}

std::string name_of_callable(const py::object& callable) {
  const py::object name = py::getattr(callable, "__name__", py::none());
  if (py::isinstance<py::str>(name)) return name.cast<std::string>();
  return Py_TYPE(callable.ptr())->tp_name;
}

/// Gives the runtime a function that calls `host`, and that an anchor.
py::object make_anchored(const std::shared_ptr<HostFunction>& host) {
  auto* context =
      WasmEdge_FunctionInstanceCreateBinding(host->type->context().get(), &carry_out, host.get(), nullptr, host->cost);
  Anchor anchor;
  anchor.standalone = own_standalone(context);
  anchor.executor = default_executor();
  anchor.label = "host function " + host->name + "()";
  anchor.has_only_function_types = true;
  anchor.stores_externrefs = false;  // it holds them as Python objects
  anchor.host_functions.push_back(host);
  const py::object owner = make_anchor(std::move(anchor));
  host->context = context;
  host->owner = owner.ptr();
  return make_function(owner, context, host->name);
}

}  // namespace

py::object make_host_twin(const Anchor& anchor, const WasmEdge_FunctionInstanceContext* context) {
  const auto found = std::ranges::find(anchor.host_functions, context, [](const auto& host) { return host->context; });
  return found == anchor.host_functions.end() ? py::object() : make_anchored(std::make_shared<HostFunction>(**found));
}

py::object make_host_function(std::shared_ptr<FunctionType> type, const py::object& callable, const py::object& data,
                              std::uint64_t cost) {
  const py::object inspected = call_in("wasmedge.host", "_inspect", callable, !type, !data.is_none());
  if (!type) type = inspected.attr("type").cast<std::shared_ptr<FunctionType>>();
  const auto host = std::make_shared<HostFunction>();
  host->callable = callable;
  host->data = data;
  host->type = std::move(type);
  host->name = name_of_callable(callable);
  host->wants_frame = inspected.attr("wants_frame").cast<bool>();
  host->cost = cost;
  return make_anchored(host);
}

}  // namespace wasmedge
