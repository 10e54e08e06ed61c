// SPDX-License-Identifier: Apache-2.0
// Binds Instance.
#include "construction.hpp"
#include "errors.hpp"
#include "exports.hpp"
#include "function.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "global.hpp"
#include "host_function.hpp"
#include "instance.hpp"
#include "instance_kinds.hpp"
#include "memory.hpp"
#include "register.hpp"
#include "table.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

/// A read-only dict of the exports of one kind.
template <WasmEdge_ExternalType Kind>
py::object instance_mapping(const Instance& self) {
  const InstanceKind& kind = instance_kinds()[Kind];
  const py::object anchor = self.anchor();
  py::dict found;
  for (const std::string& name : list_names(self.context(), kind.list)) found[py::str(name)] = kind.find(anchor, name);
  return py::reinterpret_steal<py::object>(PyDictProxy_New(found.ptr()));
}

/// What keeps a function, memory, table or global alive; a null object for anything else.
py::object anchor_of_external(const py::object& object) {
  if (is_function(object)) return function_anchor(object);
  if (py::isinstance<Memory>(object)) return object.cast<const Memory&>().anchor();
  if (py::isinstance<Table>(object)) return object.cast<const Table&>().anchor();
  if (py::isinstance<Global>(object)) return object.cast<const Global&>().anchor();
  return {};
}

/// (instance, name) of an object that an instance owns and exports; None for one that stands alone, or has no name.
py::object locate(const py::object& object) {
  const py::object anchor = anchor_of_external(object);
  if (!anchor) return py::none();
  const auto name = Instance::find_name(anchor, object);
  if (!name) return py::none();
  return py::make_tuple(Instance(anchor), *name);
}

/// (instance, name) of where a function is defined, which is not always where it was found; None when nothing exports it.
py::object origin(const py::object& function) {
  const py::object& anchor = function_anchor(function);
  const auto& imported = anchor_of(anchor).imported_functions;
  const auto found = imported.find(callee_of(function).context);
  if (found == imported.end()) return locate(function);
  return py::make_tuple(Instance(py::reinterpret_borrow<py::object>(found->second.first)), found->second.second);
}

/// Another function of the same Python callable, that stands alone; None for a function of another kind.
py::object host_twin(const Instance& owner, const py::object& function) {
  const py::object twin = make_host_twin(anchor_of(owner.anchor()), callee_of(function).context);
  return twin ? twin : py::none();
}

bool is_native(const Instance& instance) { return anchor_of(instance.anchor()).is_native; }

RunMode instance_run_mode(const Instance& self) { return anchor_of(self.anchor()).run_mode; }

/// Whether what it runs counts instructions and cost by itself.
std::pair<bool, bool> metering(const Instance& instance) {
  const Metering& metering = anchor_of(instance.anchor()).metering;
  return {metering.counts_instructions, metering.measures_cost};
}

void set_recipe(const Instance& instance, const py::object& recipe) { anchor_of(instance.anchor()).recipe = recipe; }

py::object recipe_of(const Instance& instance) {
  const py::object& recipe = anchor_of(instance.anchor()).recipe;
  return recipe ? recipe : py::none();
}

Instance instance_make(const Name& name) {
  require_unicode(name);
  return Instance::make_host(name.text);
}
void instance_add(const Instance& self, const Name& name, const py::object& object) {
  require_unicode(name);
  self.add(name.text, object);
}
Exports instance_exports(const Instance& self) {
  self.anchor();  // of what is closed there is none
  return Exports(self);
}

/// Two objects for one module instance are equal, however they were found.
py::object instance_equal(const Instance& self, const py::object& other) {
  if (!py::isinstance<Instance>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self.is_same(other.cast<const Instance&>()));
}

std::string instance_repr(const Instance& self) {
  if (self.is_closed()) return "<Instance closed>";
  const std::string name = self.name();
  return "<Instance " + (name.empty() ? anchor_of(self.anchor()).label : "'" + name + "'") + ">";
}

py::object instance_allocate(const py::object& self, const py::object& data, const py::object& malloc,
                             const py::object& free, const py::object& memory) {
  return call_in("wasmedge.allocation", "_allocate", self, data, malloc, free, memory);
}

/// Keeps pybind11's constructor from objects of derived classes, which their own has made: it ends the process there. Takes
/// any arguments, since what pybind11 says of wrong ones would show `self`, which is no whole object yet.
void guard_constructor(py::classh<Instance>& instance) {
  const py::object construct = instance.attr("__init__");
  const auto checked = [construct](const py::object& self, const py::args& args, const py::kwargs& keywords) {
    if (!py::type::of(self).is(py::type::of<Instance>())) {
      throw_type_error(std::string("Instance.__init__() makes no ") + Py_TYPE(self.ptr())->tp_name);
    }
    construct(self, *args, **keywords);
  };
  py::options options;
  options.disable_function_signatures();
  const auto signature = construct.attr("__doc__").cast<std::string>();
  instance.attr("__init__") =
      py::cpp_function(checked, py::name("initialise"), py::is_method(instance), signature.c_str());
}

py::object instance_enter(const py::object& self) { return self; }
void instance_exit(Instance& self, const py::args&) { self.close(); }

}  // namespace

void register_instance(py::module_& m) {
  py::classh<Instance> instance(m, "Instance", guarded_metaclass(), "An instance of a module.",
                                collectable<Instance>());
  instance.def(py::init(&instance_make), py::arg("name"))
      .def_property_readonly("name", &Instance::name, "The name that the instance was made with, or an empty string.")
      .def_property_readonly("run_mode", &instance_run_mode, "How the functions of the instance really run.")
      .def_property_readonly("exports", &instance_exports, "The exported objects, as attributes and as items.")
      .def_property_readonly("functions", &instance_mapping<WasmEdge_ExternalType_Function>,
                             "The exported functions by name.")
      .def_property_readonly("tables", &instance_mapping<WasmEdge_ExternalType_Table>, "The exported tables by name.")
      .def_property_readonly("memories", &instance_mapping<WasmEdge_ExternalType_Memory>,
                             "The exported memories by name.")
      .def_property_readonly("globals", &instance_mapping<WasmEdge_ExternalType_Global>,
                             "The exported globals by name.")
      .def_property_readonly("tags", &instance_mapping<WasmEdge_ExternalType_Tag>, "The exported tags by name.")
      .def("add", &instance_add, py::arg("name"), py::arg("object"), "Export an object that stands alone.")
      .def("allocate", &instance_allocate, py::arg("data"), py::kw_only(), py::arg("malloc") = py::none(),
           py::arg("free") = py::none(), py::arg("memory") = py::none(),
           "Take a block of the guest's heap, and copy data into it.")
      .def("close", &Instance::close, "Let go of the instance.")
      .def("__enter__", &instance_enter)
      .def("__exit__", &instance_exit)
      .def("__eq__", &instance_equal, py::arg("other"))
      .def("__hash__", &Instance::hash)
      .def("__repr__", &instance_repr);
  guard_constructor(instance);
  m.def("_origin", &origin, py::arg("function"), "Return the instance that defines a function, and the name, or None.");
  m.def("_host_twin", &host_twin, py::arg("owner"), py::arg("function"),
        "Return another function of the same Python callable, or None.");
  m.def("_is_native", &is_native, py::arg("instance"), "Return whether an instance's functions are native code.");
  m.def("_metering", &metering, py::arg("instance"), "Return whether compiled code of an instance counts, and what.");
  m.def("_set_recipe", &set_recipe, py::arg("instance"), py::arg("recipe"),
        "Say what an instance can be made of again.");
  m.def("_recipe_of", &recipe_of, py::arg("instance"), "Return what an instance can be made of again, or None.");
  m.def("_locate", &locate, py::arg("object"), "Return the instance that exports an object, and the name, or None.");
}

}  // namespace wasmedge
