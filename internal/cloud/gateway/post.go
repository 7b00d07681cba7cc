package gateway

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// servePost serves a browser's upload: a form that is posted to a bucket does
// what a PUT of its file to its key would. The fields stand for the headers,
// and in place of a signature of the request there is one of a policy, which
// says what the form may be.
func (g *Gateway) servePost(x *exchange) (any, error) {
	form, err := readForm(x.r.Header.Get("Content-Type"), x.rest.body)
	if err != nil {
		return nil, err
	}
	x.rest.form = form
	if err := g.authenticateForm(x); err != nil {
		return nil, err
	}
	bucket, key := x.rest.labels[bucketLabel], form.fields[postKey]
	path := "/" + url.PathEscape(bucket) + "/" + escapeKey(key)
	found, err := g.services.tables[x.service].find(http.MethodPut, path, "", http.Header{})
	if err != nil {
		return nil, err
	}
	x.rest.target = found
	x.wire = wire.Request{Method: http.MethodPut, Path: path, Labels: found.labels}
	op, err := found.operation()
	if err == nil {
		err = g.holdForm(x)
	}
	return g.invokeREST(x, op, err)
}

// holdForm holds a form to its policy, and gives the upload the headers that the
// fields stand for. By now its signer is known: what fails here is recorded.
func (g *Gateway) holdForm(x *exchange) (err error) {
	form := x.rest.form
	if x.signature != nil {
		policy, err := x.signature.Policy()
		if err != nil {
			return err
		}
		if err := policy.Check(form.fields, x.rest.labels[bucketLabel], g.cloud.Signed()); err != nil {
			return err
		}
		form.file.max, form.file.check = policy.MaxSize(), policy.CheckSize
	}
	x.wire.Header, err = form.header()
	return err
}

// authenticateForm finds out who signed the policy of a form. One without a
// policy is anybody's.
func (g *Gateway) authenticateForm(x *exchange) (err error) {
	x.signature, err = sigv4.ParsePost(x.rest.form.fields)
	switch err {
	case nil:
	case sigv4.ErrMissing:
		x.credential = anonymous
		return nil
	default:
		return err
	}
	if err := g.identify(x); err != nil {
		return err
	}
	return g.verify(x)
}

// postResponse is the body that a form can ask for.
type postResponse struct {
	XMLName                     xml.Name `xml:"PostResponse"`
	Location, Bucket, Key, ETag string
}

// answerPost turns the answer to the upload into that which the form asks for.
func (x *exchange) answerPost(resp wire.Response) wire.Response {
	form, etag := x.rest.form, ""
	header := resp.Header[:0]
	for _, f := range resp.Header {
		if strings.EqualFold(f.Name, "ETag") {
			etag = f.Value
		}
		if !strings.EqualFold(f.Name, "Content-Type") && !strings.EqualFold(f.Name, "Content-Length") {
			header = append(header, f)
		}
	}
	out := postResponse{Location: x.location(), Bucket: x.rest.labels[bucketLabel], Key: x.rest.labels[keyLabel], ETag: etag}
	resp = wire.Response{Status: http.StatusNoContent, Header: header}
	location := out.Location
	if to := form.redirect(&out); to != "" {
		location, resp.Status = to, http.StatusSeeOther
	} else if status := form.fields[postStatus]; status == "201" {
		var b bytes.Buffer
		b.WriteString(xml.Header)
		_ = xml.NewEncoder(&b).Encode(out) // of strings, into memory
		// Quotes need no escape there, and clients that look for them exist.
		resp.Status, resp.Body = http.StatusCreated, bytes.ReplaceAll(b.Bytes(), []byte("&#34;"), []byte(`"`))
		resp.Header = append(resp.Header, wire.Field{Name: "Content-Type", Value: "application/xml"})
	} else if status == "200" {
		resp.Status = http.StatusOK
	}
	resp.Header = append(resp.Header, wire.Field{Name: "Location", Value: location})
	return resp
}

// redirect is where the form sends the browser to, with what it has uploaded in
// the query. An address that is not one of the web counts for nothing.
func (f *postForm) redirect(out *postResponse) string {
	to := f.fields[postRedirect]
	if to == "" {
		to = f.fields[oldRedirect]
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	query := "bucket=" + url.QueryEscape(out.Bucket) + "&key=" + url.QueryEscape(out.Key) + "&etag=" + url.QueryEscape(out.ETag)
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	u.RawQuery = query
	return u.String()
}

// location is the address of what has been uploaded, in the style of the
// request.
func (x *exchange) location() string {
	scheme := "http"
	if x.r.TLS != nil {
		scheme = "https"
	}
	bucket := "/" + url.PathEscape(x.rest.labels[bucketLabel])
	if x.signed.Bucket != "" {
		bucket = ""
	}
	return scheme + "://" + x.r.Host + bucket + "/" + escapeKey(x.rest.labels[keyLabel])
}

// escapeKey escapes a key, its slashes too.
func escapeKey(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "+", "%20") }
