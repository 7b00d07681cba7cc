package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// model is a service-2.json, as far as we read it.
type model struct {
	Metadata   metadata             `json:"metadata"`
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]*shape    `json:"shapes"`
}

type metadata struct {
	EndpointPrefix  string `json:"endpointPrefix"`
	JSONVersion     string `json:"jsonVersion"`
	Protocol        string `json:"protocol"`
	ServiceFullName string `json:"serviceFullName"`
	ServiceID       string `json:"serviceId"`
	SigningName     string `json:"signingName"`
	TargetPrefix    string `json:"targetPrefix"`
	XMLNamespace    string `json:"xmlNamespace"`
}

type operation struct {
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input    *ref   `json:"input"`
	Output   *ref   `json:"output"`
	Errors   []ref  `json:"errors"`
	AuthType string `json:"authtype"` // "none": signed requests are not asked for
	Checksum struct {
		Required bool `json:"requestChecksumRequired"`
	} `json:"httpChecksum"`
}

// ref is a use of a shape: as a member, list element, map key or value, or as
// what an operation takes or returns. What it says overrides the shape.
type ref struct {
	Shape            string        `json:"shape"`
	Location         string        `json:"location"`
	LocationName     string        `json:"locationName"`
	QueryName        string        `json:"queryName"`
	ResultWrapper    string        `json:"resultWrapper"`
	TimestampFormat  string        `json:"timestampFormat"`
	XMLNamespace     *xmlNamespace `json:"xmlNamespace"`
	Streaming        bool          `json:"streaming"`
	Flattened        bool          `json:"flattened"`
	IdempotencyToken bool          `json:"idempotencyToken"`
	JSONValue        bool          `json:"jsonvalue"`
	XMLAttribute     bool          `json:"xmlAttribute"`
}

// xmlNamespace is an object in most models and a bare URI in a few.
type xmlNamespace struct {
	Prefix string `json:"prefix"`
	URI    string `json:"uri"`
}

func (n *xmlNamespace) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &n.URI)
	}
	type plain xmlNamespace
	return json.Unmarshal(text, (*plain)(n))
}

type shape struct {
	Type    string   `json:"type"`
	Members members  `json:"members"`
	Member  *ref     `json:"member"`
	Key     *ref     `json:"key"`
	Value   *ref     `json:"value"`
	Enum    []string `json:"enum"`

	Required []string     `json:"required"`
	Min      *json.Number `json:"min"`
	Max      *json.Number `json:"max"`
	Pattern  string       `json:"pattern"`

	Payload         string        `json:"payload"`
	Flattened       bool          `json:"flattened"`
	LocationName    string        `json:"locationName"`
	Sensitive       bool          `json:"sensitive"`
	Streaming       bool          `json:"streaming"`
	TimestampFormat string        `json:"timestampFormat"`
	XMLNamespace    *xmlNamespace `json:"xmlNamespace"`

	Exception bool `json:"exception"`
	Fault     bool `json:"fault"`
	Error     struct {
		Code       string `json:"code"`
		HTTPStatus int    `json:"httpStatusCode"`
	} `json:"error"`

	Document    bool `json:"document"`
	EventStream bool `json:"eventstream"`
}

// members are a structure's, in the order of the model, which is the order in
// which AWS reports violations.
type members []member

type member struct {
	name string
	ref
}

func (m *members) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		next := member{name: name.(string)}
		if err := dec.Decode(&next.ref); err != nil {
			return err
		}
		*m = append(*m, next)
	}
	return nil
}

// readModel reads the model of a service.
func readModel(data fs.FS, s service) (*model, error) {
	text, err := readJSON(data, path.Join(s.name, s.Version, "service-2.json"))
	if err != nil {
		return nil, err
	}
	m := new(model)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, err
	}
	return m, nil
}

// operationNames lists the operations of the model, sorted.
func (m *model) operationNames() []string {
	return slices.Sorted(maps.Keys(m.Operations))
}
