// SPDX-License-Identifier: Apache-2.0
// A guest of the host module in docs/host-modules.md: it asks for the weather at stations by their names.
#include <stddef.h>
#include <stdint.h>

struct reading {
  double celsius;
  uint8_t humidity;  // in percent
};

__attribute__((import_module("weather"), import_name("read"))) int weather_read(const char *station, size_t length,
                                                                                struct reading *reading);

#define EXPORT(name) __attribute__((export_name(name)))

/// How much warmer it is in Bergen than in Oslo, in kelvin.
EXPORT("difference") double difference(void) {
  struct reading bergen, oslo;
  if (weather_read("Bergen", 6, &bergen) != 0 || weather_read("Oslo", 4, &oslo) != 0) return -1000;
  return bergen.celsius - oslo.celsius;
}

/// The error number for a station of which there is no reading.
EXPORT("ask_for_atlantis") int ask_for_atlantis(void) {
  struct reading reading;
  return weather_read("Atlantis", 8, &reading);
}

/// The error number for a name outside of the memory.
EXPORT("ask_beyond") int ask_beyond(void) {
  struct reading reading;
  return weather_read((const char *)0xFFFFFFF0u, 1, &reading);
}
