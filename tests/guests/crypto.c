// SPDX-License-Identifier: Apache-2.0
// Calls every function of wasi-crypto. What it works on is in its inputs, and what comes out in its output.
#include <stdint.h>

typedef uint32_t handle, size;
typedef int err;
typedef struct {
  uint8_t tag;  // 0: there is one
  handle of;
} opt;

#define MODULE(module, name) __attribute__((import_module("wasi_ephemeral_crypto_" module), import_name(#name))) err name
#define EXPORT(name) __attribute__((export_name(#name)))
#define BUF(type, name) type *name, size name##_len
#define IN(name) BUF(const uint8_t, name)
#define OUT(name) BUF(uint8_t, name)

#define COMMON(name) MODULE("common", name)
COMMON(array_output_len)(handle output, size *len);
COMMON(array_output_pull)(handle output, OUT(buf), size *len);
COMMON(options_open)(int type, handle *options);
COMMON(options_close)(handle options);
COMMON(options_set)(handle options, IN(name), IN(value));
COMMON(options_set_u64)(handle options, IN(name), uint64_t value);
COMMON(options_set_guest_buffer)(handle options, IN(name), OUT(buf));
COMMON(secrets_manager_open)(const opt *options, handle *manager);
COMMON(secrets_manager_close)(handle manager);
COMMON(secrets_manager_invalidate)(handle manager, IN(id), uint64_t version);

#define KEYS(name) MODULE("asymmetric_common", name)
KEYS(keypair_generate)(int type, IN(alg), const opt *options, handle *kp);
KEYS(keypair_import)(int type, IN(alg), IN(encoded), int encoding, handle *kp);
KEYS(keypair_generate_managed)(handle manager, int type, IN(alg), const opt *options, handle *kp);
KEYS(keypair_store_managed)(handle manager, handle kp, OUT(id));
KEYS(keypair_replace_managed)(handle manager, handle old, handle new, uint64_t *version);
KEYS(keypair_id)(handle kp, OUT(id), size *len, uint64_t *version);
KEYS(keypair_from_id)(handle manager, IN(id), uint64_t version, handle *kp);
KEYS(keypair_from_pk_and_sk)(handle pk, handle sk, handle *kp);
KEYS(keypair_export)(handle kp, int encoding, handle *output);
KEYS(keypair_publickey)(handle kp, handle *pk);
KEYS(keypair_secretkey)(handle kp, handle *sk);
KEYS(keypair_close)(handle kp);
KEYS(publickey_import)(int type, IN(alg), IN(encoded), int encoding, handle *pk);
KEYS(publickey_export)(handle pk, int encoding, handle *output);
KEYS(publickey_verify)(handle pk);
KEYS(publickey_from_secretkey)(handle sk, handle *pk);
KEYS(publickey_close)(handle pk);
KEYS(secretkey_import)(int type, IN(alg), IN(encoded), int encoding, handle *sk);
KEYS(secretkey_export)(handle sk, int encoding, handle *output);
KEYS(secretkey_close)(handle sk);

#define KX(name) MODULE("kx", name)
KX(kx_dh)(handle pk, handle sk, handle *output);
KX(kx_encapsulate)(handle pk, handle *secret, handle *encapsulated);
KX(kx_decapsulate)(handle sk, IN(encapsulated), handle *secret);

#define SIGNATURES(name) MODULE("signatures", name)
SIGNATURES(signature_export)(handle signature, int encoding, handle *output);
SIGNATURES(signature_import)(IN(alg), IN(encoded), int encoding, handle *signature);
SIGNATURES(signature_state_open)(handle kp, handle *state);
SIGNATURES(signature_state_update)(handle state, IN(data));
SIGNATURES(signature_state_sign)(handle state, handle *signature);
SIGNATURES(signature_state_close)(handle state);
SIGNATURES(signature_verification_state_open)(handle pk, handle *state);
SIGNATURES(signature_verification_state_update)(handle state, IN(data));
SIGNATURES(signature_verification_state_verify)(handle state, handle signature);
SIGNATURES(signature_verification_state_close)(handle state);
SIGNATURES(signature_close)(handle signature);

#define SYMMETRIC(name) MODULE("symmetric", name)
SYMMETRIC(symmetric_key_generate)(IN(alg), const opt *options, handle *key);
SYMMETRIC(symmetric_key_import)(IN(alg), IN(raw), handle *key);
SYMMETRIC(symmetric_key_export)(handle key, handle *output);
SYMMETRIC(symmetric_key_close)(handle key);
SYMMETRIC(symmetric_key_generate_managed)(handle manager, IN(alg), const opt *options, handle *key);
SYMMETRIC(symmetric_key_store_managed)(handle manager, handle key, OUT(id));
SYMMETRIC(symmetric_key_replace_managed)(handle manager, handle old, handle new, uint64_t *version);
SYMMETRIC(symmetric_key_id)(handle key, OUT(id), size *len, uint64_t *version);
SYMMETRIC(symmetric_key_from_id)(handle manager, IN(id), uint64_t version, handle *key);
SYMMETRIC(symmetric_state_open)(IN(alg), const opt *key, const opt *options, handle *state);
SYMMETRIC(symmetric_state_clone)(handle state, handle *clone);
SYMMETRIC(symmetric_state_options_get)(handle state, IN(name), OUT(value), size *len);
SYMMETRIC(symmetric_state_options_get_u64)(handle state, IN(name), uint64_t *value);
SYMMETRIC(symmetric_state_close)(handle state);
SYMMETRIC(symmetric_state_absorb)(handle state, IN(data));
SYMMETRIC(symmetric_state_squeeze)(handle state, OUT(out));
SYMMETRIC(symmetric_state_squeeze_tag)(handle state, handle *tag);
SYMMETRIC(symmetric_state_squeeze_key)(handle state, IN(alg), handle *key);
SYMMETRIC(symmetric_state_max_tag_len)(handle state, size *len);
SYMMETRIC(symmetric_state_encrypt)(handle state, OUT(out), IN(data), size *len);
SYMMETRIC(symmetric_state_encrypt_detached)(handle state, OUT(out), IN(data), handle *tag);
SYMMETRIC(symmetric_state_decrypt)(handle state, OUT(out), IN(data), size *len);
SYMMETRIC(symmetric_state_decrypt_detached)(handle state, OUT(out), IN(data), IN(tag), size *len);
SYMMETRIC(symmetric_state_ratchet)(handle state);
SYMMETRIC(symmetric_tag_len)(handle tag, size *len);
SYMMETRIC(symmetric_tag_pull)(handle tag, OUT(buf), size *len);
SYMMETRIC(symmetric_tag_verify)(handle tag, IN(expected));
SYMMETRIC(symmetric_tag_close)(handle tag);

enum { NOT_IMPLEMENTED = 2, INVALID_OPERATION = 22, UNSUPPORTED_OPTION = 7, WRONG = 1000 };
enum { INPUTS = 6, ROOM = 8192 };

// Numbers are passed as they are, texts and keys as inputs with their sizes.
static uint8_t inputs[INPUTS][ROOM], output[ROOM], scratch[ROOM];
static size sizes[INPUTS], output_size;
static const opt none = {.tag = 1};

EXPORT(input) uint8_t *input(int i, size len) { return sizes[i] = len, inputs[i]; }
EXPORT(result) uint8_t *result(void) { return output; }
EXPORT(result_size) size result_size(void) { return output_size; }

#define INPUT(i) inputs[i], sizes[i]
#define TEXT(text) (const uint8_t *)text, sizeof text - 1
#define TRY(call)                  \
  do {                             \
    err number = call;             \
    if (number) return number;     \
  } while (0)
#define EXPECT(what) \
  do {               \
    if (!(what)) return WRONG + __LINE__; \
  } while (0)

static int same(const uint8_t *a, const uint8_t *b, size len) {
  for (size i = 0; i < len; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

/// Pulls an output in two pieces, after which its handle is closed.
static err pull(handle array) {
  size len, part;
  TRY(array_output_len(array, &output_size));
  TRY(array_output_pull(array, output, output_size / 2, &part));
  EXPECT(part == output_size / 2);
  TRY(array_output_pull(array, output + part, ROOM - part, &len));
  EXPECT(part + len == output_size);
  EXPECT(array_output_len(array, &len) != 0);
  return 0;
}

/// Hashes input 1 by the function that input 0 names, in two pieces and two states.
EXPORT(hash) err hash(size len) {
  handle state, clone;
  TRY(symmetric_state_open(INPUT(0), &none, &none, &state));
  TRY(symmetric_state_absorb(state, inputs[1], sizes[1] / 2));
  TRY(symmetric_state_clone(state, &clone));
  TRY(symmetric_state_close(state));
  TRY(symmetric_state_absorb(clone, inputs[1] + sizes[1] / 2, sizes[1] - sizes[1] / 2));
  TRY(symmetric_state_squeeze(clone, output, output_size = len));
  EXPECT(symmetric_state_ratchet(clone) == INVALID_OPERATION);
  return symmetric_state_close(clone);
}

/// Authenticates input 2 with the key input 1.
EXPORT(mac) err mac(void) {
  handle key, state, tag;
  size len;
  TRY(symmetric_key_import(INPUT(0), INPUT(1), &key));
  opt some = {.of = key};
  TRY(symmetric_state_open(INPUT(0), &some, &none, &state));
  TRY(symmetric_key_close(key));
  TRY(symmetric_state_absorb(state, INPUT(2)));
  TRY(symmetric_state_squeeze_tag(state, &tag));
  TRY(symmetric_tag_len(tag, &output_size));
  TRY(symmetric_tag_pull(tag, output, output_size, &len));
  EXPECT(len == output_size);
  TRY(symmetric_tag_verify(tag, output, output_size));
  TRY(symmetric_tag_close(tag));
  return symmetric_state_close(state);
}

/// Derives a key of input 2 with salt 3 and info 4 by HKDF: extract as input 0 says, expand as input 1 says.
EXPORT(derive) err derive(size len) {
  handle ikm, state, prk;
  TRY(symmetric_key_import(INPUT(0), INPUT(2), &ikm));
  opt some = {.of = ikm};
  TRY(symmetric_state_open(INPUT(0), &some, &none, &state));
  TRY(symmetric_state_absorb(state, INPUT(3)));
  TRY(symmetric_state_squeeze_key(state, INPUT(1), &prk));
  TRY(symmetric_state_close(state));
  some.of = prk;
  TRY(symmetric_state_open(INPUT(1), &some, &none, &state));
  TRY(symmetric_state_absorb(state, INPUT(4)));
  TRY(symmetric_state_squeeze(state, output, output_size = len));
  TRY(symmetric_key_close(ikm));
  TRY(symmetric_key_close(prk));
  return symmetric_state_close(state);
}

static err cipher(const opt *key, const opt *options, handle *state) {
  TRY(symmetric_state_open(INPUT(0), key, options, state));
  return symmetric_state_absorb(*state, INPUT(3));
}

/// Encrypts input 4 with key 1, nonce 2 and additional data 3, in both ways, and decrypts it in both ways.
EXPORT(seal) err seal(void) {
  handle key, options, state, tag;
  size len, tag_len;
  uint64_t number;
  TRY(symmetric_key_import(INPUT(0), INPUT(1), &key));
  TRY(options_open(1, &options));
  TRY(options_set(options, TEXT("nonce"), INPUT(2)));
  TRY(options_set_u64(options, TEXT("Parallelism"), 8));
  TRY(options_set_guest_buffer(options, TEXT("buffer"), scratch, sizeof scratch));
  opt some_key = {.of = key}, some_options = {.of = options};

  TRY(cipher(&some_key, &some_options, &state));
  TRY(symmetric_state_options_get(state, TEXT("nonce"), scratch, sizeof scratch, &len));
  EXPECT(len == sizes[2] && same(scratch, inputs[2], len));
  EXPECT(symmetric_state_options_get_u64(state, TEXT("parallelism"), &number) == UNSUPPORTED_OPTION);
  TRY(symmetric_state_max_tag_len(state, &tag_len));
  TRY(symmetric_state_encrypt(state, output, sizes[4] + tag_len, INPUT(4), &output_size));
  TRY(symmetric_state_close(state));

  TRY(cipher(&some_key, &some_options, &state));
  TRY(symmetric_state_decrypt(state, scratch, sizes[4], output, output_size, &len));
  EXPECT(len == sizes[4] && same(scratch, inputs[4], len));
  TRY(symmetric_state_close(state));

  TRY(cipher(&some_key, &some_options, &state));
  TRY(symmetric_state_encrypt_detached(state, scratch, sizes[4], INPUT(4), &tag));
  EXPECT(same(scratch, output, sizes[4]));
  TRY(symmetric_tag_verify(tag, output + sizes[4], tag_len));
  TRY(symmetric_tag_close(tag));
  TRY(symmetric_state_close(state));

  TRY(cipher(&some_key, &some_options, &state));
  TRY(symmetric_state_decrypt_detached(state, scratch, sizes[4], output, sizes[4], output + sizes[4], tag_len, &len));
  EXPECT(len == sizes[4] && same(scratch, inputs[4], len));
  TRY(symmetric_state_close(state));
  TRY(options_close(options));
  return symmetric_key_close(key);
}

/// Makes a key for what input 0 names.
EXPORT(generate_key) err generate_key(void) {
  handle key, array;
  TRY(symmetric_key_generate(INPUT(0), &none, &key));
  TRY(symmetric_key_export(key, &array));
  TRY(pull(array));
  return symmetric_key_close(key);
}

/// Reads input 1 as a key pair, and writes it.
EXPORT(convert_pair) err convert_pair(int type, int from, int to) {
  handle kp, array;
  TRY(keypair_import(type, INPUT(0), INPUT(1), from, &kp));
  TRY(keypair_export(kp, to, &array));
  TRY(pull(array));
  return keypair_close(kp);
}

/// Reads input 1 as a secret key, and writes it.
EXPORT(convert_secret) err convert_secret(int type, int from, int to) {
  handle sk, array;
  TRY(secretkey_import(type, INPUT(0), INPUT(1), from, &sk));
  TRY(secretkey_export(sk, to, &array));
  TRY(pull(array));
  return secretkey_close(sk);
}

/// Reads input 1 as a public key, and writes it.
EXPORT(convert_public) err convert_public(int type, int from, int to) {
  handle pk, array;
  TRY(publickey_import(type, INPUT(0), INPUT(1), from, &pk));
  err number = publickey_verify(pk);
  EXPECT(number == 0 || number == NOT_IMPLEMENTED);
  TRY(publickey_export(pk, to, &array));
  TRY(pull(array));
  return publickey_close(pk);
}

/// Reads input 1 as a secret key, and writes its public key.
EXPORT(public_of_secret) err public_of_secret(int type, int from, int to) {
  handle sk, pk, kp, array;
  TRY(secretkey_import(type, INPUT(0), INPUT(1), from, &sk));
  TRY(publickey_from_secretkey(sk, &pk));
  EXPECT(keypair_from_pk_and_sk(pk, sk, &kp) == NOT_IMPLEMENTED);
  TRY(secretkey_close(sk));
  TRY(publickey_export(pk, to, &array));
  TRY(pull(array));
  return publickey_close(pk);
}

/// Signs input 2 with the key pair input 1, in two pieces.
EXPORT(sign) err sign(int key_encoding, int encoding) {
  handle kp, state, signature, array;
  TRY(keypair_import(0, INPUT(0), INPUT(1), key_encoding, &kp));
  TRY(signature_state_open(kp, &state));
  TRY(keypair_close(kp));
  TRY(signature_state_update(state, inputs[2], sizes[2] / 2));
  TRY(signature_state_update(state, inputs[2] + sizes[2] / 2, sizes[2] - sizes[2] / 2));
  TRY(signature_state_sign(state, &signature));
  TRY(signature_state_close(state));
  TRY(signature_export(signature, encoding, &array));
  TRY(signature_close(signature));
  return pull(array);
}

/// Verifies the signature input 3 of input 2 with the public key input 1.
EXPORT(verify) err verify(int key_encoding, int encoding) {
  handle pk, state, signature;
  TRY(publickey_import(0, INPUT(0), INPUT(1), key_encoding, &pk));
  TRY(signature_import(INPUT(0), INPUT(3), encoding, &signature));
  TRY(signature_verification_state_open(pk, &state));
  TRY(publickey_close(pk));
  TRY(signature_verification_state_update(state, INPUT(2)));
  err number = signature_verification_state_verify(state, signature);
  TRY(signature_verification_state_close(state));
  TRY(signature_close(signature));
  return number;
}

/// Agrees on a secret with the public key input 1 and the secret key input 2.
EXPORT(agree) err agree(int public_encoding, int secret_encoding) {
  handle pk, sk, array;
  TRY(publickey_import(2, INPUT(0), INPUT(1), public_encoding, &pk));
  TRY(secretkey_import(2, INPUT(0), INPUT(2), secret_encoding, &sk));
  EXPECT(kx_encapsulate(pk, &array, &array) == NOT_IMPLEMENTED);
  EXPECT(kx_decapsulate(sk, INPUT(1), &array) == NOT_IMPLEMENTED);
  TRY(kx_dh(pk, sk, &array));
  TRY(publickey_close(pk));
  TRY(secretkey_close(sk));
  return pull(array);
}

/// Makes two key pairs, and agrees on the same secret with both.
EXPORT(agree_anew) err agree_anew(void) {
  handle pairs[2], publics[2], secrets[2], array;
  for (int i = 0; i < 2; i++) {
    TRY(keypair_generate(2, INPUT(0), &none, &pairs[i]));
    TRY(keypair_publickey(pairs[i], &publics[i]));
    TRY(keypair_secretkey(pairs[i], &secrets[i]));
    TRY(keypair_close(pairs[i]));
  }
  TRY(kx_dh(publics[0], secrets[1], &array));
  TRY(pull(array));
  for (size i = 0; i < output_size; i++) scratch[i] = output[i];
  TRY(kx_dh(publics[1], secrets[0], &array));
  TRY(pull(array));
  EXPECT(same(output, scratch, output_size));
  for (int i = 0; i < 2; i++) {
    TRY(publickey_close(publics[i]));
    TRY(secretkey_close(secrets[i]));
  }
  return 0;
}

/// Calls all that has to do with a manager of secrets; returns how many of the functions are not implemented.
EXPORT(managed) int managed(void) {
  handle out;
  size len;
  uint64_t version = 0;
  err numbers[] = {
      secrets_manager_open(&none, &out),
      secrets_manager_close(1),
      secrets_manager_invalidate(1, TEXT("id"), version),
      keypair_generate_managed(1, 0, TEXT("Ed25519"), &none, &out),
      keypair_store_managed(1, 2, scratch, 16),
      keypair_replace_managed(1, 2, 3, &version),
      keypair_id(1, scratch, 16, &len, &version),
      keypair_from_id(1, TEXT("id"), version, &out),
      symmetric_key_generate_managed(1, TEXT("AES-128-GCM"), &none, &out),
      symmetric_key_store_managed(1, 2, scratch, 16),
      symmetric_key_replace_managed(1, 2, 3, &version),
      symmetric_key_id(1, scratch, 16, &len, &version),
      symmetric_key_from_id(1, TEXT("id"), version, &out),
  };
  int count = 0;
  for (size i = 0; i < sizeof numbers / sizeof *numbers; i++) count += numbers[i] == NOT_IMPLEMENTED;
  return count;
}
