package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// bareCommand, as the first argument, makes this program the bare server: the
// least that a Go server does for a request. Whatever Fortlet takes more is
// Fortlet's own.
const bareCommand = "-bare-server"

// bareLength is as long as the answer to GetCallerIdentity.
const bareLength = 480

// serveBare answers every request with a constant until ctx ends.
func serveBare(ctx context.Context, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := make([]byte, bareLength)
	for i := range body {
		body[i] = '.'
	}
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A body that is not read is read by net/http, after the answer.
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		h := w.Header()
		h["Content-Type"] = []string{"text/xml"}
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
		w.Write(body)
	})}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	fmt.Fprintf(out, "bare ready http://%s\n", listener.Addr())
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
