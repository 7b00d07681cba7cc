"""Makes requests to S3 with botocore and prints them as JSON lines.

    python3 testdata/sign_s3.py > testdata/botocore_s3.jsonl

A line has a request as it goes over the wire, signed by Signature Version 2 in
the header or in the query, or by Version 4 with the content hashed, unsigned,
or in chunks with a checksum behind them; or the form of a presigned POST.
"""

import base64
import contextlib
import datetime
import email.utils
import json
import random
from unittest import mock

import botocore
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
SECONDS = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ALPHABET = "abcXYZ019-._~ /+&=%?:@!$'()*,;é€"

rnd = random.Random(4)


def text(low, high, alphabet=ALPHABET):
    return "".join(rnd.choice(alphabet) for _ in range(rnd.randint(low, high)))


def key():
    return text(1, 12).strip("/. ") or "k"


def calls():
    """A random call, and the arguments of it."""
    bucket, meta = "bucket-1", {"one": text(1, 8, "abc019"), "two": text(1, 8, "abc , ").strip() or "x"}
    return rnd.choice([
        ("get_object", {"Bucket": bucket, "Key": key()}),
        ("get_object", {"Bucket": bucket, "Key": key(), "VersionId": "3/L4kq+tJ", "ResponseContentType": "text/plain; x=\"a b\""}),
        ("get_object_acl", {"Bucket": bucket, "Key": key()}),
        ("get_object_tagging", {"Bucket": bucket, "Key": key(), "VersionId": "null"}),
        ("list_objects_v2", {"Bucket": bucket, "Prefix": text(1, 5), "Delimiter": "/"}),
        ("list_buckets", {}),
        ("get_bucket_location", {"Bucket": bucket}),
        ("delete_object", {"Bucket": bucket, "Key": key()}),
        ("list_parts", {"Bucket": bucket, "Key": key(), "UploadId": "up+lo/ad=="}),
        ("put_object", {"Bucket": bucket, "Key": key(), "ContentType": "text/plain", "Metadata": meta, "ACL": "private"}),
        ("put_object", {"Bucket": bucket, "Key": key(), "Metadata": meta, "ServerSideEncryption": "AES256"}),
    ])


def client(version, token, style, payload):
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", SECRET, token)
    # Chunks are for encrypted connections only.
    scheme = "https" if payload == "trailer" else "http"
    config = Config(signature_version=version, s3={"addressing_style": style, "payload_signing_enabled": payload == "signed"})
    return session.create_client("s3", region_name="us-east-1", endpoint_url=scheme + "://localhost:4566", config=config)


def host_and_target(url):
    host, _, target = url.split("://", 1)[1].partition("/")
    return host, "/" + target


def sent(c, name, args):
    """The request that the client sends, with its body."""
    seen = []

    def keep(request, **_):
        body = request.body
        if hasattr(body, "read"):
            body = body.read()
        if isinstance(body, str):
            body = body.encode()
        headers = [(k, v.decode() if isinstance(v, bytes) else v) for k, v in request.headers.items()]
        seen.append((request.method, request.url, headers, body or b""))
        return AWSResponse(request.url, 403, {}, mock.Mock(stream=lambda *a, **k: [b"<Error><Code>AccessDenied</Code></Error>"]))

    c.meta.events.register("before-send.s3", keep)
    with contextlib.suppress(c.exceptions.ClientError):
        getattr(c, name)(**args)
    return seen[0]


def one(n):
    version = rnd.choice(["s3", "s3-query", "s3v4", "s3v4"])
    style = rnd.choice(["path", "virtual"])
    token = rnd.choice([None, "token/+=" + text(5, 20, "abcABC012/+=")])
    payload = rnd.choice(["signed", "trailer"]) if version == "s3v4" else ""
    c = client(version, token, style, payload)
    name, args = calls()
    content = text(0, 50).encode()
    if version == "s3-query":
        url = c.generate_presigned_url(name, Params=args, ExpiresIn=300)
        method = {"put": "PUT", "del": "DELETE"}.get(name[:3], "GET")
        headers, body = [], b""
    else:
        if name == "put_object":
            args["Body"] = content
        method, url, headers, body = sent(c, name, args)
    host, target = host_and_target(url)
    wire = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    # The body has a member of its own; the others differ from run to run.
    left_out = ("transfer-encoding", "content-length", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request")
    wire += [f"{k}: {v}" for k, v in headers if k.lower() not in left_out]
    return {
        "version": version, "token": token or "",
        "bucket": "bucket-1" if host.startswith("bucket-1.") else "",
        "wire": "\n".join(wire) + "\n\n", "body": base64.b64encode(body).decode(),
        "content": base64.b64encode(content if name == "put_object" and version != "s3-query" else b"").decode(),
    }


def post(n):
    version = rnd.choice(["s3", "s3v4"])
    token = rnd.choice([None, "token/+=" + text(5, 20, "abcABC012/+=")])
    c = client(version, token, "path", "")
    made = c.generate_presigned_post(
        "bucket-1", "user/${filename}", Fields={"acl": "private", "Content-Type": "image/png"},
        Conditions=[{"acl": "private"}, ["starts-with", "$Content-Type", "image/"], ["content-length-range", 1, 100]], ExpiresIn=600)
    return {"version": version, "token": token or "", "form": made["fields"]}


with contextlib.ExitStack() as stack:
    stack.enter_context(mock.patch("botocore.auth.get_current_datetime", return_value=NOW))
    stack.enter_context(mock.patch("botocore.signers.get_current_datetime", return_value=NOW))
    stack.enter_context(mock.patch("botocore.auth.time.time", return_value=float(SECONDS)))
    stack.enter_context(mock.patch("botocore.auth.formatdate", return_value=email.utils.formatdate(SECONDS, usegmt=True)))
    print(json.dumps({"botocore": botocore.__version__}))
    for n in range(150):
        print(json.dumps(one(n), ensure_ascii=False))
    for n in range(20):
        print(json.dumps(post(n), ensure_ascii=False))
