// SPDX-License-Identifier: Apache-2.0
// Runs a model that the host has put in, by every function of wasmedge_tensorflowlite: since 0.13, and before.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasmedge_tensorflowlite"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(create_session) int create_session(const void *model, uint32_t size, uint32_t *session);
IMPORT(delete_session) int delete_session(uint32_t session);
IMPORT(run_session) int run_session(uint32_t session);
IMPORT(get_output_tensor)
int get_output_tensor(uint32_t session, const char *name, uint32_t length, uint32_t *tensor);
IMPORT(get_tensor_len) int get_tensor_len(uint32_t session, uint32_t tensor, uint32_t *size);
IMPORT(get_tensor_data)
int get_tensor_data(uint32_t session, uint32_t tensor, void *target, uint32_t room, uint32_t *written);
IMPORT(append_input)
int append_input(uint32_t session, const char *name, uint32_t length, const void *data, uint32_t size);

IMPORT(wasmedge_tensorflowlite_create_session) uint64_t old_create_session(const void *model, uint32_t size);
IMPORT(wasmedge_tensorflowlite_delete_session) void old_delete_session(uint64_t session);
IMPORT(wasmedge_tensorflowlite_run_session) uint32_t old_run_session(uint64_t session);
IMPORT(wasmedge_tensorflowlite_get_output_tensor)
uint64_t old_get_output_tensor(uint64_t session, const char *name, uint32_t length);
IMPORT(wasmedge_tensorflowlite_get_tensor_len) uint32_t old_get_tensor_len(uint64_t tensor);
IMPORT(wasmedge_tensorflowlite_get_tensor_data) void old_get_tensor_data(uint64_t tensor, void *target);
IMPORT(wasmedge_tensorflowlite_append_input)
void old_append_input(uint64_t session, const char *name, uint32_t length, const void *data, uint32_t size);

// What the host puts in, and finds after the run.
struct work {
  uint32_t model_size, input_name_size, input_size, output_name_size, output_size;
  char input_name[64], output_name[64];
  char input[1 << 18], output[1 << 14], model[1 << 22];
};
static struct work work;

EXPORT(work) struct work *get_work(void) { return &work; }

/// Gives 0, or the number of the step that failed and its error number as tens and units.
EXPORT(run) int run(void) {
  uint32_t session, tensor, written;
  int error;
  if ((error = create_session(work.model, work.model_size, &session))) return 10 + error;
  if ((error = append_input(session, work.input_name, work.input_name_size, work.input, work.input_size)))
    return 20 + error;
  if ((error = run_session(session))) return 30 + error;
  if ((error = get_output_tensor(session, work.output_name, work.output_name_size, &tensor))) return 40 + error;
  if ((error = get_tensor_len(session, tensor, &work.output_size))) return 50 + error;
  if ((error = get_tensor_data(session, tensor, work.output, work.output_size, &written))) return 60 + error;
  if (written != work.output_size) return 70;
  if ((error = delete_session(session))) return 80 + error;
  if (run_session(session) != 1) return 90;
  return 0;
}

/// The same before 0.13.
EXPORT(run_old) int run_old(void) {
  const uint64_t session = old_create_session(work.model, work.model_size);
  if (session == 0) return 10;
  old_append_input(session, work.input_name, work.input_name_size, work.input, work.input_size);
  if (old_run_session(session)) return 30;
  const uint64_t tensor = old_get_output_tensor(session, work.output_name, work.output_name_size);
  if (tensor == 0) return 40;
  work.output_size = old_get_tensor_len(tensor);
  old_get_tensor_data(tensor, work.output);
  old_delete_session(session);
  if (old_run_session(session) != 1) return 90;
  return 0;
}
