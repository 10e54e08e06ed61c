// SPDX-License-Identifier: Apache-2.0
// Binds Plugin (wasmedge/wasmedge_plugin.h).
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "construction.hpp"
#include "errors.hpp"
#include "fork_gate.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "instance.hpp"
#include "logging.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// A plug-in of the runtime's registry, which never unloads one.
struct Plugin {
  const WasmEdge_PluginContext* context;

  std::string name() const { return std::string(view(WasmEdge_PluginGetPluginName(context))); }
};

/// The registry has no lock of its own. Taken without the GIL: loading runs code of the plug-ins. A fork waits for that.
std::mutex& registry_mutex() {
  static std::mutex mutex;
  return mutex;
}

template <class Work>
auto with_registry(Work&& work) {
  drop_log_records();
  // NOLINTNEXTLINE(misc-const-correctness): it is moved out, whatever its type.
  auto result = without_gil([&] {
    const ForkPass pass;
    const std::lock_guard lock(registry_mutex());
    return work();
  });
  flush_log_records();
  return result;
}

std::vector<std::string> plugin_names() {
  return with_registry([] {
    std::vector<WasmEdge_String> raw(WasmEdge_PluginListPluginsLength());
    WasmEdge_PluginListPlugins(raw.data(), static_cast<std::uint32_t>(raw.size()));
    std::vector<std::string> names;
    names.reserve(raw.size());
    for (const WasmEdge_String& name : raw) names.emplace_back(view(name));
    return names;
  });
}

std::vector<std::string> plugin_load_default_paths() {
  with_registry([] {
    WasmEdge_PluginLoadWithDefaultPaths();
    return true;
  });
  return plugin_names();
}

void plugin_load(const py::object& path) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), static_cast<void*>(&encoded)) == 0) throw py::error_already_set();
  const auto name = py::reinterpret_steal<py::bytes>(encoded);
  const std::size_t before = plugin_names().size();
  with_registry([&] {
    WasmEdge_PluginLoadFromPath(PyBytes_AS_STRING(name.ptr()));
    return true;
  });
  // The C API reports nothing; a file that was no plug-in has changed nothing.
  if (plugin_names().size() == before) {
    raise(RuntimeFailure(WasmEdge_ErrCode_IllegalPath, "no new plug-in in " + py::repr(path).cast<std::string>()));
  }
}

std::shared_ptr<Plugin> plugin_find(const std::string& name) {
  const auto* found = with_registry([&] { return WasmEdge_PluginFind(wrap(name)); });
  return found == nullptr ? nullptr : std::make_shared<Plugin>(Plugin{found});
}

std::vector<std::string> plugin_modules(const Plugin& self) {
  std::vector<WasmEdge_String> raw(WasmEdge_PluginListModuleLength(self.context));
  WasmEdge_PluginListModule(self.context, raw.data(), static_cast<std::uint32_t>(raw.size()));
  std::vector<std::string> names;
  names.reserve(raw.size());
  for (const WasmEdge_String& name : raw) names.emplace_back(view(name));
  return names;
}

Instance plugin_create_module(const Plugin& self, const std::string& name) {
  auto* made = with_registry([&] { return WasmEdge_PluginCreateModule(self.context, wrap(name)); });
  if (made == nullptr) throw_key_error("the plug-in " + self.name() + " has no module '" + name + "'");
  Anchor anchor;
  anchor.executor = default_executor();
  anchor.label = "instance '" + name + "' of the plug-in " + self.name();
  anchor.instance = own(made);
  anchor.is_native = true;
  return Instance(make_anchor(std::move(anchor)));
}

std::string plugin_repr(const Plugin& self) { return "<Plugin " + self.name() + ">"; }

}  // namespace

void register_plugin(py::module_& m) {
  py::classh<Plugin>(m, "Plugin", py::is_final(), guarded_metaclass(), "A native plug-in of the runtime.", guarded())
      .def_static("load_default_paths", &plugin_load_default_paths,
                  "Load the plug-ins of the runtime's default directories, and list what is loaded.")
      .def_static("load", &plugin_load, py::arg("path"), "Load a plug-in, or those in a directory.")
      .def_static("list", &plugin_names, "Return the names of the loaded plug-ins.")
      .def_static("find", &plugin_find, py::arg("name"), "Return the loaded plug-in of that name, or None.")
      .def_property_readonly("name", &Plugin::name, "The plug-in's name.")
      .def_property_readonly("modules", &plugin_modules, "The names of the modules that it can create.")
      .def("create_module", &plugin_create_module, py::arg("name"), "Create an instance of one of its modules.")
      .def("__repr__", &plugin_repr);
}

}  // namespace wasmedge
