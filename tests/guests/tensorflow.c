// SPDX-License-Identifier: Apache-2.0
// Runs a graph that the host has put in, by every function of wasmedge_tensorflow: since 0.13, and before. The graph has two
// inputs, "x" and "y", of two floats each, and an operation "both" whose outputs 0 and 1 are their sum and their product.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasmedge_tensorflow"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

typedef const char *text;

IMPORT(create_session) int create_session(const void *model, uint32_t size, uint32_t *session);
IMPORT(create_session_saved_model)
int create_session_saved_model(text path, uint32_t length, const void *tags, uint32_t count, uint32_t *session);
IMPORT(delete_session) int delete_session(uint32_t session);
IMPORT(run_session) int run_session(uint32_t session);
IMPORT(get_output_tensor) int get_output_tensor(uint32_t session, text name, uint32_t length, uint32_t *tensor);
IMPORT(get_tensor_len) int get_tensor_len(uint32_t session, uint32_t tensor, uint32_t *size);
IMPORT(get_tensor_data)
int get_tensor_data(uint32_t session, uint32_t tensor, void *target, uint32_t room, uint32_t *written);
IMPORT(append_input)
int append_input(uint32_t session, text name, uint32_t length, const int64_t *dims, uint32_t dim_count, uint32_t type,
                 const void *data, uint32_t size);
IMPORT(append_output) int append_output(uint32_t session, text name, uint32_t length);
IMPORT(clear_input) int clear_input(uint32_t session);
IMPORT(clear_output) int clear_output(uint32_t session);

IMPORT(wasmedge_tensorflow_create_session) uint64_t old_create_session(const void *model, uint32_t size);
IMPORT(wasmedge_tensorflow_delete_session) void old_delete_session(uint64_t session);
IMPORT(wasmedge_tensorflow_run_session) uint32_t old_run_session(uint64_t session);
IMPORT(wasmedge_tensorflow_get_output_tensor)
uint64_t old_get_output_tensor(uint64_t session, text name, uint32_t length, uint32_t index);
IMPORT(wasmedge_tensorflow_get_tensor_len) uint32_t old_get_tensor_len(uint64_t tensor);
IMPORT(wasmedge_tensorflow_get_tensor_data) void old_get_tensor_data(uint64_t tensor, void *target);
IMPORT(wasmedge_tensorflow_append_input)
void old_append_input(uint64_t session, text name, uint32_t length, uint32_t index, const int64_t *dims,
                      uint32_t dim_count, uint32_t type, const void *data, uint32_t size);
IMPORT(wasmedge_tensorflow_append_output)
void old_append_output(uint64_t session, text name, uint32_t length, uint32_t index);
IMPORT(wasmedge_tensorflow_clear_input) void old_clear_input(uint64_t session);
IMPORT(wasmedge_tensorflow_clear_output) void old_clear_output(uint64_t session);

#define TEXT(value) value, sizeof value - 1

enum { kFloat = 1 };
static char model[1 << 20];
static float sum[2], product[2];
static const float x[] = {1.5f, -2}, y[] = {4, 8}, other[] = {100, 100};
static const int64_t dims[] = {2};

EXPORT(model) char *get_model(void) { return model; }
EXPORT(sum) float *get_sum(void) { return sum; }
EXPORT(product) float *get_product(void) { return product; }

static int fetch(uint32_t session, text name, float *target) {
  uint32_t tensor, size, written;
  int error;
  if ((error = get_output_tensor(session, name, 6, &tensor))) return 50 + error;
  if ((error = get_tensor_len(session, tensor, &size))) return 60 + error;
  if (size != 2 * sizeof *target) return 70;
  if ((error = get_tensor_data(session, tensor, target, size, &written))) return 70 + error;
  return written == size ? 0 : 80;
}

static int run_in(uint32_t session) {
  int error;
  if ((error = append_input(session, TEXT("x"), dims, 1, kFloat, other, sizeof other))) return 20 + error;
  if ((error = clear_input(session))) return 20 + error;
  if ((error = append_input(session, TEXT("x"), dims, 1, kFloat, x, sizeof x))) return 20 + error;
  if ((error = append_input(session, TEXT("y:0"), dims, 1, kFloat, y, sizeof y))) return 20 + error;
  if ((error = append_output(session, TEXT("both:1")))) return 30 + error;
  if ((error = clear_output(session))) return 30 + error;
  if ((error = append_output(session, TEXT("both:0")))) return 30 + error;
  if ((error = append_output(session, TEXT("both:1")))) return 30 + error;
  if ((error = run_session(session))) return 40 + error;
  if ((error = fetch(session, "both:0", sum))) return error;
  if ((error = fetch(session, "both:1", product))) return error;
  if ((error = delete_session(session))) return 90 + error;
  return run_session(session) == 1 ? 0 : 100;
}

/// Gives 0, or the number of the step that failed and its error number.
EXPORT(run) int run(uint32_t size) {
  uint32_t session;
  const int error = create_session(model, size, &session);
  return error ? 10 + error : run_in(session);
}

/// The same with a saved model of the host.
EXPORT(run_saved) int run_saved(void) {
  const struct {
    text name;
    uint32_t length;
  } tags[] = {{TEXT("serve")}};
  uint32_t session;
  const int error = create_session_saved_model(TEXT("adder"), tags, 1, &session);
  return error ? 10 + error : run_in(session);
}

/// The same before 0.13.
EXPORT(run_old) int run_old(uint32_t size) {
  const uint64_t session = old_create_session(model, size);
  if (session == 0) return 10;
  old_append_input(session, TEXT("x"), 0, dims, 1, kFloat, other, sizeof other);
  old_clear_input(session);
  old_append_input(session, TEXT("x"), 0, dims, 1, kFloat, x, sizeof x);
  old_append_input(session, TEXT("y"), 0, dims, 1, kFloat, y, sizeof y);
  old_append_output(session, TEXT("both"), 1);
  old_clear_output(session);
  old_append_output(session, TEXT("both"), 0);
  old_append_output(session, TEXT("both"), 1);
  if (old_run_session(session)) return 40;
  const uint64_t tensors[] = {old_get_output_tensor(session, TEXT("both"), 0),
                              old_get_output_tensor(session, TEXT("both"), 1)};
  if (tensors[0] == 0 || tensors[1] == 0 || old_get_tensor_len(tensors[0]) != sizeof sum) return 50;
  old_get_tensor_data(tensors[0], sum);
  old_get_tensor_data(tensors[1], product);
  old_delete_session(session);
  return old_run_session(session) == 1 ? 0 : 100;
}
