"""Signs random requests with botocore and prints them as JSON lines.

    python3 testdata/sign.py > testdata/botocore.jsonl

Each line has a request as it goes over the wire, which sigv4 must verify.
"""

import datetime
import json
import random
from unittest import mock
from urllib.parse import quote

import botocore
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ALPHABET = "abcXYZ019-._~ /+&=%?:@!$'()*,;é€😀"

rnd = random.Random(4)


def text(low, high, alphabet=ALPHABET):
    return "".join(rnd.choice(alphabet) for _ in range(rnd.randint(low, high)))


def path(s3):
    segments = [text(0 if s3 else 1, 6).replace("/", "") or "x" for _ in range(rnd.randint(0, 3))]
    if not s3 and rnd.random() < 0.3:
        segments.insert(rnd.randint(0, len(segments)), rnd.choice(["..", ".", ""]))
    return "/" + "/".join(quote(s, safe="-._~") for s in segments)


def query():
    pairs = [(text(1, 5), text(0, 6)) for _ in range(rnd.choice([0, 0, 1, 2, 5]))]
    return "&".join(quote(k, safe="-._~") + "=" + quote(v, safe="-._~") for k, v in pairs)


def one(n):
    service = rnd.choice(["sts", "iam", "kms", "s3"])
    presign = rnd.random() < 0.4
    auth = {
        (False, False): SigV4Auth, (False, True): SigV4QueryAuth,
        (True, False): S3SigV4Auth, (True, True): S3SigV4QueryAuth,
    }[service == "s3", presign]
    token = rnd.choice([None, "token/+=" + text(5, 20, "abcABC012/+=")])
    body = "" if presign else text(0, 30)
    url = f"http://{rnd.choice(['localhost', '127.0.0.1', 'kms.example.com'])}:4566{path(service == 's3')}"
    q = query()
    if q:
        url += "?" + q
    headers = {}
    for _ in range(rnd.randint(0, 3)):
        headers["X-" + text(1, 6, "abcDEF-9").strip("-")] = text(0, 12, "abc  ,;\"=").strip()
    if body:
        headers["Content-Type"] = rnd.choice(["application/x-amz-json-1.1", "application/x-www-form-urlencoded; charset=utf-8"])
        headers["X-Amz-Target"] = "TrentService.Encrypt"
    request = AWSRequest("GET" if presign else "POST", url, headers, body.encode())
    request.context["payload_signing_enabled"] = True
    args = {"expires": rnd.randint(30, 300)} if presign else {}
    auth(Credentials("AKIDEXAMPLE", SECRET, token), service, "eu-west-1", **args).add_auth(request)
    host, _, target = request.url.removeprefix("http://").partition("/")
    wire = [f"{request.method} /{target} HTTP/1.1", f"Host: {host}", "User-Agent: test"]
    wire += [f"{k}: {v}" for k, v in request.headers.items()]
    return {"service": service, "token": token or "", "wire": "\n".join(wire) + "\n\n", "body": body, "presigned": presign}


with mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
    print(json.dumps({"botocore": botocore.__version__}))
    for n in range(150):
        print(json.dumps(one(n), ensure_ascii=False))
