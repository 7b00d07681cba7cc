package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// target is one request that is sent over and over.
type target struct {
	proxy *process
	path  string
	body  string
	want  string // the origin's answer
}

// result is what came of it.
type result struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
	cpu      time.Duration // of the proxy, a request
}

// load sends the request over so many connections for a while.
func load(ctx context.Context, t target, connections int, d time.Duration) (result, error) {
	before, err := t.proxy.cpu()
	if err != nil {
		return result{}, err
	}
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		t.path, t.proxy.address, len(t.body), t.body)
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var workers sync.WaitGroup
	times := make([][]time.Duration, connections)
	errs := make([]error, connections)
	start := time.Now()
	for i := range connections {
		workers.Go(func() { times[i], errs[i] = client(ctx, t, request) })
	}
	workers.Wait()
	took := time.Since(start)
	if err := errors.Join(errs...); err != nil {
		return result{}, err
	}
	all := slices.Concat(times...)
	if len(all) == 0 {
		return result{}, errors.New("no request was answered in time")
	}
	after, err := t.proxy.cpu()
	if err != nil {
		return result{}, err
	}
	slices.Sort(all)
	return result{cpu: (after - before) / time.Duration(len(all)), rate: float64(len(all)) / took.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

// client sends requests over one connection until the context ends.
func client(ctx context.Context, t target, request []byte) ([]time.Duration, error) {
	c, err := net.Dial("tcp", t.proxy.address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	var times []time.Duration
	for ctx.Err() == nil {
		start := time.Now()
		if _, err := c.Write(request); err != nil {
			return nil, err
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
		if resp.StatusCode != http.StatusOK || string(body) != t.want {
			return nil, fmt.Errorf("%s: answer %d %s, want %s", t.path, resp.StatusCode, strings.TrimSpace(string(body)), t.want)
		}
	}
	return times, nil
}

// median measures several times and gives the one in the middle by rate.
func median(rounds int, measure func() (result, error)) (result, error) {
	var all []result
	for range rounds {
		r, err := measure()
		if err != nil {
			return r, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b result) int { return int(a.rate - b.rate) })
	return all[len(all)/2], nil
}
