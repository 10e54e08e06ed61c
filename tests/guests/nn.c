// SPDX-License-Identifier: Apache-2.0
// Calls every function of wasi_ephemeral_nn, with models, names and tensors that the host has put in.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasi_ephemeral_nn"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

struct part {
  const void *data;
  uint32_t size;
};

struct tensor {
  const uint32_t *dims;
  uint32_t rank, type;
  const void *data;
  uint32_t size;
};

IMPORT(load) int load(const struct part *parts, uint32_t count, uint32_t encoding, uint32_t target, uint32_t *graph);
IMPORT(load_by_name) int load_by_name(const char *name, uint32_t length, uint32_t *graph);
IMPORT(load_by_name_with_config)
int load_by_name_with_config(const char *name, uint32_t length, const char *config, uint32_t size, uint32_t *graph);
IMPORT(init_execution_context) int init_execution_context(uint32_t graph, uint32_t *context);
IMPORT(set_input) int set_input(uint32_t context, uint32_t index, const struct tensor *tensor);
IMPORT(compute) int compute(uint32_t context);
IMPORT(get_output) int get_output(uint32_t context, uint32_t index, void *data, uint32_t room, uint32_t *written);
IMPORT(compute_single) int compute_single(uint32_t context);
IMPORT(get_output_single)
int get_output_single(uint32_t context, uint32_t index, void *data, uint32_t room, uint32_t *written);
IMPORT(fini_single) int fini_single(uint32_t context);
IMPORT(finalize_execution_context) int finalize_execution_context(uint32_t context);
IMPORT(unload) int unload(uint32_t graph);

enum { end_of_sequence = 100 };

static char model[2][1 << 22], input[1 << 20], output[1 << 20];
static uint32_t dims[8];

EXPORT(model) char *get_model(int part) { return model[part]; }
EXPORT(input) char *get_input(void) { return input; }
EXPORT(output) char *get_output_data(void) { return output; }
EXPORT(dims) uint32_t *get_dims(void) { return dims; }

#define TRY(step, call)                          \
  do {                                           \
    const int number = (call);                   \
    if (number != 0) return -(1000 * step + number); \
  } while (0)

/// Sets the one input and computes; the size of the first output, or minus 1000 times the step plus the error number.
static int infer(uint32_t graph, uint32_t rank, uint32_t type, uint32_t size) {
  const struct tensor tensor = {dims, rank, type, input, size};
  uint32_t context, written;
  TRY(2, init_execution_context(graph, &context));
  TRY(3, set_input(context, 0, &tensor));
  TRY(4, compute(context));
  TRY(5, get_output(context, 0, output, sizeof output, &written));
  TRY(6, finalize_execution_context(context));
  TRY(7, unload(graph));
  return written;
}

/// Computes the first output of a model in one part, or in two when the second has a size.
EXPORT(infer)
int infer_model(uint32_t encoding, uint32_t first, uint32_t second, uint32_t rank, uint32_t type, uint32_t size) {
  const struct part parts[] = {{model[0], first}, {model[1], second}};
  uint32_t graph;
  TRY(1, load(parts, second ? 2 : 1, encoding, 0, &graph));
  return infer(graph, rank, type, size);
}

/// Computes the first output of a model of the host, whose name stands where a model would.
EXPORT(infer_by_name) int infer_by_name(uint32_t length, uint32_t rank, uint32_t type, uint32_t size) {
  uint32_t graph;
  TRY(1, load_by_name(model[0], length, &graph));
  return infer(graph, rank, type, size);
}

/// Puts all parts of an output one after the other. The configuration stands where a second part would.
EXPORT(stream) int stream(uint32_t length, uint32_t config, uint32_t size) {
  const uint32_t one = 1;
  const struct tensor tensor = {&one, 1, 3, input, size};
  uint32_t graph, context, written, sum = 0;
  int number;
  TRY(1, load_by_name_with_config(model[0], length, model[1], config, &graph));
  TRY(2, init_execution_context(graph, &context));
  TRY(3, set_input(context, 0, &tensor));
  while ((number = compute_single(context)) == 0) {
    TRY(5, get_output_single(context, 0, output + sum, sizeof output - sum, &written));
    sum += written;
  }
  if (number != end_of_sequence) return -(4000 + number);
  TRY(6, fini_single(context));
  TRY(7, finalize_execution_context(context));
  TRY(8, unload(graph));
  return sum;
}
