package cloudtrail

import (
	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// selects reports whether a trail delivers an event of its account: one of its
// Region, or of a global service if it includes those, that one of its selectors
// chooses.
func (t *Trail) selects(r *audit.Record, global map[string]bool) bool {
	switch {
	case t.AllRegions:
	case global[r.EventSource]:
		if !t.Global {
			return false
		}
	case r.Region != t.Region:
		return false
	}
	return t.chooses(r)
}

// wantsData reports whether any selector can choose a data event: else they need
// not be decoded, and there may be very many.
func (t *Trail) wantsData() bool {
	for _, sel := range t.Selectors {
		if len(sel.DataResources) > 0 {
			return true
		}
	}
	for _, sel := range t.Advanced {
		for _, f := range sel.FieldSelectors {
			if *f.Field == fieldCategory && f.Equals[0] == audit.Data {
				return true
			}
		}
	}
	return false
}

// byDefault is read only.
var byDefault = standard()

func (t *Trail) chooses(r *audit.Record) bool {
	for i := range t.Advanced {
		if selectsAdvanced(&t.Advanced[i], r) {
			return true
		}
	}
	selectors := t.Selectors
	if !t.custom() {
		selectors = byDefault
	}
	for i := range selectors {
		if selectsBasic(&selectors[i], r) {
			return true
		}
	}
	return false
}

// globalSources are the event sources of the services that have one endpoint for
// all Regions.
func globalSources(services []*api.Service) map[string]bool {
	m := make(map[string]bool)
	for _, svc := range services {
		if svc.Global {
			m[svc.EventSource()] = true
		}
	}
	return m
}
