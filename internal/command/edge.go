package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/fortlet/fortlet/internal/edge"
	"github.com/spf13/cobra"
)

type edgeOptions struct {
	config, logLevel string
	check            bool
	profile          *profile
}

func newEdge(s *streams) *cobra.Command {
	var o edgeOptions
	cmd := &cobra.Command{
		Use:   "edge",
		Short: "Protect the fields of requests on their way to a web service",
		Long: `Run a reverse proxy that seals sensitive fields of requests, in bodies, queries
and headers, before it forwards them. It serves until SIGTERM or an interrupt,
and then lets the requests that run end.

It fails closed: a request that it cannot parse with certainty, or for whose
fields it has no key, is answered with an error and not forwarded.

The first line on stdout says where it listens:

  fortlet edge ready http://127.0.0.1:8080 admin=http://127.0.0.1:9090

Logs go to stderr, a JSON line per request; no value of a field, path, query or
header is in them. SIGHUP, or a change of the configuration or of a file that it
names, makes it read them again. What is wrong is refused as a whole, and the
proxy goes on as it was.`,
		Example: `  fortlet edge --config edge.yaml
  fortlet edge --config edge.yaml --check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runEdge(cmd.Context(), s, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "`file` with the configuration")
	f.BoolVar(&o.check, "check", false, "tell everything that is wrong with the configuration, and end")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info (a line per request), warn or error")
	o.profile = profileFlags(cmd)
	if err := cmd.MarkFlagRequired("config"); err != nil {
		panic(err) // no such flag
	}
	return cmd
}

// edgePoll is how often files are looked at for changes.
const edgePoll = 2 * time.Second

// edgeGCPercent lets the heap grow a little further between collections than Go's
// 100. Much more would be faster by little, and would take the proxy out of
// the 64 MB in which a body of any length is to do.
const edgeGCPercent = 200

func runEdge(ctx context.Context, s *streams, o edgeOptions) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return usageError{fmt.Errorf("--log-level: %w", err)}
	}
	c, err := edge.Load(o.config)
	if err != nil || o.check {
		return err
	}
	cfg, err := loadKeyProfile(ctx, o.profile.name, o.profile.region)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(edgeGCPercent)
	}
	log := slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: level}))
	e, err := edge.New(ctx, c, edge.Options{Log: log, AWS: cfg})
	if err != nil {
		return hintOfKMS(err)
	}
	if err := e.Start(); err != nil {
		return err
	}
	announceEdge(s, e)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	r := &reloader{edge: e, file: o.config, log: log}
	r.watch.Follow(c)
	go r.run(watching)
	return e.Wait(ctx)
}

func announceEdge(s *streams, e *edge.Edge) {
	line := "fortlet edge ready " + strings.Join(e.Addresses(), " ")
	if admin := e.AdminAddress(); admin != nil {
		line += " admin=http://" + admin.String()
	}
	fmt.Fprintln(s.out, line)
}

// reloader gives a proxy its configuration anew when that changes.
type reloader struct {
	edge  *edge.Edge
	file  string
	log   *slog.Logger
	watch edge.Watch
}

func (r *reloader) run(ctx context.Context) {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	defer signal.Stop(hangUp)
	tick := time.NewTicker(edgePoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangUp:
			r.watch.Changed() // as of now
			r.reload(ctx)
		case <-tick.C:
			if r.watch.Changed() {
				r.reload(ctx)
			}
		}
	}
}

func (r *reloader) reload(ctx context.Context) {
	c, err := edge.Load(r.file)
	if err == nil {
		err = r.edge.Reload(ctx, c)
	}
	var wrong *edge.ConfigError
	switch {
	case err == nil:
		r.watch.Follow(c)
		r.log.Info("configuration taken")
	case errors.As(err, &wrong):
		for _, p := range wrong.Problems {
			r.log.Error("configuration refused, the last good one stays", "line", p.Line, "error", p.Err.Error())
		}
		r.edge.RefusedReload()
	default:
		r.log.Error("configuration refused, the last good one stays", "error", err.Error())
		if c == nil {
			r.edge.RefusedReload()
		}
	}
}
