package s3

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// Whatever input an operation gets from those who may do nothing, it neither
// succeeds nor fails by a fault of ours. Operations that come later are asked
// too.
func TestStrangersGetNowhere(t *testing.T) {
	s := newSite(t)
	var log bytes.Buffer
	s.cloud.Log = slog.New(slog.NewTextHandler(&log, nil))
	s.versioning(s3api.BucketVersioningStatusEnabled)
	version := *s.putContent("key", "content").VersionId
	s.inParts("parts", strings.Repeat("a", minPartSize), "b")
	id := s.begin("upload")
	s.part("upload", id, 1, "part")
	before := s.versions()

	in := inputs{rand.New(rand.NewPCG(1, 2)), s.now, []string{
		"", "key", "parts", "upload", version, id, nullVersion, siteBucket, siteBucket + "/key", siteBucket + "/key?versionId=" + version,
		"*", "..", "/", "\x00", "\xff", strings.Repeat("x", 2000), "1", "-1", "AAAA", "{}", siteAccount, otherAccount, "a=b", "bytes=0-1", "aws:kms",
		policyOf(opens(`"*"`, "s3:*", "arn:aws:s3:::the-bucket/*")),
	}}
	callers := []*authz.Principal{nobody(), s.person(otherAccount, "none"), s.person(siteAccount, "none"), awsService("cloudtrail.amazonaws.com")}
	for range 60 {
		for _, op := range s3api.Service.Operations {
			for _, p := range callers {
				input := reflect.New(op.Input)
				in.fill(input.Elem(), "")
				c := &cloud.Call{ID: cloud.NewID(), Cloud: s.cloud, Operation: op, Input: input.Interface()}
				c.Scope = authz.Scope{Authorizer: s.cloud.Authorizer, Principal: p, Region: siteRegion, Time: s.now}
				out, err := s.cloud.Invoke(t.Context(), c)
				if d, ok := out.(*s3api.DeleteObjectsOutput); ok && len(d.Deleted) == 0 {
					continue // it tells so of each
				}
				var answer *api.Error
				if !errors.As(err, &answer) || answer.Status >= 500 && answer.Code != "NotImplemented" {
					t.Fatalf("%s by %s: %v, %+v\nof %+v\n%s", op.Name, p.Describe(), err, out, input.Elem(), log.String())
				}
			}
		}
	}
	if after := s.versions(); after != before {
		t.Errorf("there is %s, there was %s", after, before)
	}
}

// inputs makes inputs of operations by chance.
type inputs struct {
	*rand.Rand
	now   time.Time
	texts []string
}

func (in *inputs) text() string { return in.texts[in.IntN(len(in.texts))] }

// fill fills a value. Half of what need not be there is not, but for what an
// operation is mostly about.
func (in *inputs) fill(v reflect.Value, name string) {
	named := strings.HasSuffix(name, "Bucket") || strings.HasSuffix(name, "Key") || name == "UploadId" || name == "CopySource"
	switch v.Kind() {
	case reflect.Pointer:
		if named || in.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			in.fill(v.Elem(), name)
		}
	case reflect.String:
		values, known := v.Interface().(interface{ Values() []string })
		switch {
		case known && in.IntN(4) > 0:
			v.SetString(values.Values()[in.IntN(len(values.Values()))])
		case name == "Bucket" && in.IntN(8) > 0:
			v.SetString(siteBucket)
		case !known || in.IntN(4) == 0:
			v.SetString(in.text())
		}
	case reflect.Int32, reflect.Int64:
		v.SetInt([]int64{-1, 0, 1, 2, 1000, 1<<31 - 1}[in.IntN(6)])
	case reflect.Bool:
		v.SetBool(in.IntN(2) == 0)
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), in.IntN(3), 3)
		for i := range list.Len() {
			in.fill(list.Index(i), name)
		}
		v.Set(list)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{in.text(): in.text()}))
	case reflect.Interface:
		v.Set(reflect.ValueOf(io.Reader(strings.NewReader(in.text()))))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(in.now.Add(time.Duration(in.IntN(100)-50) * time.Hour)))
			return
		}
		for i := range v.NumField() {
			in.fill(v.Field(i), v.Type().Field(i).Name)
		}
	}
}
