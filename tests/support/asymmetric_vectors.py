# SPDX-License-Identifier: Apache-2.0
"""Known answers of signatures and of key exchange, as the RFCs and NIST give them."""

from __future__ import annotations

from typing import NamedTuple

H = bytes.fromhex


class Signed(NamedTuple):
    """A signed message. Keys and signature are raw, but public keys of ECDSA, which are points."""

    algorithm: str
    secret: bytes
    public: bytes
    message: bytes
    signature: bytes


class Agreement(NamedTuple):
    """What a secret key and somebody's public key have in common. Public keys of ECDH are points."""

    algorithm: str
    secret: bytes
    public: bytes
    shared: bytes


class RsaSigned(NamedTuple):
    """A message signed by RSA with SHA-256, and the primes of the key."""

    p: bytes
    q: bytes
    message: bytes
    signature: bytes


# RFC 8032, 7.1 and 7.4; RFC 6979, A.2.5 and A.2.6, and its way of signing by Bitcoin's first key on secp256k1
SIGNED = [
    Signed(
        "Ed25519",
        H("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        H("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        b"",
        H(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    Signed(
        "Ed25519",
        H("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
        H("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
        b"r",
        H(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    Signed(
        "Ed448",
        H(
            "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f"
            "032e7549a20098f95b"
        ),
        H(
            "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6c"
            "d1fa1abeafe8256180"
        ),
        b"",
        H(
            "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d78"
            "28c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
            "b61149f05a7363268c71d95808ff2e652600"
        ),
    ),
    Signed(
        "ECDSA_P256_SHA256",
        H("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
        H(
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc"
            "64f2f1b20c2d7e9f5177a3c294d4462299"
        ),
        b"sample",
        H(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65"
            "f3e900dbb9aff4064dc4ab2f843acda8"
        ),
    ),
    Signed(
        "ECDSA_P384_SHA384",
        H("6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5"),
        H(
            "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc"
            "138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
            "20"
        ),
        b"sample",
        H(
            "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
            "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
        ),
    ),
    Signed(
        "ECDSA_K256_SHA256",
        H("0000000000000000000000000000000000000000000000000000000000000001"),
        H(
            "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108"
            "a8fd17b448a68554199c47d08ffb10d4b8"
        ),
        b"Satoshi Nakamoto",
        H(
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec3"
            "6b49743e2ffa1c4496f01a512aafd9e5"
        ),
    ),
]

# RFC 7748, 6.1 and 6.2; NIST's CAVP of SP 800-56A, ECC CDH, the first of each curve
AGREEMENTS = [
    Agreement(
        "X25519",
        H("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
        H("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
        H("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"),
    ),
    Agreement(
        "X448",
        H(
            "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d"
            "9ac2d8c0a598726b"
        ),
        H(
            "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae"
            "07bdc1c67bf33609"
        ),
        H(
            "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a"
            "449a5037514a879d"
        ),
    ),
    Agreement(
        "P256-SHA256",
        H("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"),
        H(
            "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b060ddb20ba5c51dc"
            "c5948d46fbf640dfe0441782cab85fa4ac"
        ),
        H("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"),
    ),
    Agreement(
        "P384-SHA384",
        H("3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774ad463b205da88cf699ab4d43c9cf98a1"),
        H(
            "04a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272734466b400091adbf2d68c58e0c500"
            "66ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915ed0905a32b060992b468c64766fc843"
            "7a"
        ),
        H("5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457e5621e766c40a2e3d4d6a04b25e533f1"),
    ),
]

# NIST's CAVP of FIPS 186-3: a signature with the padding of PKCS #1 v1.5
RSA_PKCS1 = RsaSigned(
    p=H(
        "bf96de108963b5113399b664765efe046e2dafdb70d6e5e29dc6ec89b789b059348d74d89129c7ade9ddb404c6dc3a34"
        "37c7fc9f23bc38dadc8ffd0ff757999f5c2d510b993056147ccdf421e03d0be2c74ec333a9677c430cc604f5550d0d86"
        "defdde71488e3db889c699a5cacb44dcdae2f3cca38695e783e6f6250827efb1"
    ),
    q=H(
        "e1e7e33618d1b64d6862c132e4b1cd5fabad20ce62bd97bce2a3f5ad2da67bb0a7f0b9e48335a33b7b95e77ec4c47e91"
        "416881f9f7c23f9bc1918cc644335c74260e90cd7b2e0fed802f19e78c5ed80a431b38630d82f982c74a0381b8ecf943"
        "c60810fae90574e216357b2535002316d9529cb56420f3cc82dea37cb624e1e3"
    ),
    message=H(
        "6918d6328ca0a8b64bbe81d91cdea519911b59fc2dbd53af76006fec4b18a320787135ce883b2b2edb26041bf86aa52c"
        "230b9620335b6e7f9ec08c7ed6b70823d819e9ab019e9929249f966fdb2069311a0ddc680ac468f514d4ed873b04a6be"
        "b0985b91a0cfd8ed51b09f9e6d06da739eaa939d5a00275901c4f8cf25076339"
    ),
    signature=H(
        "794d0a45bc9fc6febb586e319dfa6924c888594802b9deb9668963fdb309bf02817960a7457106fc474f91601436e895"
        "4cbb6815350b2c51b53c968d2c48cc1799550d5d03b41f6e5a8c3c264d2e2fe0b5b8ff53fdcb9dd111c985cb488d7086"
        "e6548b4077ec00721c9cb500fe07a031c2030e8ad1dd0112c34ffd9091d77a187aac8661b298eee39eb615f9715c4c48"
        "a6762ede55a466ec7f3cdb6a937cfc80188a85d8f8d3a2a80b199ce5e6375af8f02f06d706a34d9cf38318903965db54"
        "aaa7d3fa7a7ee58034cd58c8435739c8906366e2ddba293f2fb2c15f07fa4951014471e7f677d3bdacffc4c68a906e08"
        "d68b39f9010746cbacd22980cee73e8d"
    ),
)

# The same, with PSS and a salt of 10 bytes
RSA_PSS = RsaSigned(
    p=H(
        "e2f7ceb13ea5385ad7659d7bbf0ad4a517c697b70c9d2af7a2193d62b14014412cc3e5fda97882341e0a370ce9f0f6c8"
        "149bb199d6f408b65d0524aecaf6e3fd7e3c35de940dc661ae17ddbdf57184e75bd2e9642401045ba48c7aee4abdc1ca"
        "ddca85fd064e80ab82ce58537848d9e9b8a477b4dfd04b9be496baec79cfa4c5"
    ),
    q=H(
        "e0515147b6e596b7e5140e81365ad698dbeddd874642510f42d357123c20ffb0e1f377afefe97f20442e1c3f3c88919c"
        "39978b78835b9c7253f6ea632ab329866748c6dc195865ce123c8e153d03a3d731b7161205e2d83e6651152ee8181e38"
        "9ad7a795dd3ce6ba44c753b4c7774fafbfa9c6606f89c08eec37632ba607b751"
    ),
    message=H(
        "81eaf473d40896dbf4deac0f35c63bd1e129147c76e7aa8d0ef921631f55a7436411079f1bcc7b98714ac2c13b5e7326"
        "e60d918db1f05ffb19da767a95bb141a84c4b73664ccebf844f3601f7c853f009b21becba11af3106f1de5827b14e9fa"
        "c84b2cbf16d18c045622acb260024768e8acc4c0ae2c0bd5f60a98023828cdec"
    ),
    signature=H(
        "40d59ebc6cb7b960cbda0db353f9b85d77e7c03f84447fb8e91b96a5a7377abc329d1f55c85e0dbedbc2886ce191d9e2"
        "cf3be05b33d6bbd2ba92b85eee2ff89cd6ee29cd531e42016e6aba1d620fe55e44480c033e8a59c0852dd1caffbc2ce8"
        "2969e3a9f44ceff79f89993b9ebf3741b2ccab0b9516f2e128656a5b2ad5251e20c6ce0c26a14eef7ee86458942ddbe9"
        "5ccc1f67b253e43e72117f49595dab5ba423496ece12825435661112666dbae71aaffd5a8f1d58db9dc02e0d70fe3ac3"
        "6a87b8eeed4f20c00fd4303f9f767d03bca1a619bbe4b08e4e53b5cb69d2ba0235063e04ca392334d9979a41c42a66ca"
        "8b9721edcf76989ba89f3a170bb2e485"
    ),
)
