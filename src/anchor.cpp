// SPDX-License-Identifier: Apache-2.0
// The anchor as a Python type, with exact garbage collection; over no header of WasmEdge's in particular.
#include "anchor.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <unordered_set>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "fork_gate.hpp"
#include "host_function.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

struct AnchorObject {
  PyObject_HEAD
  Anchor anchor;
  AnchorObject* next_dead;  // while it waits for its end
};

/// Changes whenever an anchor comes to depend on another, or to store what it did not. Never 0.
std::atomic<std::uint64_t> dependencies_state = 1;

PyTypeObject* anchor_type = nullptr;  // set once, when the module is imported

/// Borrowed references to the anchors of living instances; an anchor takes itself out when it dies.
class InstanceRegistry {
 public:
  void add(const WasmEdge_ModuleInstanceContext* instance, PyObject* anchor) {
    const std::lock_guard lock(mutex_);
    anchors_[instance] = anchor;
  }

  void remove(const WasmEdge_ModuleInstanceContext* instance, PyObject* anchor) noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = anchors_.find(instance);
    if (found != anchors_.end() && found->second == anchor) anchors_.erase(found);
  }

  py::object find(const WasmEdge_ModuleInstanceContext* instance) {
    const std::lock_guard lock(mutex_);
    const auto found = anchors_.find(instance);
    return found == anchors_.end() ? py::object() : py::reinterpret_borrow<py::object>(found->second);
  }

 private:
  std::unordered_map<const WasmEdge_ModuleInstanceContext*, PyObject*> anchors_;
  GlobalMutex mutex_;
};

/// Never destroyed: anchors may die after the statics of this file.
InstanceRegistry& registry() {
  static auto* instances = new InstanceRegistry();
  return *instances;
}

Anchor& body(PyObject* self) noexcept { return reinterpret_cast<AnchorObject*>(self)->anchor; }

int anchor_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  for (const auto& [key, dependency] : body(self).dependencies) Py_VISIT(dependency.ptr());
  for (const auto& [key, object] : body(self).externrefs) Py_VISIT(object.ptr());
  for (const auto& function : body(self).host_functions) {
    Py_VISIT(function->callable.ptr());
    Py_VISIT(function->data.ptr());
  }
  Py_VISIT(body(self).recipe.ptr());
  return 0;
}

/// Takes everything out at once: what dies then may run Python code that looks at this anchor. The instance goes first, a
/// half-cleared one could still be asked to run; then what it pointed to.
void take_apart(PyObject* self) {
  if (body(self).instance) registry().remove(body(self).instance.get(), self);
  Anchor dead;
  std::swap(dead, body(self));
  dead.instance.reset();
  dead.standalone.reset();
}

int anchor_clear(PyObject* self) {
  take_apart(self);
  return 0;
}

void destroy_anchor(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  take_apart(self);
  body(self).~Anchor();
  type->tp_free(self);
  Py_DECREF(type);
}

/// A chain of instances, each importing from the last, is as long as its author likes: what dies with an anchor waits for
/// its own turn, so that the stack stays flat. CPython's trashcan is not used: from 3.13 on it lets thousands nest.
void anchor_dealloc(PyObject* self) {
  thread_local AnchorObject* waiting = nullptr;
  thread_local bool emptying = false;
  PyObject_GC_UnTrack(self);
  auto* object = reinterpret_cast<AnchorObject*>(self);
  object->next_dead = std::exchange(waiting, object);
  if (std::exchange(emptying, true)) return;
  while (waiting != nullptr) {
    AnchorObject* dead = std::exchange(waiting, waiting->next_dead);
    destroy_anchor(reinterpret_cast<PyObject*>(dead));
  }
  emptying = false;
}

std::array<PyType_Slot, 5> anchor_slots{{
    {Py_tp_traverse, reinterpret_cast<void*>(&anchor_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(&anchor_clear)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&anchor_dealloc)},
    {Py_tp_doc, const_cast<char*>("Keeps an instance alive; of no use by itself.")},
    {0, nullptr},
}};

PyType_Spec anchor_spec{
    .name = "wasmedge._core._Anchor",
    .basicsize = sizeof(AnchorObject),
    .itemsize = 0,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = anchor_slots.data(),
};

}  // namespace

py::object make_anchor(Anchor anchor) {
  // PyType_GenericAlloc would begin to track the object before there is an Anchor in it.
  AnchorObject* self = PyObject_GC_New(AnchorObject, anchor_type);
  if (self == nullptr) throw py::error_already_set();
  new (&self->anchor) Anchor(std::move(anchor));
  auto object = py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(self));
  PyObject_GC_Track(object.ptr());
  if (self->anchor.instance) registry().add(self->anchor.instance.get(), object.ptr());
  return object;
}

Anchor& anchor_of(py::handle object) noexcept { return body(object.ptr()); }

Anchor& living_anchor(py::handle object, const char* what) {
  if (!object || !anchor_of(object).alive()) throw_closed(what);
  return anchor_of(object);
}

void add_dependency(py::handle holder, const py::object& held) {
  if (!held || holder.ptr() == held.ptr()) return;
  if (anchor_of(holder).dependencies.try_emplace(held.ptr(), held).second) ++dependencies_state;
}

bool keeps_externrefs(py::handle object) {
  Anchor& anchor = anchor_of(object);
  if (anchor.stores_externrefs) return true;
  const std::uint64_t state = dependencies_state;
  if (anchor.keeps_nothing_at == state) return false;
  std::unordered_set<PyObject*> seen{object.ptr()};
  std::vector<PyObject*> left{object.ptr()};
  while (!left.empty()) {
    const Anchor& next = body(left.back());
    left.pop_back();
    // No dependency is ever dropped: what was found once need not be looked for again.
    if (next.stores_externrefs) return anchor.stores_externrefs = true;
    for (const auto& [dependency, share] : next.dependencies) {
      if (seen.insert(dependency).second) left.push_back(dependency);
    }
  }
  anchor.keeps_nothing_at = state;
  return false;
}

void begin_to_store_externrefs(py::handle object) {
  if (!std::exchange(anchor_of(object).stores_externrefs, true)) ++dependencies_state;
}

void take_over(py::handle from, const py::object& owner) {
  Anchor& source = anchor_of(from);
  Anchor& target = anchor_of(owner);
  source.standalone.release();  // NOLINT(bugprone-unused-return-value): the instance deletes it
  source.taken_over = true;
  for (auto& function : source.host_functions) {
    function->owner = owner.ptr();
    target.host_functions.push_back(std::move(function));
  }
  source.host_functions.clear();
  target.dependencies.merge(source.dependencies);
  ++dependencies_state;
  target.externrefs.merge(source.externrefs);
  add_dependency(from, owner);
}

py::object find_anchor(const WasmEdge_ModuleInstanceContext* instance) { return registry().find(instance); }

void set_instance(py::handle object, std::shared_ptr<WasmEdge_ModuleInstanceContext> instance) {
  Anchor& anchor = anchor_of(object);
  anchor.instance = std::move(instance);
  registry().add(anchor.instance.get(), object.ptr());
}

const std::shared_ptr<Executor>& default_executor() {
  // Never destroyed: functions may be called until the very end of the process.
  static const auto* executor = new std::shared_ptr<Executor>(std::make_shared<Executor>(Configure(), nullptr));
  return *executor;
}

void register_anchor(py::module_&) {
  anchor_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&anchor_spec));
  if (anchor_type == nullptr) throw py::error_already_set();
}

}  // namespace wasmedge
