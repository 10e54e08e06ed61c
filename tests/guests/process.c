// SPDX-License-Identifier: Apache-2.0
// Calls every function of wasmedge_process once, and a few of them more often.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasmedge_process"), import_name("wasmedge_process_" #name)))
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(set_prog_name) void set_prog_name(const char *name, uint32_t length);
IMPORT(add_arg) void add_arg(const char *arg, uint32_t length);
IMPORT(add_env) void add_env(const char *name, uint32_t name_length, const char *value, uint32_t value_length);
IMPORT(add_stdin) void add_stdin(const char *data, uint32_t length);
IMPORT(set_timeout) void set_timeout(uint32_t milliseconds);
IMPORT(run) int run(void);
IMPORT(get_exit_code) int get_exit_code(void);
IMPORT(get_stdout_len) uint32_t get_stdout_len(void);
IMPORT(get_stdout) void get_stdout(char *target);
IMPORT(get_stderr_len) uint32_t get_stderr_len(void);
IMPORT(get_stderr) void get_stderr(char *target);

#define TEXT(text) text, sizeof text - 1

static char outputs[2][4096];

EXPORT(output) char *output(int stream) { return outputs[stream]; }

/// Runs a shell script that reads a line, and writes it with a variable, an argument, and all of the environment.
EXPORT(command) int command(void) {
  set_prog_name(TEXT("s"));
  set_prog_name(TEXT("h"));
  add_arg(TEXT("-c"));
  add_arg(TEXT("read line; echo \"$line $VARIABLE $1\"; env >&2; exit 253"));
  add_arg(TEXT("name"));
  add_arg(TEXT("two  words; $VARIABLE"));
  add_env(TEXT("VARIABLE"), TEXT("first"));
  add_env(TEXT("VARIABLE"), TEXT("second"));
  add_stdin(TEXT("from "));
  add_stdin(TEXT("stdin\nmore"));
  set_timeout(20000);
  int code = run();
  if (code != get_exit_code() || get_stdout_len() > sizeof outputs[0] || get_stderr_len() > sizeof outputs[1]) return 1000;
  get_stdout(outputs[0]);
  get_stderr(outputs[1]);
  return code;
}
