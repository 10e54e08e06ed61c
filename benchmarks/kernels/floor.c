// SPDX-License-Identifier: Apache-2.0
// The floor of a call: a loop over WasmEdge_ExecutorInvoke in C, on a module that the runtime's own loader has read.
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <wasmedge/wasmedge.h>

typedef struct Floor {
  WasmEdge_ConfigureContext *configure;
  WasmEdge_StoreContext *store;
  WasmEdge_ExecutorContext *executor;
  WasmEdge_ASTModuleContext *module;
  WasmEdge_ModuleInstanceContext *instance;
} Floor;

void floor_close(Floor *floor) {
  WasmEdge_ModuleInstanceDelete(floor->instance);
  WasmEdge_ASTModuleDelete(floor->module);
  WasmEdge_ExecutorDelete(floor->executor);
  WasmEdge_StoreDelete(floor->store);
  WasmEdge_ConfigureDelete(floor->configure);
  free(floor);
}

// A module without imports, as the compiler has written it. Null when it cannot be had.
Floor *floor_open(const char *path) {
  Floor *floor = calloc(1, sizeof *floor);
  if (floor == NULL) return NULL;
  floor->configure = WasmEdge_ConfigureCreate();
  floor->store = WasmEdge_StoreCreate();
  floor->executor = WasmEdge_ExecutorCreate(floor->configure, NULL);
  WasmEdge_LoaderContext *loader = WasmEdge_LoaderCreate(floor->configure);
  WasmEdge_ValidatorContext *validator = WasmEdge_ValidatorCreate(floor->configure);
  bool good = WasmEdge_ResultOK(WasmEdge_LoaderParseFromFile(loader, &floor->module, path)) &&
              WasmEdge_ResultOK(WasmEdge_ValidatorValidate(validator, floor->module)) &&
              WasmEdge_ResultOK(
                  WasmEdge_ExecutorInstantiate(floor->executor, &floor->instance, floor->store, floor->module));
  WasmEdge_ValidatorDelete(validator);
  WasmEdge_LoaderDelete(loader);
  if (good) return floor;
  floor_close(floor);
  return NULL;
}

// Calls an exported function with i32 arguments, at most two, and one result at most. The seconds that all calls have taken,
// or a negative number when one has failed.
double floor_seconds(const Floor *floor, const char *name, const int32_t *arguments, uint32_t count, uint64_t calls) {
  WasmEdge_String wanted = WasmEdge_StringWrap(name, (uint32_t)__builtin_strlen(name));
  WasmEdge_FunctionInstanceContext *function = WasmEdge_ModuleInstanceFindFunction(floor->instance, wanted);
  if (function == NULL || count > 2) return -1;
  uint32_t results = WasmEdge_FunctionTypeGetReturnsLength(WasmEdge_FunctionInstanceGetFunctionType(function));
  WasmEdge_Value given[2];
  WasmEdge_Value returned[1];
  struct timespec begin;
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (uint64_t call = 0; call < calls; ++call) {
    for (uint32_t i = 0; i < count; ++i) given[i] = WasmEdge_ValueGenI32(arguments[i]);
    if (!WasmEdge_ResultOK(WasmEdge_ExecutorInvoke(floor->executor, function, given, count, returned, results))) return -1;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

// The guest's fib without any runtime: what two threads of a machine are worth. The seconds that all calls have taken.
double native_seconds(uint32_t n, uint64_t calls) {
  volatile uint32_t given = n;
  volatile uint32_t result;
  struct timespec begin;
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (uint64_t call = 0; call < calls; ++call) result = fib(given);
  clock_gettime(CLOCK_MONOTONIC, &end);
  (void)result;
  return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}
