package gateway_test

import (
	"net/http"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// Requests that nobody, or not the right one, stands behind.
var whoRefusals = []refusal{
	{"unsigned at IAM", func(*cast) *http.Request {
		r := create()
		r.Host = "iam.localhost:4566"
		return r
	}, asXML, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
	{"unsigned at no service", func(*cast) *http.Request { return create() },
		asXML, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
	{"unsigned at KMS", func(*cast) *http.Request { return createKey() },
		asJSON, 400, "MissingAuthenticationTokenException", "Missing Authentication Token"},
	{"unsigned for anybody", func(*cast) *http.Request { return query("sts", "GetCallerIdentity") },
		asXML, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
	{"password", func(*cast) *http.Request {
		r := create()
		r.SetBasicAuth("alice", "secret")
		return r
	}, asXML, 400, "IncompleteSignature", "Invalid key=value pair (missing equal-sign) in Authorization header " +
		"(hashed with SHA-256 and encoded with Base64): 'K4Qr+wJpAJknBb9cT0ey66AkbHEPeM28epM3Vmy/GWU='."},
	{"unknown key at IAM", func(c *cast) *http.Request {
		return c.as(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, "iam", create())
	},
		asXML, 403, "InvalidClientTokenId", badToken},
	{"unknown key at KMS", func(c *cast) *http.Request {
		return c.as(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, "kms", createKey())
	},
		asJSON, 400, "UnrecognizedClientException", badToken},
	{"inactive key", func(c *cast) *http.Request { return c.as(c.inactive, "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
	{"wrong secret at IAM", func(c *cast) *http.Request {
		return c.as(key{id: c.alice.id, secret: c.nobody.secret}, "iam", create())
	},
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"wrong secret at KMS", func(c *cast) *http.Request {
		return c.as(key{id: c.alice.id, secret: c.nobody.secret}, "kms", createKey())
	}, asJSON, 400, "InvalidSignatureException", noMatch},
	{"wrong secret of root", func(c *cast) *http.Request {
		return c.as(key{id: c.root().id, secret: c.alice.secret}, "iam", create())
	},
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"temporary key without its token", func(c *cast) *http.Request {
		return c.as(key{id: c.session.id, secret: c.session.secret}, "iam", create())
	},
		asXML, 403, "InvalidClientTokenId", badToken},
	{"temporary key without its token at KMS", func(c *cast) *http.Request {
		return c.as(key{id: c.session.id, secret: c.session.secret}, "kms", createKey())
	}, asJSON, 400, "UnrecognizedClientException", badToken},
	{"token of another session", func(c *cast) *http.Request {
		return c.as(key{c.session.id, c.session.secret, c.other.token}, "iam", create())
	}, asXML, 403, "InvalidClientTokenId", badToken},
	{"secret of another session", func(c *cast) *http.Request {
		return c.as(key{c.session.id, c.other.secret, c.session.token}, "iam", create())
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"user's key with a token", func(c *cast) *http.Request {
		return c.as(key{c.alice.id, c.alice.secret, c.session.token}, "iam", create())
	},
		asXML, 403, "InvalidClientTokenId", badToken},
	{"tampered token", func(c *cast) *http.Request { return c.as(tampered(c.session), "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
	{"tampered token at KMS", func(c *cast) *http.Request { return c.as(tampered(c.session), "kms", createKey()) },
		asJSON, 400, "UnrecognizedClientException", badToken},
	{"token that is none", func(c *cast) *http.Request { return c.as(key{c.session.id, c.session.secret, "=?="}, "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
	{"token of 70 kB", func(c *cast) *http.Request {
		return c.as(key{c.session.id, c.session.secret, strings.Repeat("A", 70_000)}, "iam", create())
	}, asXML, 403, "InvalidClientTokenId", badToken},
	{"session of a role that was made anew", func(c *cast) *http.Request { return c.as(c.recreated, "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
}

// tampered is a session whose token has one other letter.
func tampered(k key) key {
	letter := "A"
	if k.token[40] == 'A' {
		letter = "B"
	}
	k.token = k.token[:40] + letter + k.token[41:]
	return k
}

// Requests of another time. STS allows clocks to differ by 15 minutes and KMS
// by 5: https://github.com/aws/aws-cli/issues/6676 and
// https://github.com/aws/aws-sdk-js-v3/issues/6400.
var whenRefusals = []refusal{
	{"late at STS", func(c *cast) *http.Request {
		return c.at(-15*time.Minute-time.Second, "sts", query("sts", "GetCallerIdentity"))
	},
		asXML, 403, "SignatureDoesNotMatch", "Signature expired: 20260504T024700Z is now earlier than 20260504T024701Z (20260504T030201Z - 15 min.)"},
	{"late at KMS", func(c *cast) *http.Request { return c.at(-5*time.Minute-time.Second, "kms", createKey()) },
		asJSON, 400, "InvalidSignatureException", "Signature expired: 20260504T025700Z is now earlier than 20260504T025701Z (20260504T030201Z - 5 min.)"},
	{"early at IAM", func(c *cast) *http.Request { return c.at(15*time.Minute+time.Second, "iam", create()) },
		asXML, 403, "SignatureDoesNotMatch", "Signature not yet current: 20260504T031702Z is still later than 20260504T031701Z (20260504T030201Z + 15 min.)"},
	{"early at KMS", func(c *cast) *http.Request { return c.at(5*time.Minute+time.Second, "kms", createKey()) },
		asJSON, 400, "InvalidSignatureException", "Signature not yet current: 20260504T030702Z is still later than 20260504T030701Z (20260504T030201Z + 5 min.)"},
	{"a time that is none", func(c *cast) *http.Request { return replaceIn(c.create(), "X-Amz-Date", "T", " ") },
		asXML, 400, "IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got '20260504 030201Z'. See http://en.wikipedia.org/wiki/ISO_8601"},
	{"the time left out", func(c *cast) *http.Request {
		r := headerless(c.create(), "X-Amz-Date")
		r.Header.Set("Authorization", literalAuthorization)
		return r
	}, asXML, 400, "IncompleteSignature", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
		"(Hashed with SHA-256 and encoded with Base64) Authorization=NqOP5xc92wwp3ZsBf1zpovvhCJnUCM7cluj4ArZ1N3U="},
	{"presigned and over", func(c *cast) *http.Request {
		r := newRequest(http.MethodGet, "/?"+string(payload(c, create())), "")
		if err := c.alice.signer("iam").Presign(r, sigv4.EmptyPayload, c.now().Add(-61*time.Second), time.Minute); err != nil {
			panic(err)
		}
		return r
	}, asXML, 403, "SignatureDoesNotMatch", "Signature expired: 20260504T030100Z is now earlier than 20260504T030101Z (20260504T030201Z - 1 min.)"},
	{"presigned for long", func(c *cast) *http.Request { return expiring(c, "604801") }, asXML, 400, "IncompleteSignature", weekMost},
	{"presigned for no time", func(c *cast) *http.Request { return expiring(c, "0") },
		asXML, 400, "IncompleteSignature", "X-Amz-Expires must be non-negative"},
	{"presigned for less", func(c *cast) *http.Request { return expiring(c, "-1") },
		asXML, 400, "IncompleteSignature", "X-Amz-Expires must be non-negative"},
	{"presigned for words", func(c *cast) *http.Request { return expiring(c, "soon") },
		asXML, 400, "IncompleteSignature", "X-Amz-Expires should be a number"},
	{"presigned for longer than signed", func(c *cast) *http.Request { return expiring(c, "601") },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
}

func expiring(c *cast, seconds string) *http.Request {
	return replaceIn(c.presigned(c.alice), "", "X-Amz-Expires=600", "X-Amz-Expires="+seconds)
}

// literalAuthorization is well formed, and always the same.
const literalAuthorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260504/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

func headerless(r *http.Request, name string) *http.Request {
	r.Header.Del(name)
	return r
}

// Requests that are not what was signed.
var whatRefusals = []refusal{
	{"body changed", func(c *cast) *http.Request { return edit(c.create(), swapBody("mallory", "malory")) },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"body changed at KMS", func(c *cast) *http.Request { return edit(c.createKey(), func(r *http.Request) { setBody(r, `[]`) }) },
		asJSON, 400, "InvalidSignatureException", noMatch},
	{"body changed under a signed hash of it", func(c *cast) *http.Request {
		r := create()
		r.Header.Set("X-Amz-Content-Sha256", sigv4.HashPayload(payload(c, r)))
		return edit(c.as(c.alice, "iam", r), swapBody("mallory", "malory"))
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"body not signed", func(c *cast) *http.Request { // which S3 alone takes
		r := create()
		r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		if err := c.alice.signer("iam").Sign(r, "UNSIGNED-PAYLOAD", c.now()); err != nil {
			panic(err)
		}
		return r
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"body added", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { setBody(r, "UserName=malory") })
	},
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"other method", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { r.Method = "POST" })
	},
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"replayed at another host", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.Host = "127.0.0.2:4566" })
	},
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"replayed at another path", func(c *cast) *http.Request { return edit(c.create(), func(r *http.Request) { r.RequestURI = "/x" }) },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"presigned, replayed at another host", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { r.Host = "127.0.0.2:4566" })
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"presigned, replayed at another path", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { r.RequestURI = "/x" + r.RequestURI[1:] })
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"presigned, other parameter", func(c *cast) *http.Request { return replaceIn(c.presigned(c.alice), "", "mallory", "malory") },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"presigned, parameter added", func(c *cast) *http.Request { return replaceIn(c.presigned(c.alice), "", "Action", "Path=/x/&Action") },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"other target", func(c *cast) *http.Request {
		return replaceIn(c.as(c.alice, "kms", jsonCall("ListKeys", "{}")), "X-Amz-Target", "ListKeys", "CreateKey")
	}, asJSON, 400, "InvalidSignatureException", noMatch},
	{"signed header changed", func(c *cast) *http.Request { return replaceIn(c.create(), "Content-Type", "utf-8", "utf-7") },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"signed header removed", func(c *cast) *http.Request { return headerless(c.create(), "Content-Type") },
		asXML, 400, "IncompleteSignature", "'content-type' is named as a SignedHeader, but it does not exist in the HTTP request."},
	{"x-amz header not signed", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.Header.Set("X-Amz-Extra", "1") })
	}, asXML, 403, "SignatureDoesNotMatch", "'X-Amz-Extra' must be a 'SignedHeader' in the AWS Authorization."},
	{"token not signed", func(c *cast) *http.Request {
		r := c.as(key{id: c.session.id, secret: c.session.secret}, "iam", create())
		r.Header.Set("X-Amz-Security-Token", c.session.token)
		return r
	}, asXML, 403, "SignatureDoesNotMatch", "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization."},
	{"host not signed", func(c *cast) *http.Request { return replaceIn(c.create(), "Authorization", "host;", "") },
		asXML, 403, "SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
	{"headers named out of order", func(c *cast) *http.Request {
		return replaceIn(c.create(), "Authorization", "host;x-amz-date", "x-amz-date;host")
	},
		asXML, 400, "IncompleteSignature", "SignedHeaders must be lower case names in order, separated by semicolons."},
	{"two Authorization headers", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) })
	}, asXML, 400, "IncompleteSignature", "Authorization header must be sent only once"},
	{"two dates", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.Header.Add("X-Amz-Date", "20260504T030202Z") })
	}, asXML, 400, "IncompleteSignature", "X-Amz-Date header must be sent only once"},
	{"two tokens", func(c *cast) *http.Request {
		return edit(c.as(c.session, "iam", create()), func(r *http.Request) { r.Header.Add("X-Amz-Security-Token", c.other.token) })
	}, asXML, 400, "IncompleteSignature", "X-Amz-Security-Token header must be sent only once"},
	{"header and query signed", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { r.Header.Set("Authorization", c.create().Header.Get("Authorization")) })
	}, asXML, 400, "IncompleteSignature", twoWays},
	{"two credentials in the query", func(c *cast) *http.Request {
		return edit(c.presigned(c.alice), func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Credential=a" })
	}, asXML, 400, "IncompleteSignature", "AWS query-string parameters must include 'X-Amz-Credential' only once. Re-examine the query-string parameters."},
	{"signature in the query cut out", func(c *cast) *http.Request {
		r := c.presigned(c.alice)
		r.URL.RawQuery, _, _ = strings.Cut(r.URL.RawQuery, "&X-Amz-Signature")
		return r
	}, asXML, 400, "IncompleteSignature", "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters."},
	{"signature in capitals", func(c *cast) *http.Request {
		r := c.create()
		auth, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		r.Header.Set("Authorization", auth+"Signature="+strings.ToUpper(signature))
		return r
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"signature cut short", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) {
			auth := r.Header.Get("Authorization")
			r.Header.Set("Authorization", auth[:len(auth)-1])
		})
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"other algorithm", func(c *cast) *http.Request { return replaceIn(c.create(), "Authorization", "HMAC-SHA256", "HMAC-SHA1") },
		asXML, 400, "IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."},
}

func swapBody(old, with string) func(*http.Request) {
	return func(r *http.Request) {
		data := make([]byte, r.ContentLength)
		r.Body.Read(data)
		setBody(r, strings.Replace(string(data), old, with, 1))
	}
}

// Requests signed for another day, place or service.
var scopeRefusals = []refusal{
	{"other day", func(c *cast) *http.Request { return replaceIn(c.create(), "Authorization", "/20260504/", "/20260503/") },
		asXML, 403, "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260503' != '20260504', from '20260504T030201Z'."},
	{"no region", func(c *cast) *http.Request {
		return c.scoped(func(s *sigv4.Signer) { s.Region = "nowhere" }, "iam", create())
	}, asXML, 403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region."},
	{"no region at KMS", func(c *cast) *http.Request {
		return c.scoped(func(s *sigv4.Signer) { s.Region = "us_east_1" }, "kms", createKey())
	}, asJSON, 400, "InvalidSignatureException", "Credential should be scoped to a valid region."},
	{"other region", func(c *cast) *http.Request { return replaceIn(c.create(), "Authorization", "us-east-1", "eu-west-1") },
		asXML, 403, "SignatureDoesNotMatch", noMatch},
	// https://github.com/disneystreaming/smithy4s/issues/1568
	{"signed for STS, sent to KMS", func(c *cast) *http.Request { return c.as(c.alice, "sts", createKey()) },
		asJSON, 400, "InvalidSignatureException", "Credential should be scoped to correct service: 'kms'."},
	{"signed for KMS, an action of IAM", func(c *cast) *http.Request { return c.as(c.alice, "kms", create()) },
		asJSON, 400, "UnknownOperationException", ""},
	{"signed for STS, an action of IAM", func(c *cast) *http.Request { return c.as(c.alice, "sts", create()) },
		asXML, 400, "InvalidAction", "Could not find operation CreateUser for version 2010-05-08"},
	{"signed for STS, called IAM", func(c *cast) *http.Request {
		return replaceIn(c.as(c.alice, "sts", create()), "Authorization", "/sts/", "/iam/")
	}, asXML, 403, "SignatureDoesNotMatch", noMatch},
	{"other terminator", func(c *cast) *http.Request {
		return replaceIn(c.create(), "Authorization", "aws4_request", "aws5_request")
	},
		asXML, 403, "SignatureDoesNotMatch", "Credential should be scoped with a valid terminator: 'aws4_request'."},
	{"a scope of four parts", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(literalAuthorization, "/aws4_request", "", 1))
		})
	}, asXML, 400, "IncompleteSignature", "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, " +
		"got (hashed with SHA-256 and encoded with Base64): '5QoW4KpjS7mBlMxq5AxFr7Pr1An17B6F0rYDT2zRvac='"},
	{"unknown service", func(c *cast) *http.Request { return c.as(c.alice, "ec2", query("iam", "DescribeInstances")) },
		asXML, 501, "NotImplemented", "The service ec2 is not built in Fortlet."},
	{"unknown service in JSON", func(c *cast) *http.Request {
		return c.as(c.alice, "dynamodb", replaceIn(jsonCall("X", "{}"), "X-Amz-Target", "TrentService.X", "DynamoDB_20120810.ListTables"))
	}, asJSON, 501, "NotImplemented", "The service dynamodb is not built in Fortlet."},
	{"unknown service, unsigned", func(*cast) *http.Request {
		return replaceIn(jsonCall("X", "{}"), "X-Amz-Target", "TrentService.X", "DynamoDB_20120810.ListTables")
	}, asJSON, 501, "NotImplemented", "The service DynamoDB_20120810.ListTables is not built in Fortlet."},
}
