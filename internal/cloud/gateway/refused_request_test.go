package gateway_test

import (
	"net/http"
	"strings"
)

// Requests for operations that are not there.
var operationRefusals = []refusal{
	// https://github.com/aws/aws-cli/issues/37
	{"unknown action", func(c *cast) *http.Request { return c.as(c.alice, "iam", query("iam", "CreateUsers")) },
		asXML, 400, "InvalidAction", "Could not find operation CreateUsers for version 2010-05-08"},
	{"action in other letters", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", query("iam", "createuser", "UserName", "mallory"))
	},
		asXML, 400, "InvalidAction", "Could not find operation createuser for version 2010-05-08"},
	{"action that is no text for XML", func(c *cast) *http.Request { return c.as(c.alice, "iam", query("iam", "<a>&\x00")) },
		asXML, 400, "InvalidAction", "Could not find operation <a>&\ufffd for version 2010-05-08"},
	{"unbuilt action", func(c *cast) *http.Request { return c.as(c.alice, "iam", query("iam", "CreateSAMLProvider")) },
		asXML, 501, "NotImplemented", "iam:CreateSAMLProvider is not built in Fortlet."},
	{"unbuilt operation", func(c *cast) *http.Request { return c.as(c.alice, "kms", jsonCall("CreateCustomKeyStore", "{}")) },
		asJSON, 501, "NotImplemented", "kms:CreateCustomKeyStore is not built in Fortlet."},
	{"no action", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", form("Version=2010-05-08&UserName=mallory"))
	}, asXML, 400, "MissingAction", "Request is missing the Action parameter"},
	{"nothing at all", func(c *cast) *http.Request { return c.as(c.alice, "iam", form("")) },
		asXML, 400, "MissingAction", "Request is missing the Action parameter"},
	{"no version", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", form("Action=CreateUser&UserName=mallory"))
	}, asXML, 400, "InvalidAction", "Could not find operation CreateUser for version NO_VERSION_SPECIFIED"},
	{"other version", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", query("iam", "CreateUser", "UserName", "mallory", "Version", "2011-06-15"))
	}, asXML, 400, "InvalidAction", "Could not find operation CreateUser for version 2011-06-15"},
	{"unknown operation", func(c *cast) *http.Request { return c.as(c.alice, "kms", jsonCall("CreateKeys", "{}")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"no target", func(c *cast) *http.Request { return c.as(c.alice, "kms", headerless(createKey(), "X-Amz-Target")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"empty target", func(c *cast) *http.Request { return c.as(c.alice, "kms", target("")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"target without operation", func(c *cast) *http.Request { return c.as(c.alice, "kms", target("TrentService.")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"target without prefix", func(c *cast) *http.Request { return c.as(c.alice, "kms", target("CreateKey")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"target of another service", func(c *cast) *http.Request { return c.as(c.alice, "kms", target("DynamoDB_20120810.CreateKey")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"target with more", func(c *cast) *http.Request { return c.as(c.alice, "kms", target("TrentService.CreateKey.x")) },
		asJSON, 400, "UnknownOperationException", ""},
	{"two targets", func(c *cast) *http.Request {
		r := createKey()
		r.Header.Add("X-Amz-Target", "TrentService.ListKeys")
		return c.as(c.alice, "kms", r)
	}, asJSON, 400, "UnknownOperationException", ""},
	{"GET of a JSON operation", func(c *cast) *http.Request { return c.as(c.alice, "kms", method(http.MethodGet, createKey())) },
		asJSON, 400, "UnknownOperationException", ""},
	{"PUT", func(c *cast) *http.Request { return c.as(c.alice, "iam", method(http.MethodPut, create())) },
		asXML, 400, "InvalidAction", "The HTTP method PUT is not supported."},
	{"DELETE", func(c *cast) *http.Request { return c.as(c.alice, "iam", method(http.MethodDelete, create())) },
		asXML, 400, "InvalidAction", "The HTTP method DELETE is not supported."},
	{"HEAD", func(c *cast) *http.Request { return c.as(c.alice, "iam", method(http.MethodHead, create())) },
		asXML, 400, "", ""},
	{"GET with the action in the body", func(c *cast) *http.Request { return c.as(c.alice, "iam", method(http.MethodGet, create())) },
		asXML, 400, "MissingAction", "Request is missing the Action parameter"},
}

func form(body string) *http.Request {
	r := create()
	setBody(r, body)
	return r
}

func target(value string) *http.Request {
	r := createKey()
	r.Header.Set("X-Amz-Target", value)
	return r
}

func method(name string, r *http.Request) *http.Request {
	r.Method = name
	return r
}

// Requests for other paths, each signed as it is sent. No service here has any
// path but one: https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html
// gives the code and status.
var pathRefusals = []refusal{
	path("/x"), path("//"), path("/./"), path("/../"), path("/x/.."), path("/%2e%2e/"), path("/%2F"), path("/%5Ffortlet/reset"),
	path("//_fortlet/reset"), path("/x/../_fortlet/reset"), path("/%00"), path("/index.html;x"),
	{"path of a JSON service", func(c *cast) *http.Request {
		return c.as(c.alice, "kms", edit(createKey(), func(r *http.Request) { r.RequestURI = "/CreateKey" }))
	}, asJSON, 404, "UnknownOperationException", ""},
}

func path(spelling string) refusal {
	return refusal{"path " + strings.ReplaceAll(spelling, "/", "|"), func(c *cast) *http.Request {
		return c.as(c.alice, "iam", edit(create(), func(r *http.Request) { r.RequestURI = spelling }))
	}, asXML, 404, "UnknownOperationException", ""}
}

// Requests that cannot be read, or say what the model does not allow.
var bodyRefusals = []refusal{
	kmsBody("broken JSON", `{"Description":`, "SerializationException", ""),
	kmsBody("no JSON", `Description=x`, "SerializationException", ""),
	kmsBody("JSON that goes on", `{} {}`, "SerializationException", ""),
	kmsBody("JSON array", `[]`, "SerializationException", ""),
	kmsBody("JSON null", `null`, "SerializationException", ""),
	kmsBody("no body", ``, "SerializationException", ""),
	kmsBody("number for a string", `{"Description":1}`, "SerializationException", "NUMBER_VALUE can not be converted to a String"),
	kmsBody("list for a string", `{"Description":["x"]}`, "SerializationException", "Start of list found where not expected"),
	kmsBody("object for a list", `{"Tags":{}}`, "SerializationException", "Start of structure or map found where not expected."),
	kmsBody("string for a Boolean", `{"MultiRegion":"true"}`, "SerializationException", "STRING_VALUE can not be converted to a Boolean"),
	kmsBody("nested a thousand deep", `{"x":`+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+`}`, "SerializationException", ""),
	kmsBody("half a surrogate pair", `{"Description":"\ud800"}`, "SerializationException", ""),
	kmsBody("no UTF-8", "{\"Description\":\"\xff\"}", "SerializationException", ""),
	kmsBody("control character", "{\"Description\":\"\x00\"}", "SerializationException", ""),
	kmsBody("byte order mark", "\ufeff{}", "SerializationException", ""),
	kmsBody("unknown key spec", `{"KeySpec":"RSA_1024"}`, "ValidationException",
		"1 validation error detected: Value 'RSA_1024' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: "+
			"[RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ECC_NIST_EDWARDS25519]"),
	{"huge number", func(c *cast) *http.Request {
		return c.as(c.alice, "kms", jsonCall("GenerateRandom", `{"NumberOfBytes":1e400}`))
	}, asJSON, 400, "SerializationException", "NUMBER_VALUE can not be converted to an Integer"},
	{"number past the limit", func(c *cast) *http.Request {
		return c.as(c.alice, "kms", jsonCall("GenerateRandom", `{"NumberOfBytes":99999999}`))
	}, asJSON, 400, "ValidationException",
		"1 validation error detected: Value '99999999' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"},
	{"required member left out", func(c *cast) *http.Request { return c.as(c.alice, "kms", jsonCall("ScheduleKeyDeletion", `{}`)) },
		asJSON, 400, "ValidationException", "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null"},
	{"required parameter left out", func(c *cast) *http.Request { return c.as(c.alice, "iam", query("iam", "CreateUser")) },
		asXML, 400, "ValidationError", "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"},
	{"parameter too long", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", query("iam", "CreateUser", "UserName", strings.Repeat("m", 65)))
	}, asXML, 400, "ValidationError", "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64"},
	{"JSON for a form", func(c *cast) *http.Request {
		r := form(`{"Action":"CreateUser","Version":"2010-05-08","UserName":"mallory"}`)
		r.Header.Set("Content-Type", "application/json")
		return c.as(c.alice, "iam", r)
	}, asXML, 400, "MissingAction", "Request is missing the Action parameter"},
	// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html has
	// the code and status.
	iamForm("parameter twice", "&UserName=malory", 404, "MalformedQueryString", "The query string contains a duplicate parameter"),
	iamForm("action twice", "&Action=ListUsers", 404, "MalformedQueryString", "The query string contains a duplicate parameter"),
	iamForm("half an escape", "&Path=%2", 404, "MalformedQueryString", "The query string contains a syntax error"),
	iamForm("an escape that is none", "&Path=%zz", 404, "MalformedQueryString", "The query string contains a syntax error"),
	iamForm("no UTF-8 in the form", "&Path=%ff", 404, "MalformedQueryString", "The query string contains a syntax error"),
	iamForm("names nested too deep", "&"+strings.Repeat("a.", 100)+"a=1", 400, "MalformedInput", "Parameter names nest too deeply"),
	iamForm("a list that is none", "&Tags=x", 400, "MalformedInput", "Expected list or null"),
	iamForm("a list element of number zero", "&Tags.member.0.Key=x", 400, "MalformedInput", "Unexpected list element termination"),
	{"parameter in URL and form", func(c *cast) *http.Request {
		return c.as(c.alice, "iam", edit(create(), func(r *http.Request) { r.URL.RawQuery = "UserName=malory" }))
	}, asXML, 404, "MalformedQueryString", "The query string contains a duplicate parameter"},
	{"malformed escape in the URL", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.URL.RawQuery = "x=%zz" })
	}, asXML, 400, "IncompleteSignature", "The query string contains a syntax error."},
	{"semicolon in the URL", func(c *cast) *http.Request {
		return edit(c.create(), func(r *http.Request) { r.URL.RawQuery = "a=1;UserName=malory" })
	}, asXML, 400, "IncompleteSignature", "The query string contains a syntax error."},
}

func kmsBody(name, body, code, message string) refusal {
	return refusal{name, func(c *cast) *http.Request { return c.as(c.alice, "kms", jsonCall("CreateKey", body)) }, asJSON, 400, code, message}
}

func iamForm(name, more string, status int, code, message string) refusal {
	return refusal{name, func(c *cast) *http.Request {
		return c.as(c.alice, "iam", form("Action=CreateUser&Version=2010-05-08&UserName=mallory"+more))
	}, asXML, status, code, message}
}

// Requests of callers who may not make them. What sessions can never do:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
var rightsRefusals = []refusal{
	{"denied at IAM", func(c *cast) *http.Request { return c.as(c.nobody, "iam", create()) },
		asXML, 403, "AccessDenied", "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: iam:CreateUser on resource: " +
			"arn:aws:iam::111122223333:user/mallory because no identity-based policy allows the iam:CreateUser action"},
	{"denied at KMS", func(c *cast) *http.Request { return c.as(c.nobody, "kms", createKey()) },
		asJSON, 400, "AccessDeniedException", "User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: kms:CreateKey on resource: " +
			"* because no identity-based policy allows the kms:CreateKey action"},
	{"session token at IAM", func(c *cast) *http.Request { return c.as(c.token, "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
	{"session token for a session token", func(c *cast) *http.Request { return c.as(c.token, "sts", query("sts", "GetSessionToken")) },
		asXML, 403, "AccessDenied", "Cannot call GetSessionToken with session credentials"},
	{"session token for a federated user", func(c *cast) *http.Request {
		return c.as(c.token, "sts", query("sts", "GetFederationToken", "Name", "x"))
	},
		asXML, 403, "AccessDenied", "Cannot call GetFederationToken with session credentials"},
	{"federated user at IAM", func(c *cast) *http.Request { return c.as(c.federated, "iam", create()) },
		asXML, 403, "InvalidClientTokenId", badToken},
	{"federated user for a role", func(c *cast) *http.Request {
		return c.as(c.federated, "sts", query("sts", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/operator", "RoleSessionName", "x1"))
	}, asXML, 403, "AccessDenied", "Cannot call AssumeRole with session credentials"},
	{"role for a session token", func(c *cast) *http.Request { return c.as(c.session, "sts", query("sts", "GetSessionToken")) },
		asXML, 403, "AccessDenied", "Cannot call GetSessionToken with session credentials"},
}
