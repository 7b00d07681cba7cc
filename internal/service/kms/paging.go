package kms

import (
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/paging"
)

// newPage reads the paging members of a request. The model allows limits of up
// to 1000 everywhere; what an operation documents can be less.
func newPage(list string, limit *int32, marker *string, byDefault, most int32) (paging.Page, error) {
	p := paging.Page{List: list, Limit: int(byDefault)}
	if limit != nil {
		if *limit > most {
			return p, errValidation("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", *limit, most)
		}
		p.Limit = int(*limit)
	}
	if marker != nil && !p.Resume(*marker) {
		return p, kmsapi.ErrInvalidMarkerException("")
	}
	return p, nil
}
