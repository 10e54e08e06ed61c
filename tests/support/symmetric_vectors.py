# SPDX-License-Identifier: Apache-2.0
"""Known answers of hashes, authentication codes and ciphers, as the RFCs and NIST give them."""

from __future__ import annotations

from typing import NamedTuple

H = bytes.fromhex


class Mac(NamedTuple):
    """A message authentication code."""

    algorithm: str
    key: bytes
    message: bytes
    tag: bytes


class Derivation(NamedTuple):
    """A derivation of a key."""

    function: str
    secret: bytes
    salt: bytes
    info: bytes
    key: bytes


class Sealed(NamedTuple):
    """An encrypted message, the tag at its end."""

    algorithm: str
    key: bytes
    nonce: bytes
    additional: bytes
    message: bytes
    encrypted: bytes


# FIPS 180-4, NIST's examples of it; RFC 7693
HASHES = [
    (
        "SHA-256",
        b"abc",
        H("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ),
    (
        "SHA-512",
        b"abc",
        H(
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
            "454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ),
    (
        "SHA-512/256",
        b"abc",
        H("53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
    ),
    (
        "SHA-256",
        b"",
        H("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ),
    (
        "BLAKE2b-512",
        b"abc",
        H(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc95"
            "18d38aa8dbf1925ab92386edd4009923"
        ),
    ),
]

# RFC 4231; RFC 4493, NIST's examples of SP 800-38B
MACS = [
    Mac(
        "HMAC/SHA-256",
        H("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
        b"Hi There",
        H("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    ),
    Mac(
        "HMAC/SHA-512",
        H("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
        b"Hi There",
        H(
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
            "be9d914eeb61f1702e696c203a126854"
        ),
    ),
    Mac(
        "HMAC/SHA-256",
        b"Jefe",
        b"what do ya want for nothing?",
        H("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ),
    Mac(
        "HMAC/SHA-512",
        b"Jefe",
        b"what do ya want for nothing?",
        H(
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
            "caeab1a34d4a6b4b636e070a38bce737"
        ),
    ),
    Mac(
        "AES-128-CMAC",
        H("2b7e151628aed2a6abf7158809cf4f3c"),
        H("6bc1bee22e409f96e93d7e117393172a"),
        H("070a16b46b4d4144f79bdd9dd04a287c"),
    ),
    Mac(
        "AES-256-CMAC",
        H("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
        H("6bc1bee22e409f96e93d7e117393172a"),
        H("28a7023f452e8f82bd4bf28d8c37c35c"),
    ),
]

# RFC 5869, A.1 and A.3
DERIVATIONS = [
    Derivation(
        "SHA-256",
        H("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
        H("000102030405060708090a0b0c"),
        H("f0f1f2f3f4f5f6f7f8f9"),
        H("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    ),
    Derivation(
        "SHA-256",
        H("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
        b"",
        b"",
        H("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ),
]

# The revised specification of GCM by McGrew and Viega, test cases 4, 16 and 1; RFC 8439, 2.8.2; RFC 8452, C.1
SEALED = [
    Sealed(
        "AES-128-GCM",
        H("feffe9928665731c6d6a8f9467308308"),
        H("cafebabefacedbaddecaf888"),
        H("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        H(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
            "b16aedf5aa0de657ba637b39"
        ),
        H(
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
            "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47"
        ),
    ),
    Sealed(
        "AES-256-GCM",
        H("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
        H("cafebabefacedbaddecaf888"),
        H("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        H(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
            "b16aedf5aa0de657ba637b39"
        ),
        H(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ),
    Sealed(
        "AES-128-GCM",
        H("00000000000000000000000000000000"),
        H("000000000000000000000000"),
        b"",
        b"",
        H("58e2fccefa7e3061367f1d57a4e7455a"),
    ),
    Sealed(
        "ChaCha20-Poly1305",
        H("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
        H("070000004041424344454647"),
        H("50515253c0c1c2c3c4c5c6c7"),
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it.",
        H(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
            "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"
        ),
    ),
    Sealed(
        "AES-128-GCM-SIV",
        H("01000000000000000000000000000000"),
        H("030000000000000000000000"),
        b"",
        H("0100000000000000"),
        H("b5d839330ac7b786578782fff6013b815b287c22493a364c"),
    ),
]
