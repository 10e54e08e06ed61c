// SPDX-License-Identifier: Apache-2.0
// The C23 number parsers of glibc 2.38, for systems that have only the forms before C23.
//
// No header that declares the plain forms is included: from glibc 2.38 on it redirects `strtol` to `__isoc23_strtol`, and
// each function here would call itself. The C23 forms differ only in accepting binary numbers, which no caller relies on.
#include <cstdarg>
#include <cstdint>

struct _IO_FILE;

extern "C" {

long strtol(const char* text, char** end, int base);
unsigned long strtoul(const char* text, char** end, int base);
long long strtoll(const char* text, char** end, int base);
unsigned long long strtoull(const char* text, char** end, int base);
std::intmax_t strtoimax(const char* text, char** end, int base);
std::uintmax_t strtoumax(const char* text, char** end, int base);
int __isoc99_vscanf(const char* format, std::va_list arguments);
int __isoc99_vsscanf(const char* text, const char* format, std::va_list arguments);
int __isoc99_vfscanf(_IO_FILE* stream, const char* format, std::va_list arguments);

long __isoc23_strtol(const char* text, char** end, int base) { return strtol(text, end, base); }

unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }

long long __isoc23_strtoll(const char* text, char** end, int base) { return strtoll(text, end, base); }

unsigned long long __isoc23_strtoull(const char* text, char** end, int base) { return strtoull(text, end, base); }

std::intmax_t __isoc23_strtoimax(const char* text, char** end, int base) { return strtoimax(text, end, base); }

std::uintmax_t __isoc23_strtoumax(const char* text, char** end, int base) { return strtoumax(text, end, base); }

int __isoc23_vscanf(const char* format, std::va_list arguments) { return __isoc99_vscanf(format, arguments); }

int __isoc23_vsscanf(const char* text, const char* format, std::va_list arguments) {
  return __isoc99_vsscanf(text, format, arguments);
}

int __isoc23_vfscanf(_IO_FILE* stream, const char* format, std::va_list arguments) {
  return __isoc99_vfscanf(stream, format, arguments);
}

int __isoc23_scanf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = __isoc99_vscanf(format, arguments);
  va_end(arguments);
  return count;
}

int __isoc23_sscanf(const char* text, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = __isoc99_vsscanf(text, format, arguments);
  va_end(arguments);
  return count;
}

int __isoc23_fscanf(_IO_FILE* stream, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = __isoc99_vfscanf(stream, format, arguments);
  va_end(arguments);
  return count;
}

}  // extern "C"
