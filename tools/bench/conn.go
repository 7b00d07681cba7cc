package main

import (
	"context"
	"io"
	"net"
)

// conn is a connection that is kept, with one request on it at a time.
type conn struct {
	net.Conn
	response response
}

func dial(ctx context.Context, addr string) (*conn, error) {
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: nc}, nil
}

// roundTrip sends a request and waits for its response, which is then in
// c.response.
func (c *conn) roundTrip(r request) error {
	c.response.reset()
	if err := c.send(r); err != nil {
		return err
	}
	for {
		room, err := c.response.room()
		if err != nil {
			return err
		}
		n, err := c.Read(room)
		switch {
		case err == io.EOF:
			return errTruncated
		case err != nil:
			return err
		}
		if done, err := c.response.grow(n); done || err != nil {
			return err
		}
	}
}

func (c *conn) send(r request) (err error) {
	if r.body == nil {
		_, err = c.Write(r.head)
	} else {
		_, err = (&net.Buffers{r.head, r.body}).WriteTo(c.Conn)
	}
	return err
}
