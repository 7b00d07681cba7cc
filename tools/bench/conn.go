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
func (c *conn) roundTrip(request []byte) error {
	c.response.reset()
	if _, err := c.Write(request); err != nil {
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
