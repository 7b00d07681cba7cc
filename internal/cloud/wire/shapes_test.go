package wire

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// The services that are built use a part of what models can say. The types here
// use the rest.

type color string

func (color) Values() []string { return []string{"RED", "GREEN"} }

type everything struct {
	Text     *string            `api:"Text"`
	Color    color              `api:"Color"`
	Colors   []color            `api:"Colors"`
	Flag     *bool              `api:"Flag"`
	Small    *int32             `api:"Small"`
	Big      *int64             `api:"Big"`
	Single   *float32           `api:"Single"`
	Double   *float64           `api:"Double,min=0.5,max=1.5"`
	When     *time.Time         `api:"When"`
	Blob     []byte             `api:"Blob"`
	Secret   *string            `api:"Secret,sensitive,max=3"`
	Secrets  []string           `api:"Secrets" elem:",sensitive,max=3"`
	Key      []byte             `api:"Key,sensitive"`
	Self     *everything        `api:"Self"`
	Selves   []everything       `api:"Selves"`
	Texts    []string           `api:"Texts,max=3" elem:"item,min=2,pattern=[a-z,]+"`
	Flat     []string           `api:"Flat,flattened" elem:"FlatItem"`
	FlatBare []int32            `api:"FlatBare,flattened"`
	Lists    [][]string         `api:"Lists" elem.elem:",max=2"`
	Map      map[string]string  `api:"Map,max=2" key:",max=3" elem:",min=2"`
	FlatMap  map[string]int32   `api:"FlatMap,flattened" key:"K" elem:"V"`
	ByColor  map[color]everyone `api:"ByColor"`
	Times    []time.Time        `api:"Times"`
}

type everyone struct {
	Name *string `api:"Name,required,min=2"`
}

type nothing struct{}

var (
	jsonService  = api.Service{Name: "test", SigningName: "test", Protocol: api.JSON11}
	queryService = api.Service{Name: "test", SigningName: "test", Protocol: api.Query, Namespace: "https://test.example/doc/"}

	jsonOp  = api.Define[everything, everything](api.Operation{Service: &jsonService, Name: "Try"})
	queryOp = api.Define[everything, everything](api.Operation{Service: &queryService, Name: "Try", ResultWrapper: "TryResult"})
	idleOp  = api.Define[nothing, nothing](api.Operation{Service: &jsonService, Name: "Idle"})
	quietOp = api.Define[nothing, nothing](api.Operation{Service: &queryService, Name: "Quiet"})
)

func decodeJSON(op *api.Operation, body string) (any, error) {
	return For(api.JSON11).Decode(op, &Request{Method: http.MethodPost, Path: "/", Body: []byte(body)})
}

func decodeQuery(op *api.Operation, body string) (any, error) {
	return For(api.Query).Decode(op, &Request{Method: http.MethodPost, Path: "/", Body: []byte(body)})
}

// full is an everything with each member set.
func full() *everything {
	when := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)
	return &everything{
		Text: new("a<b"), Color: "RED", Colors: []color{"GREEN", "RED"}, Flag: new(false),
		Small: new(int32(-7)), Big: new(int64(1 << 60)), Single: new(float32(0.25)), Double: new(1.125),
		When: &when, Blob: []byte{0, 255}, Secret: new("pw"), Secrets: []string{"p1"}, Key: []byte("k"),
		Self: &everything{Text: new("inner")}, Selves: []everything{{Small: new(int32(1))}, {Small: new(int32(2))}},
		Texts: []string{"ab", "c,d"}, Flat: []string{"f1", "f2"}, FlatBare: []int32{3, 4},
		Lists: [][]string{{"a"}, {"b", "c"}}, Map: map[string]string{"k1": "v1", "k2": "v2"},
		FlatMap: map[string]int32{"one": 1, "two": 2}, ByColor: map[color]everyone{"RED": {Name: new("Ann")}},
		Times: []time.Time{when},
	}
}

func wantEqual(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", plain(reflect.ValueOf(got), nil), plain(reflect.ValueOf(want), nil))
	}
}

func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	e, ok := err.(*api.Error)
	if !ok {
		t.Fatalf("got %T %v, want %s", err, err, code)
	}
	if e.Code != code || e.Message != message {
		t.Errorf("got  %s: %s\nwant %s: %s", e.Code, e.Message, code, message)
	}
}
