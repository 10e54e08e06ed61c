// SPDX-License-Identifier: Apache-2.0
// A native plug-in: wasmedge_process with one function, which runs nothing and answers 1234. The declarations are those of
// WasmEdge's C API (wasmedge/wasmedge_plugin.h, wasmedge_value.h, wasmedge_instance.h), whose headers no test needs.
#include <stddef.h>
#include <stdint.h>

typedef struct { uint32_t code; } Result;
typedef struct { uint8_t data[8]; } ValType;
typedef struct { unsigned __int128 value; ValType type; } Value;
typedef struct { uint32_t length; const char *bytes; } String;

typedef struct ModuleDescriptor {
  const char *name, *description;
  void *(*create)(const struct ModuleDescriptor *);
} ModuleDescriptor;

typedef struct {
  const char *name, *description;
  uint32_t api_version, version[4], module_count, option_count;
  ModuleDescriptor *modules;
  void *options;
} PluginDescriptor;

typedef Result HostFunction(void *data, const void *frame, const Value *params, Value *returns);

ValType WasmEdge_ValTypeGenI32(void);
Value WasmEdge_ValueGenI32(int32_t number);
void *WasmEdge_ModuleInstanceCreate(String name);
void WasmEdge_ModuleInstanceAddFunction(void *instance, String name, void *function);
void *WasmEdge_FunctionTypeCreate(const ValType *params, uint32_t param_count, const ValType *results, uint32_t result_count);
void WasmEdge_FunctionTypeDelete(void *type);
void *WasmEdge_FunctionInstanceCreate(const void *type, HostFunction *function, void *data, uint64_t cost);

#define STRING(text) ((String){sizeof text - 1, text})

static Result run(void *data, const void *frame, const Value *params, Value *returns) {
  (void)data, (void)frame, (void)params;
  returns[0] = WasmEdge_ValueGenI32(1234);
  return (Result){0};
}

static void *create(const ModuleDescriptor *descriptor) {
  (void)descriptor;
  void *instance = WasmEdge_ModuleInstanceCreate(STRING("wasmedge_process"));
  const ValType i32 = WasmEdge_ValTypeGenI32();
  void *type = WasmEdge_FunctionTypeCreate(NULL, 0, &i32, 1);
  WasmEdge_ModuleInstanceAddFunction(instance, STRING("wasmedge_process_run"),
                                     WasmEdge_FunctionInstanceCreate(type, run, NULL, 0));
  WasmEdge_FunctionTypeDelete(type);
  return instance;
}

static ModuleDescriptor modules[] = {{"wasmedge_process", "for tests", create}};
static PluginDescriptor plugin = {"wasmedge_process", "for tests", 5, {0, 0, 0, 1}, 1, 0, modules, NULL};

const PluginDescriptor *WasmEdge_Plugin_GetDescriptor(void) { return &plugin; }
