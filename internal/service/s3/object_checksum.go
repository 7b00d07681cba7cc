package s3

import (
	"reflect"
	"strings"
	"sync"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// checksumPlans knows, by type, which members of a structure of the API are for
// checksums. Inputs, outputs and results have one for each algorithm, and all
// of them have the same names.
var checksumPlans sync.Map // of reflect.Type to checksumPlan

type checksumPlan struct {
	values []checksumMember
	kind   int // index of ChecksumType, -1 without one
}

type checksumMember struct {
	algorithm checksum.Algorithm
	index     int
}

const checksumMemberPrefix = "Checksum"

func checksumPlanOf(t reflect.Type) checksumPlan {
	if known, ok := checksumPlans.Load(t); ok {
		return known.(checksumPlan)
	}
	plan := checksumPlan{kind: -1}
	for i := range t.NumField() {
		name, ok := strings.CutPrefix(t.Field(i).Name, checksumMemberPrefix)
		if !ok {
			continue
		}
		if a, known := checksum.Parse(name); known {
			plan.values = append(plan.values, checksumMember{a, i})
		} else if name == "Type" {
			plan.kind = i
		}
	}
	checksumPlans.Store(t, plan)
	return plan
}

// sum is the value of a checksum with its algorithm.
type sum struct {
	algorithm checksum.Algorithm
	value     string
}

// sumsOf gives the checksums that a structure of the API brings.
func sumsOf(in any) (list []sum) {
	v := reflect.ValueOf(in).Elem()
	for _, m := range checksumPlanOf(v.Type()).values {
		if p := v.Field(m.index); !p.IsNil() {
			list = append(list, sum{m.algorithm, p.Elem().String()})
		}
	}
	return list
}

// show puts the value of a checksum into the member of out that is for its
// algorithm, and its type into the one that is for that, where there is one.
func (c Checksum) show(out any) {
	if c.Value == "" {
		return
	}
	v := reflect.ValueOf(out).Elem()
	plan := checksumPlanOf(v.Type())
	for _, m := range plan.values {
		if m.algorithm == checksum.Algorithm(c.Algorithm) {
			v.Field(m.index).Set(reflect.ValueOf(new(c.Value)))
		}
	}
	if plan.kind >= 0 {
		v.Field(plan.kind).SetString(string(c.Type))
	}
}

// wholeChecksum is the checksum of content that came in one piece.
func wholeChecksum(a checksum.Algorithm, value []byte) Checksum {
	return Checksum{
		Algorithm: s3api.ChecksumAlgorithm(a),
		Value:     checksum.Encode(value),
		Type:      s3api.ChecksumTypeFullObject,
	}
}
