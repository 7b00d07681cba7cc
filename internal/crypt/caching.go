package crypt

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/fortlet/fortlet/esdk"
)

// Caching is how data keys are used for several messages.
type Caching struct {
	Capacity int
	Limits   esdk.CachingOptions
}

// ParseCaching parses the attributes of --caching.
func ParseCaching(attributes []string) (*Caching, error) {
	values, err := parsePairs(attributes)
	if err != nil {
		return nil, err
	}
	c := new(Caching)
	for name, v := range values {
		value, err := only(name, v)
		if err != nil {
			return nil, err
		}
		if err := c.set(name, value); err != nil {
			return nil, err
		}
	}
	if c.Capacity == 0 || c.Limits.MaxAge == 0 {
		return nil, errors.New("caching needs capacity and max_age")
	}
	return c, nil
}

func (c *Caching) set(name, value string) (err error) {
	var n uint64
	switch name {
	case "capacity":
		n, err = strconv.ParseUint(value, 10, 31)
		c.Capacity = int(n)
	case "max_age":
		c.Limits.MaxAge, err = parseSeconds(value)
	case "max_messages_encrypted":
		n, err = strconv.ParseUint(value, 10, 33)
		c.Limits.MaxMessages = n
	case "max_bytes_encrypted":
		n, err = strconv.ParseUint(value, 10, 63)
		c.Limits.MaxBytes = int64(n)
	default:
		return fmt.Errorf("caching has no attribute %q", name)
	}
	if err != nil || n == 0 && name != "max_age" {
		return fmt.Errorf("%s=%s is no number that can be taken", name, value)
	}
	return nil
}

// maxAge is an age past which nobody means what he writes.
const maxAge = 100 * 365 * 24 * time.Hour

func parseSeconds(value string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0 && seconds <= maxAge.Seconds()) {
		return 0, strconv.ErrRange
	}
	return time.Duration(seconds * float64(time.Second)), nil
}
