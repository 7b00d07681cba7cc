package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
)

const (
	analyzerScope = "access-analyzer"
	analyzerARN   = "arn%3Aaws%3Aaccess-analyzer%3Aus-east-1%3A111122223333%3Aanalyzer%2Fa"
)

// Of a service of rest-json the method and the path say what is meant. What a
// request must have besides is the model's to miss.
func TestJSONRoutes(t *testing.T) {
	table := gateway.NewTable(&analyzerapi.Service)
	for _, test := range []struct{ request, want, labels string }{
		{"PUT /analyzer", "CreateAnalyzer", ""},
		{"GET /analyzer?type=ACCOUNT", "ListAnalyzers", ""},
		{"GET /analyzer/", "ListAnalyzers", ""},
		{"GET /analyzer/a", "GetAnalyzer", "a"},
		{"GET /analyzer/a%20b%2Fc", "GetAnalyzer", "a b/c"},
		{"DELETE /analyzer/a?clientToken=x", "DeleteAnalyzer", "a"},
		{"POST /analyzer/findings/statistics", "GetFindingsStatistics", ""},
		{"GET /analyzer/findings/archive-rule/statistics", "GetArchiveRule", "findings statistics"},
		{"PUT /analyzer/a/archive-rule", "CreateArchiveRule", "a"},
		{"DELETE /analyzer/a/archive-rule/r", "DeleteArchiveRule", "a r"},
		{"GET /finding/i?analyzerArn=a", "GetFinding", "i"},
		{"GET /finding/i", "GetFinding", "i"},
		{"GET /findingv2/i", "GetFindingV2", "i"},
		{"GET /analyzed-resource", "GetAnalyzedResource", ""},
		{"POST /analyzed-resource", "ListAnalyzedResources", ""},
		{"GET /tags/" + analyzerARN, "ListTagsForResource", "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a"},
		{"DELETE /tags/" + analyzerARN + "?tagKeys=a&tagKeys=b", "UntagResource", "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a"},
		{"GET /access-preview", "ListAccessPreviews", ""},
		{"POST /recommendation/i", "GenerateFindingRecommendation", "i"},
		{"GET /tags/arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "", ""},
		{"PATCH /analyzer", "", ""},
		{"GET /", "", ""},
		{"GET /analyzers", "", ""},
		{"GET //analyzer", "", ""},
	} {
		method, target, _ := strings.Cut(test.request, " ")
		path, query, _ := strings.Cut(target, "?")
		op, _, labels, err := table.Find(method, path, query, http.Header{})
		got := ""
		if err == nil {
			got = op.Name
		}
		if got != test.want {
			t.Errorf("%s: got %s, %v; want %s", test.request, got, err, test.want)
		}
		text := strings.TrimSpace(labels["analyzerName"] + " " + labels["ruleName"] + labels["id"] + labels["resourceArn"])
		if err == nil && text != test.labels {
			t.Errorf("%s: labels %v", test.request, labels)
		}
	}
}

// jsonFailure is an error of a service of rest-json.
func jsonFailure(t *testing.T, a *answer) (code, message string) {
	t.Helper()
	var f map[string]any
	if err := json.Unmarshal([]byte(a.body), &f); err != nil || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v %s", a.header, a.body)
	}
	for _, name := range []string{"message", "Message"} {
		if text, ok := f[name].(string); ok {
			message = text
		}
	}
	return a.header.Get("X-Amzn-Errortype"), message
}

func TestRestJSONRequests(t *testing.T) {
	w := newWorld(t)
	stranger := key{id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	bad := w.root()
	bad.secret = "_" + bad.secret[1:]
	host := func(r *http.Request) *http.Request {
		r.Host = "access-analyzer.us-east-1.amazonaws.com"
		return r
	}
	for _, test := range []struct {
		name          string
		r             *http.Request
		status        int
		code, message string
	}{
		{"list", w.as(w.root(), analyzerScope, newRequest("GET", "/analyzer", "")), 200, "", ""},
		{"label with a slash", w.as(w.root(), analyzerScope, newRequest("GET", "/tags/"+analyzerARN, "")), 404, "ResourceNotFoundException", "The Analyzer arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a was not found."},
		{"unknown path", w.as(w.root(), analyzerScope, newRequest("GET", "/analyzers", "")), 403, "AccessDeniedException", "Unable to determine service/operation name to be authorized"},
		{"unknown method", w.as(w.root(), analyzerScope, newRequest("PATCH", "/analyzer", "")), 403, "AccessDeniedException", "Unable to determine service/operation name to be authorized"},
		{"not built", w.as(w.root(), analyzerScope, newRequest("GET", "/policy/generation", "")), 501, "NotImplemented", "access-analyzer:ListPolicyGenerations is not built in Fortlet."},
		{"no JSON", w.as(w.root(), analyzerScope, newRequest("PUT", "/analyzer", `{"analyzerName":`)), 400, "SerializationException", ""},
		{"of another type", w.as(w.root(), analyzerScope, newRequest("PUT", "/analyzer", `{"analyzerName":7}`)), 400, "SerializationException", "NUMBER_VALUE can not be converted to a String"},
		{"parameter of another type", w.as(w.root(), analyzerScope, newRequest("GET", "/analyzer?maxResults=x", "")), 400, "SerializationException", "maxResults can not be converted to an Integer"},
		{"missing members", w.as(w.root(), analyzerScope, newRequest("PUT", "/analyzer", `{"type":"ACCOUNT"}`)), 400, "ValidationException", "1 validation error detected: Value null at 'analyzerName' failed to satisfy constraint: Member must not be null"},
		{"missing parameter", w.as(w.root(), analyzerScope, newRequest("GET", "/finding/i", "")), 400, "ValidationException", "1 validation error detected: Value null at 'analyzerArn' failed to satisfy constraint: Member must not be null"},
		{"too large", w.as(w.root(), analyzerScope, newRequest("PUT", "/analyzer", `{"analyzerName":"`+strings.Repeat("a", 2<<20)+`"}`)), 413, "RequestEntityTooLargeException", "The request body is larger than 1048576 bytes."},
		{"unsigned", host(newRequest("GET", "/analyzer", "")), 403, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"unsigned, unknown path", host(newRequest("GET", "/nothing", "")), 403, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"unknown key", w.as(stranger, analyzerScope, newRequest("GET", "/analyzer", "")), 403, "UnrecognizedClientException", "The security token included in the request is invalid."},
		{"unknown key, unknown path", w.as(stranger, analyzerScope, newRequest("GET", "/nothing", "")), 403, "UnrecognizedClientException", "The security token included in the request is invalid."},
		{"wrong secret", w.as(bad, analyzerScope, newRequest("GET", "/analyzer", "")), 403, "InvalidSignatureException", ""},
		{"service that is not there", w.as(w.root(), "lambda", newRequest("GET", "/2015-03-31/functions", "")), 501, "NotImplemented", "The service lambda is not built in Fortlet."},
		{"host of a bucket", w.as(w.root(), analyzerScope, edit(newRequest("GET", "/analyzer", ""), func(r *http.Request) { r.Host = "b.s3.localhost:4566" })), 200, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := (&world{TB: t, Fortlet: w.Fortlet}).serve(test.r)
			if test.status == 200 {
				if a.status != 200 {
					t.Errorf("%d %s", a.status, a.body)
				}
				return
			}
			code, message := jsonFailure(t, a)
			message = strings.ReplaceAll(message, w.Account.ID, "111122223333")
			if a.status != test.status || code != test.code || test.message != "" && message != test.message {
				t.Errorf("%d %s %q", a.status, code, message)
			}
		})
	}
}
