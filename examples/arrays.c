// SPDX-License-Identifier: Apache-2.0
// Functions to go over arrays with: of numbers, for wasmedge.vectorize(), and of pointers, for wasmedge.guvectorize().

// How many steps the Collatz sequence takes from n to 1.
int collatz(long long n) {
  int steps = 0;
  while (n > 1) {
    n = n & 1 ? 3 * n + 1 : n >> 1;
    ++steps;
  }
  return steps;
}

// The greatest common divisor.
int gcd(int a, int b) {
  while (b != 0) {
    int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// How often z = z*z + c can be taken before |z| is above 2; at most 200 times.
int escape(double a, double b) {
  double x = 0, y = 0;
  int rounds = 0;
  while (rounds < 200 && x * x + y * y <= 4) {
    double next = x * x - y * y + a;
    y = 2 * x * y + b;
    x = next;
    ++rounds;
  }
  return rounds;
}

// out[i] is the mean of in[0], ..., in[i].
void running_mean(const double *in, double *out, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += in[i];
    out[i] = sum / (i + 1);
  }
}

// The sum of squared differences of two arrays.
double distance(const double *a, const double *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}
