"""Answers the requests of package peer, one JSON value per line, with the AWS
Encryption SDK for Python and the keyrings of its Material Providers Library."""

import base64
import io
import json
import logging
import platform
import sys
import time

import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl import models
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import Algorithm, __version__

providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
clients = {}


def kms(region):
    if region not in clients:
        clients[region] = boto3.client("kms", region_name=region)
    return clients[region]


def region_of(arn):
    return arn.split(":")[3]


def discovery_filter(k):
    return models.DiscoveryFilter(partition=k["partition"], account_ids=k["accounts"])


def raw_aes(k):
    key = base64.b64decode(k["secret"])
    return providers.create_raw_aes_keyring(
        models.CreateRawAesKeyringInput(
            key_namespace=k["namespace"],
            key_name=k["name"],
            wrapping_key=key,
            wrapping_alg=f"ALG_AES{8 * len(key)}_GCM_IV12_TAG16",
        )
    )


def raw_rsa(k):
    padding = "PKCS1" if k["padding"] == "PKCS1" else k["padding"].replace("-", "_") + "_MGF1"
    return providers.create_raw_rsa_keyring(
        models.CreateRawRsaKeyringInput(
            key_namespace=k["namespace"],
            key_name=k["name"],
            padding_scheme=padding,
            public_key=k["public"].encode(),
            private_key=k["private"].encode(),
        )
    )


def kms_strict(k):
    return providers.create_aws_kms_multi_keyring(
        models.CreateAwsKmsMultiKeyringInput(generator=k.get("generator"), kms_key_ids=k.get("keys"))
    )


def kms_discovery(k):
    return providers.create_aws_kms_discovery_keyring(
        models.CreateAwsKmsDiscoveryKeyringInput(kms_client=kms(k["region"]), discovery_filter=discovery_filter(k))
    )


def kms_mrk(k):
    return providers.create_aws_kms_mrk_multi_keyring(
        models.CreateAwsKmsMrkMultiKeyringInput(generator=k.get("generator"), kms_key_ids=k.get("keys"))
    )


def kms_mrk_discovery(k):
    return providers.create_aws_kms_mrk_discovery_keyring(
        models.CreateAwsKmsMrkDiscoveryKeyringInput(
            kms_client=kms(k["region"]), region=k["region"], discovery_filter=discovery_filter(k)
        )
    )


def kms_rsa(k):
    return providers.create_aws_kms_rsa_keyring(
        models.CreateAwsKmsRsaKeyringInput(
            kms_key_id=k["generator"],
            public_key=k["public"].encode(),
            encryption_algorithm=k["padding"],
            kms_client=kms(region_of(k["generator"])),
        )
    )


def multi(k):
    children = [keyring(child) for child in k["children"]]
    return providers.create_multi_keyring(
        models.CreateMultiKeyringInput(generator=children[0], child_keyrings=children[1:])
    )


makers = {
    "raw-aes": raw_aes,
    "raw-rsa": raw_rsa,
    "kms": kms_strict,
    "kms-discovery": kms_discovery,
    "kms-mrk": kms_mrk,
    "kms-mrk-discovery": kms_mrk_discovery,
    "kms-rsa": kms_rsa,
    "multi": multi,
}


def keyring(k):
    return makers[k["type"]](k)


def materials(request):
    """The keyword arguments that say where materials come from."""
    if request.get("caching"):
        raise ValueError("no cache for keyrings")
    ring = keyring(request["keyring"])
    if not request.get("required"):
        return {"keyring": ring}
    default = providers.create_default_cryptographic_materials_manager(
        models.CreateDefaultCryptographicMaterialsManagerInput(keyring=ring)
    )
    return {
        "materials_manager": providers.create_required_encryption_context_cmm(
            models.CreateRequiredEncryptionContextCMMInput(
                underlying_cmm=default, required_encryption_context_keys=request["required"]
            )
        )
    }


def client(request):
    return EncryptionSDKClient(
        commitment_policy=CommitmentPolicy[request["commitment"]],
        max_encrypted_data_keys=request.get("maxKeys") or None,
    )


def encrypt_options(request):
    options = {
        "algorithm": Algorithm.get_by_id(request["suite"]),
        "encryption_context": request.get("context") or {},
    }
    if request.get("unframed"):
        options["frame_length"] = 0
    elif request.get("frame"):
        options["frame_length"] = request["frame"]
    return options


def encrypt(request):
    text = base64.b64decode(request["text"])
    message, _ = client(request).encrypt(source=text, **materials(request), **encrypt_options(request))
    return {"text": base64.b64encode(message).decode()}


def decrypt(request):
    message = base64.b64decode(request["text"])
    text, header = client(request).decrypt(
        source=message, encryption_context=request.get("context") or {}, **materials(request)
    )
    return {
        "text": base64.b64encode(text).decode(),
        "suite": header.algorithm.algorithm_id,
        "context": dict(header.encryption_context),
    }


def drain(stream):
    """Reads a stream to its end and tells how long it was."""
    length = 0
    for chunk in stream:
        length += len(chunk)
    return length


def bench(request):
    """Encrypts and decrypts count messages of size bytes; tells the seconds."""
    text = b"x" * request["size"]
    sdk = client(request)
    source = materials(request)
    messages = []
    start = time.perf_counter()
    for _ in range(request["count"]):
        message = io.BytesIO()
        with sdk.stream(mode="e", source=io.BytesIO(text), **source, **encrypt_options(request)) as stream:
            for chunk in stream:
                message.write(chunk)
        messages.append(message)
    middle = time.perf_counter()
    for message in messages:
        message.seek(0)
        with sdk.stream(mode="d", source=message, **source) as stream:
            if drain(stream) != len(text):
                raise ValueError("a message lost its content")
    return {"encryptSeconds": middle - start, "decryptSeconds": time.perf_counter() - middle}


def hello(_):
    return {"name": "aws-encryption-sdk", "version": __version__, "runtime": f"Python {platform.python_version()}"}


operations = {"hello": hello, "encrypt": encrypt, "decrypt": decrypt, "bench": bench}

# A refusal is an answer here, not a traceback on the terminal.
logging.disable(logging.CRITICAL)

# What the libraries print must not get between the answers.
answers, sys.stdout = sys.stdout, sys.stderr

for line in sys.stdin:
    try:
        request = json.loads(line)
        response = operations[request["op"]](request)
    except Exception as error:  # pylint: disable=broad-except
        response = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(response), file=answers, flush=True)
