// SPDX-License-Identifier: Apache-2.0
// Logs a message of each level by wasi:logging.
#include <stdint.h>

__attribute__((import_module("wasi:logging/logging"), import_name("log"))) void log_message(
    uint32_t level, const char *context, uint32_t context_length, const char *message, uint32_t message_length);

#define TEXT(text) text, sizeof text - 1

__attribute__((export_name("report"))) void report(void) {
  log_message(0, TEXT("sorter"), TEXT("trace"));
  log_message(1, TEXT("sorter"), TEXT("debug"));
  log_message(2, TEXT("sorter"), TEXT("info"));
  log_message(3, TEXT("sorter"), TEXT("warn"));
  log_message(4, TEXT("sorter"), TEXT("error"));
  log_message(5, TEXT("sorter"), TEXT("critical"));
}
