package edge

import (
	"cmp"
	"time"

	"github.com/fortlet/fortlet/internal/fieldkeys"
)

// setDefaults fills in what a configuration does not say.
func (c *Config) setDefaults() {
	c.Refresh = cmp.Or(c.Refresh, time.Hour)
	c.Limits.setDefaults()
	for i := range c.Listen {
		l := &c.Listen[i]
		l.Name = cmp.Or(l.Name, l.Address)
		if l.TLS != nil {
			l.TLS.MinVersion = cmp.Or(l.TLS.MinVersion, "1.2")
		}
	}
	for i := range c.Origins {
		c.Origins[i].HTTP2 = cmp.Or(c.Origins[i].HTTP2, http2Auto)
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		r.Path = cmp.Or(r.Path, "/")
		if r.Name == "" {
			if len(r.Hosts) > 0 {
				r.Name = r.Hosts[0]
			}
			r.Name += r.Path
		}
	}
}

// setDefaults leaves zero what fieldcrypt has a default of its own for.
func (l *Limits) setDefaults() {
	orSize := func(p *fieldkeys.Size, value fieldkeys.Size) { *p = cmp.Or(*p, value) }
	orInt := func(p *int, value int) { *p = cmp.Or(*p, value) }
	orTime := func(p *time.Duration, value time.Duration) { *p = cmp.Or(*p, value) }
	orSize(&l.Body, 16<<20)
	orSize(&l.Buffer, 1<<20)
	orSize(&l.Header, 64<<10)
	orInt(&l.Concurrent, 1000)
	orTime(&l.HeaderTime, 10*time.Second)
	orTime(&l.StallTime, 30*time.Second)
	orTime(&l.IdleTime, 2*time.Minute)
	orTime(&l.OriginTime, time.Minute)
	orTime(&l.TotalTime, 10*time.Minute)
	orTime(&l.DrainTime, 30*time.Second)
}
