"""Makes testdata/format1.json with pyca/cryptography, an implementation that
shares nothing with Go's: keyring files, and values sealed by their key.

    python3 testdata/make.py > testdata/format1.json
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

ROOT = bytes(range(32))
PASSPHRASE = "correct horse battery staple"


def b64(b):
    return base64.b64encode(b).decode()


def derive(info):
    return HKDF(hashes.SHA256(), 32, None, b"fortlet/keyring/1/" + info.encode()).derive(ROOT)


def seal(purpose, plaintext, aad, n):
    salt, nonce = hashlib.sha256(b"salt%d" % n).digest()[:16], hashlib.sha256(b"nonce%d" % n).digest()[:12]
    key = HKDFExpand(hashes.SHA256(), 32, salt).derive(derive("seal/" + purpose))
    return b"\x01" + salt + nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


salt, nonce = b"0123456789abcdef", b"0123456789ab"
key = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 << 10).derive(PASSPHRASE.encode())
sealed_root = nonce + AESGCM(key).encrypt(nonce, ROOT, b"passphrase")
cases = [("kms-material", b"plaintext", b"aad"), ("session-token", b"", b""), ("x", b"\0" * 1000, b"\xff" * 100)]
print(json.dumps({
    "plain": {"format": 1, "rootKey": {"wrap": "none", "key": b64(ROOT)}},
    "passphrase": {"format": 1, "rootKey": {
        "wrap": "passphrase", "argon2id": {"time": 3, "memoryKiB": 65536, "threads": 4},
        "salt": b64(salt), "sealed": b64(sealed_root)}},
    "sealed": [
        {"purpose": p, "plaintext": b64(t), "aad": b64(a), "sealed": b64(seal(p, t, a, n))}
        for n, (p, t, a) in enumerate(cases)],
    "macs": [
        {"purpose": p, "data": b64(t), "mac": b64(hmac.digest(derive("mac/" + p), t, "sha256"))} for p, t, _ in cases],
}, indent=1))
