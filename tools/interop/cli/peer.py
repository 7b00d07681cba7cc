"""Runs aws-encryption-cli again and again, by its own entry point, without
starting Python anew each time. One JSON value per line: a list of arguments in
"args", as on the command line."""

import json
import logging
import platform
import sys

import aws_encryption_sdk
from aws_encryption_sdk_cli import cli
from aws_encryption_sdk_cli.internal.identifiers import __version__


def hello(_):
    return {
        "name": "aws-encryption-cli",
        "version": __version__,
        "runtime": f"aws-encryption-sdk {aws_encryption_sdk.__version__}, Python {platform.python_version()}",
    }


def run(request):
    try:
        failure = cli(request["args"])
    except SystemExit as stop:  # wrong usage
        failure = f"exit {stop.code}"
    return {"error": failure} if failure else {}


operations = {"hello": hello, "run": run}

# A refusal is an answer here, and what is printed must not get between answers.
logging.disable(logging.CRITICAL)
answers, sys.stdout = sys.stdout, sys.stderr

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(operations[request["op"]](request)), file=answers, flush=True)
