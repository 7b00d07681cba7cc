"""Writes botocore.json beside itself: requests as botocore serializes them.

Run with the botocore that tools/apigen is pinned to. Parameters are written
down in the form of awsJson, blobs as base64 and times as seconds since 1970,
so that the test can read them with that codec.
"""

import base64
import datetime
import json
import pathlib

import botocore
import botocore.compat
import botocore.loaders
import botocore.model
import botocore.serialize

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}\n\t# é&=+%'
WHEN = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)

CASES = [
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {
        "RoleArn": "arn:aws:iam::111122223333:role/a/b", "RoleSessionName": "a=b,c.d@e-f", "Policy": POLICY,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"arn": "arn:aws:iam::111122223333:policy/p"}],
        "DurationSeconds": 900, "Tags": [{"Key": "Projekt", "Value": "Grüße 日本"}, {"Key": "e", "Value": ""}],
        "TransitiveTagKeys": [f"k{i}" for i in range(12)], "ExternalId": "x:/y", "SourceIdentity": "Zoë",
    }),
    ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "s", "Tags": [], "TransitiveTagKeys": []}),
    ("iam", "CreateUser", {"Path": "/staff/", "UserName": "Bob+1", "Tags": [{"Key": "a b", "Value": "c/d"}]}),
    ("iam", "UntagUser", {"UserName": "Bob", "TagKeys": []}),
    ("iam", "CreatePolicyVersion", {"PolicyArn": "arn:aws:iam::111122223333:policy/p", "PolicyDocument": POLICY, "SetAsDefault": True}),
    ("iam", "UpdateAccountPasswordPolicy", {"MinimumPasswordLength": 14, "RequireSymbols": True, "HardExpiry": False}),
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User", "AWSManagedPolicy"], "MaxItems": 1000}),
    ("iam", "SimulateCustomPolicy", {
        "PolicyInputList": [POLICY], "ActionNames": ["s3:GetObject", "s3:PutObject"],
        "ContextEntries": [
            {"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": ["2030-01-01T00:00:00Z"], "ContextKeyType": "date"},
            {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": [], "ContextKeyType": "stringList"},
        ],
    }),
    ("kms", "ListKeys", {}),
    ("kms", "Encrypt", {"KeyId": "alias/a", "Plaintext": b"\x00\xff\xfe", "EncryptionContext": {"a": "é\"\\", "b": ""}, "GrantTokens": []}),
    ("kms", "CreateGrant", {
        "KeyId": "k", "GranteePrincipal": "arn:aws:iam::111122223333:role/r", "Operations": ["Decrypt", "Encrypt"],
        "Constraints": {"EncryptionContextSubset": {"x": "1"}}, "DryRun": False,
    }),
    ("kms", "ImportKeyMaterial", {
        "KeyId": "k", "ImportToken": b"token", "EncryptedKeyMaterial": bytes(range(256)), "ValidTo": WHEN,
        "ExpirationModel": "KEY_MATERIAL_EXPIRES",
    }),
    ("kms", "Sign", {"KeyId": "k", "Message": b"m" * 4096, "MessageType": "RAW", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_512"}),
]


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return int(value.timestamp())
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def body(service, operation, params):
    loader = botocore.loaders.Loader()
    model = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)
    serializer = botocore.serialize.create_serializer(model.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(params, model.operation_model(operation))
    content = request["body"]
    if isinstance(content, dict):
        content = botocore.compat.urlencode(content)
    return content.decode() if isinstance(content, bytes) else content


cases = [
    {"service": s, "operation": o, "params": json.dumps(plain(p), ensure_ascii=False), "body": body(s, o, p)}
    for s, o, p in CASES
]
text = json.dumps({"botocore": botocore.__version__, "cases": cases}, indent=1, ensure_ascii=False)
pathlib.Path(__file__).with_name("botocore.json").write_text(text + "\n", encoding="utf-8")
