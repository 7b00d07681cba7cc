"""Writes metadata.jsonl: messages by the AWS Encryption SDK for Python, and what
aws-encryption-cli 4.3.0 tells of them. Run it where both are installed:

    .cache/interop/cli/bin/python internal/crypt/testdata/metadata.py
"""

import base64
import io
import json
import pathlib

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import (
    Algorithm,
    CommitmentPolicy,
    EncryptionKeyType,
    WrappingAlgorithm,
)
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider
from aws_encryption_sdk_cli.internal.metadata import (
    json_ready_header,
    json_ready_header_auth,
)


class Keys(RawMasterKeyProvider):
    provider_id = "test"

    def _get_raw_key(self, key_id):
        return WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
            wrapping_key=key_id.ljust(32),
            wrapping_key_type=EncryptionKeyType.SYMMETRIC,
        )


def encode(b):
    return base64.b64encode(b).decode()


keys = Keys()
for name in ("ours", "another"):
    keys.add_master_key(name)

client = aws_encryption_sdk.EncryptionSDKClient(
    commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
)
committing = aws_encryption_sdk.EncryptionSDKClient(
    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
)
lines = []
for algorithm in Algorithm:
    for frame_length, context in ((128, {}), (0, {"purpose": "tëst <&>", "a": "b"})):
        c = committing if algorithm.is_committing() else client
        if frame_length == 0 and algorithm.is_committing():
            frame_length = 4096
        message, _ = c.encrypt(
            source=b"content of a message " * 10,
            key_provider=keys,
            encryption_context=context,
            algorithm=algorithm,
            frame_length=frame_length,
        )
        with c.stream(mode="decrypt", source=io.BytesIO(message), key_provider=keys) as d:
            metadata = {
                "header": json_ready_header(d.header),
                "header_auth": json_ready_header_auth(d.header_auth),
            }
            d.read()
        lines.append(json.dumps({"message": encode(message), "metadata": metadata}, sort_keys=True))
pathlib.Path(__file__).with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
