package gateway

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// postForm is the form by which a browser uploads a file: fields first, the
// file last. What follows the file counts for nothing.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
type postForm struct {
	fields sigv4.Form // by their names in lower case
	file   *formFile
}

// maxFormFields bounds all that comes before the file.
const maxFormFields = 20480

// readForm reads a form up to its file.
func readForm(contentType string, body io.Reader) (*postForm, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if kind != "multipart/form-data" {
		e := api.Errorf("PreconditionFailed", http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold")
		e.Fields = map[string]any{"Condition": "Bucket POST must be of the enclosure-type multipart/form-data"}
		return nil, e
	}
	if err != nil || params["boundary"] == "" {
		return nil, errMalformedForm(err)
	}
	// The reader reads ahead, so the limit is one of the order only; what counts
	// is added up from the fields.
	head := &io.LimitedReader{R: body, N: 2 * maxFormFields}
	parts := multipart.NewReader(head, params["boundary"])
	form := &postForm{fields: sigv4.Form{}}
	for room := maxFormFields; ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, formError(err, head)
		}
		name, filename := disposition(part.Header)
		if name == "file" {
			head.N = 1<<63 - 1
			form.file = &formFile{part: part}
			return form, form.expand(filename)
		}
		value, err := io.ReadAll(io.LimitReader(part, int64(room)+1))
		if err != nil {
			return nil, formError(err, head)
		}
		if room -= len(name) + len(value); room < 0 {
			return nil, errFormTooLarge()
		}
		if err := form.fields.Add(name, string(value)); err != nil {
			return nil, err
		}
	}
}

// disposition gives the name of a part, in lower case, and that of its file;
// nil if it has none. What is not of a form has no name.
func disposition(h textproto.MIMEHeader) (name string, filename *string) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil || kind != "form-data" {
		return "", nil
	}
	if f, ok := params["filename"]; ok {
		f = f[strings.LastIndexAny(f, `/\`)+1:] // some browsers tell the path
		filename = &f
	}
	return strings.ToLower(params["name"]), filename
}

// expand replaces the variable for the file's name, in whatever field.
func (f *postForm) expand(filename *string) error {
	if f.fields[postKey] == "" {
		return errPostField(postKey)
	}
	if filename == nil {
		return nil
	}
	for name, value := range f.fields {
		// What is signed is signed as it is.
		if name != postPolicy && strings.Contains(value, "${filename}") {
			f.fields[name] = strings.ReplaceAll(value, "${filename}", *filename)
		}
	}
	return nil
}

// The fields that are not headers of the upload.
const (
	postKey      = "key"
	postPolicy   = "policy"
	postTagging  = "tagging"
	postStatus   = "success_action_status"
	postRedirect = "success_action_redirect"
	oldRedirect  = "redirect"
)

// formFile is the file of a form. Its length shows at its end.
type formFile struct {
	part *multipart.Part
	size int64
	// check is asked about the size, at the end and as soon as it is too large.
	max   int64
	check func(size int64) error
}

// Read implements io.Reader.
func (f *formFile) Read(p []byte) (int, error) {
	n, err := f.part.Read(p)
	f.size += int64(n)
	if f.check != nil && (f.size > f.max || err == io.EOF) {
		if refused := f.check(f.size); refused != nil {
			return n, refused
		}
	}
	if err != nil && err != io.EOF {
		err = formError(err, nil)
	}
	return n, err
}

// Announced implements api.Payload: nothing follows a file that counts.
func (*formFile) Announced() []string { return nil }

// Trailer implements api.Payload.
func (*formFile) Trailer() map[string]string { return nil }

var _ api.Payload = (*formFile)(nil)

func errPostField(name string) error {
	e := api.Errorf("InvalidArgument", http.StatusBadRequest,
		"Bucket POST must contain a field named '%s'.  If it is specified, please check the order of the fields.", name)
	e.Fields = map[string]any{"ArgumentName": name, "ArgumentValue": ""}
	return e
}

func errFormTooLarge() error {
	e := api.Errorf("MaxPostPreDataLengthExceeded", http.StatusBadRequest, "Your POST request fields preceeding the upload file was too large.")
	e.Fields = map[string]any{"MaxPostPreDataLengthBytes": "20480"}
	return e
}

func errMalformedForm(cause error) error {
	return api.Errorf("MalformedPOSTRequest", http.StatusBadRequest, "The body of your POST request is not well-formed multipart/form-data.").WithCause(cause)
}

// formError is the answer for a form that cannot be read on; head is the limit
// before the file, nil within it.
func formError(err error, head *io.LimitedReader) error {
	var known *api.Error
	switch {
	case errors.As(err, &known):
		return known
	case head != nil && head.N <= 0:
		return errFormTooLarge()
	case err == io.EOF:
		e := api.Errorf("InvalidArgument", http.StatusBadRequest, "POST requires exactly one file upload per request.")
		e.Fields = map[string]any{"ArgumentName": "file", "ArgumentValue": "0"}
		return e
	}
	return errMalformedForm(err)
}
