# The two functions of the article on field-level encryption, written anew:
#
#     article.py decrypt KEY_ID PREFIX SUFFIX     opens what stands on stdin
#     article.py encrypt KEY_ID PREFIX SUFFIX     seals fields of the list on stdin
#
# The decrypting one finds ciphertexts with a regular expression and asks KMS
# for each. The encrypting one has RSAES-OAEP from RFC 8017, section 7.1.1, in
# the standard library alone: it shares no code with what it is tested against.
import base64
import hashlib
import json
import os
import re
import sys

import boto3

kms = boto3.client("kms", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

FIELDS = ["fname", "lname", "email", "ssn", "dob", "phone"]


def unprotect(text, key_id, prefix, suffix):
    parts, cursor = [], 0
    for match in re.finditer(prefix + "(.*?)" + suffix, text):
        parts.append(text[cursor : match.start()])
        answer = kms.decrypt(
            KeyId=key_id,
            CiphertextBlob=base64.b64decode(match.group(1)),
            EncryptionAlgorithm="RSAES_OAEP_SHA_256",
        )
        parts.append(answer["Plaintext"].decode("utf-8"))
        cursor = match.end()
    return "".join(parts) + text[cursor:]


def read_der(der):
    """The tag, content and rest of a DER element."""
    length, at = der[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(der[2:at], "big")
    return der[0], der[at : at + length], der[at + length :]


def public_numbers(spki):
    _, info, _ = read_der(spki)
    _, _, rest = read_der(info)
    _, bits, _ = read_der(rest)
    _, key, _ = read_der(bits[1:])
    _, n, rest = read_der(key)
    _, e, _ = read_der(rest)
    return int.from_bytes(n, "big"), int.from_bytes(e, "big")


def mgf1(seed, length):
    mask = b""
    for counter in range(-(-length // 32)):
        mask += hashlib.sha256(seed + counter.to_bytes(4, "big")).digest()
    return mask[:length]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def oaep(n, e, message):
    k = (n.bit_length() + 7) // 8
    block = hashlib.sha256(b"").digest() + bytes(k - len(message) - 66) + b"\x01" + message
    seed = os.urandom(32)
    masked = xor(block, mgf1(seed, k - 33))
    padded = b"\x00" + xor(seed, mgf1(masked, 32)) + masked
    return pow(int.from_bytes(padded, "big"), e, n).to_bytes(k, "big")


def protect(people, key_id, prefix, suffix):
    n, e = public_numbers(kms.get_public_key(KeyId=key_id)["PublicKey"])
    for person in people:
        for field in FIELDS:
            if field not in person:
                continue
            sealed = oaep(n, e, person[field].encode("utf-8"))
            person[field] = prefix + base64.b64encode(sealed).decode() + suffix
    return people


what, arguments = sys.argv[1], sys.argv[2:]
if what == "decrypt":
    sys.stdout.write(unprotect(sys.stdin.read(), *arguments))
else:
    json.dump(protect(json.load(sys.stdin), *arguments), sys.stdout)
