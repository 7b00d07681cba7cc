package extract_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// answers are what a stand-in for IAM and STS answers, by action. An action
// that it has no answer for is denied.
type answers map[string]http.HandlerFunc

// serve starts the stand-in and gives a configuration for it. The
// configuration does as Load's, but does not wait between attempts.
func (a answers) serve(t *testing.T) aws.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := r.FormValue("Action")
		switch answer := a[action]; {
		case answer != nil:
			answer(w, r)
		case action == "GetCallerIdentity":
			result(w, action, "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:root</Arn>")
		default:
			failure(w, http.StatusForbidden, "AccessDenied", "not authorized to perform: iam:"+action)
		}
	}))
	t.Cleanup(server.Close)
	return atOnce(aws.Config{
		Region:           "us-east-1",
		BaseEndpoint:     &server.URL,
		Credentials:      credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		RetryMaxAttempts: 10,
	})
}

func atOnce(cfg aws.Config) aws.Config {
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return cfg
}

// details answers GetAccountAuthorizationDetails with the elements of its only
// page.
func details(elements ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		result(w, "GetAccountAuthorizationDetails", strings.Join(elements, "")+"<IsTruncated>false</IsTruncated>")
	}
}

func result(w http.ResponseWriter, action, elements string) {
	fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, elements)
}

func failure(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("x-amzn-RequestId", "7c1f6a52")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>7c1f6a52</RequestId></ErrorResponse>", code, message)
}

// oneRole is a page's role with a document.
func oneRole(name, document, more string) string {
	return fmt.Sprintf(`<RoleDetailList><member><RoleName>%[1]s</RoleName><Path>/</Path><Arn>arn:aws:iam::123456789012:role/%[1]s</Arn>`+
		`<AssumeRolePolicyDocument>%[2]s</AssumeRolePolicyDocument>%[3]s</member></RoleDetailList>`, name, html.EscapeString(document), more)
}

func localPolicy(name, document string) string {
	return fmt.Sprintf(`<Policies><member><PolicyName>%[1]s</PolicyName><Arn>arn:aws:iam::123456789012:policy/%[1]s</Arn><DefaultVersionId>v1</DefaultVersionId>`+
		`<PolicyVersionList><member><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><Document>%[2]s</Document></member></PolicyVersionList></member></Policies>`, name, document)
}

// between stands between a client and a cloud: it lets answer say something
// else to a call of an action, or, when it says nothing, passes the call on.
func between(t *testing.T, endpoint string, answer func(w http.ResponseWriter, action, marker string) (answered bool)) string {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		if !answer(w, form.Get("Action"), form.Get("Marker")) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// times is an answer for the first n calls of GetAccountAuthorizationDetails,
// and counts all of them.
func times(n int64, seen *atomic.Int64, answer func(http.ResponseWriter)) func(http.ResponseWriter, string, string) bool {
	return func(w http.ResponseWriter, action, _ string) bool {
		if action != "GetAccountAuthorizationDetails" || seen.Add(1) > n {
			return false
		}
		answer(w)
		return true
	}
}
