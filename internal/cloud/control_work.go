package cloud

import "encoding/json"

// RecordWork records that somebody had a background job run.
func (c *Cloud) RecordWork(job string, by Requester) error {
	r := c.controlRecord("RunJob", by)
	var err error
	if r.RequestParameters, err = json.Marshal(map[string]string{"name": job}); err != nil {
		return err
	}
	return c.Audit.Append(r)
}
