// SPDX-License-Identifier: Apache-2.0
// Functions of numbers for bench_arrays.py: compiled to WebAssembly as they are, and natively with a loop around each as
// numpy's own ufuncs have it. None calls a library, so that both run the same arithmetic.
#include <stdint.h>

static double from_bits(uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t to_bits(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Added to a small number it rounds it to an integer, which is then in the lowest bits.
static const double kRound = 6755399441055744.0;

// exp(x) = 2^k exp(r) with |r| <= ln(2) / 2, by its series.
static double own_exp(double x) {
  x = x > 700.0 ? 700.0 : x;
  x = x < -700.0 ? -700.0 : x;
  double shifted = x * 1.4426950408889634 + kRound;
  double r = x - (shifted - kRound) * 0.6931471805599453;
  double sum = 1.0 + r * (1.0 + r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 +
               r * (1.0 / 5040 + r * (1.0 / 40320 + r * (1.0 / 362880)))))))));
  return sum * from_bits((to_bits(shifted) + 1023) << 52);
}

// log(x) = e ln(2) + 2 artanh((m - 1) / (m + 1)), for x = m 2^e.
static double own_log(double x) {
  uint64_t bits = to_bits(x);
  int64_t exponent = (int64_t)(bits >> 52) - 1023;
  double m = from_bits((bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  double t = (m - 1.0) / (m + 1.0);
  double u = t * t;
  double sum = t * (2.0 + u * (2.0 / 3 + u * (2.0 / 5 + u * (2.0 / 7 + u * (2.0 / 9 + u * (2.0 / 11 + u * (2.0 / 13)))))));
  return sum + (double)exponent * 0.6931471805599453;
}

static double own_sin(double x) {
  double shifted = x * 0.3183098861837907 + kRound;
  double r = x - (shifted - kRound) * 3.141592653589793;
  double u = r * r;
  double sum = r * (1.0 - u * (1.0 / 6 - u * (1.0 / 120 - u * (1.0 / 5040 - u * (1.0 / 362880 - u * (1.0 / 39916800))))));
  return to_bits(shifted) & 1 ? -sum : sum;
}

static double own_atan(double x) {
  double t = x > 1.0 ? 1.0 / x : x;
  double u = t * t;
  double sum = t * (0.99997726 + u * (-0.33262347 + u * (0.19354346 + u * (-0.11643287 + u * (0.05265332 - u * 0.01172120)))));
  return x > 1.0 ? 1.5707963267948966 - sum : sum;
}

double arithmetic(double x, double y) { return x * y + (x - y) * 0.5; }

double polynomial(double x) {
  double sum = 0.1;
  for (int i = 1; i <= 12; ++i) sum = sum * x + 1.0 / i;
  return sum;
}

int32_t collatz(int64_t n) {
  int32_t steps = 0;
  while (n > 1) {
    n = n & 1 ? 3 * n + 1 : n >> 1;
    ++steps;
  }
  return steps;
}

int32_t mandelbrot(double a, double b) {
  double x = 0, y = 0;
  int32_t rounds = 0;
  while (rounds < 100 && x * x + y * y <= 4.0) {
    double next = x * x - y * y + a;
    y = 2 * x * y + b;
    x = next;
    ++rounds;
  }
  return rounds;
}

double sphere(double lat1, double lon1, double lat2, double lon2) {
  double a = own_sin((lat2 - lat1) * 0.5), b = own_sin((lon2 - lon1) * 0.5);
  double cos1 = own_sin(lat1 + 1.5707963267948966), cos2 = own_sin(lat2 + 1.5707963267948966);
  double h = a * a + cos1 * cos2 * b * b;
  return 12742.0 * own_atan(__builtin_sqrt(h / (1.0 - h + 1e-300)));
}

// The normal distribution by Abramowitz and Stegun, 26.2.17.
static double normal(double x) {
  double z = x < 0 ? -x : x;
  double t = 1.0 / (1.0 + 0.2316419 * z);
  double tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  double p = 1.0 - 0.3989422804014327 * own_exp(-0.5 * z * z) * tail;
  return x < 0 ? 1.0 - p : p;
}

double black_scholes(double spot, double strike, double years) {
  const double rate = 0.02, volatility = 0.3;
  double spread = volatility * __builtin_sqrt(years);
  double d1 = (own_log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread;
  return spot * normal(d1) - strike * own_exp(-rate * years) * normal(d1 - spread);
}

int32_t mix(int32_t value) {
  uint32_t x = (uint32_t)value;
  for (int i = 0; i < 4; ++i) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
  }
  return (int32_t)(x ^ x >> 16);
}

int64_t morton(int32_t a, int32_t b) {
  uint64_t x[2] = {(uint32_t)a, (uint32_t)b};
  for (int i = 0; i < 2; ++i) {
    x[i] = (x[i] | x[i] << 16) & 0x0000ffff0000ffffULL;
    x[i] = (x[i] | x[i] << 8) & 0x00ff00ff00ff00ffULL;
    x[i] = (x[i] | x[i] << 4) & 0x0f0f0f0f0f0f0f0fULL;
    x[i] = (x[i] | x[i] << 2) & 0x3333333333333333ULL;
    x[i] = (x[i] | x[i] << 1) & 0x5555555555555555ULL;
  }
  return (int64_t)(x[0] | x[1] << 1);
}

float logistic(float x) { return (float)(1.0 / (1.0 + own_exp(-(double)x))); }

int32_t gcd(int32_t a, int32_t b) {
  while (b != 0) {
    int32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

#ifndef __wasm__
#define LOOP(name, result, call)                                                         \
  void name##_loop(char** args, const long* strides, long count) {                       \
    for (long i = 0; i < count; ++i) *(result*)(args[0] + i * strides[0]) = name call;    \
  }
#define AT(type, k) *(type*)(args[k] + i * strides[k])

LOOP(arithmetic, double, (AT(double, 1), AT(double, 2)))
LOOP(polynomial, double, (AT(double, 1)))
LOOP(collatz, int32_t, (AT(int64_t, 1)))
LOOP(mandelbrot, int32_t, (AT(double, 1), AT(double, 2)))
LOOP(sphere, double, (AT(double, 1), AT(double, 2), AT(double, 3), AT(double, 4)))
LOOP(black_scholes, double, (AT(double, 1), AT(double, 2), AT(double, 3)))
LOOP(mix, int32_t, (AT(int32_t, 1)))
LOOP(morton, int64_t, (AT(int32_t, 1), AT(int32_t, 2)))
LOOP(logistic, float, (AT(float, 1)))
LOOP(gcd, int32_t, (AT(int32_t, 1), AT(int32_t, 2)))
#endif
