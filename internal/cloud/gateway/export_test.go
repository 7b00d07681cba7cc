package gateway

import (
	"net/http"

	"github.com/fortlet/fortlet/internal/api"
)

// Table is the routes of a REST service.
type Table struct{ table *restTable }

// NewTable makes the routes of a service.
func NewTable(s *api.Service) Table { return Table{newRESTTable(s)} }

// Find finds the operation of a request; built is false for one that is not.
func (t Table) Find(method, path, query string, h http.Header) (op *api.Operation, built bool, labels map[string]string, err error) {
	found, err := t.table.find(method, path, query, h)
	if err != nil {
		return nil, false, found.labels, err
	}
	return found.op, found.built, found.labels, nil
}

// VirtualHost is the bucket that a host names.
var VirtualHost = virtualHost

// StallTime is how long a stream may stand still.
const StallTime = stallTime

// RoomForStrangers is what the bodies of strangers may take up together.
const RoomForStrangers = roomForStrangers
