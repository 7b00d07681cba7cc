package command

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts below testdata are sessions of a user: the programs fortlet and
// call (see call_test.go), a shell, and these commands of ours:
//
//	up [flags]              start fortlet up on a free port; returns when it is
//	                        ready, its first line as stdout, the URL in $URL
//	down                    SIGTERM; wants exit code 0; what it wrote is then
//	                        in the files up.stdout and up.stderr
//	refused N [flags]       fortlet up that must end by itself with exit code N
//	exits N program [args]  run a program that must end with exit code N
//	mode 0600 file...       want a permission of files
//	tamper file old new     replace the first such text in a file
//	keep NAME               keep the first line of stdout as $NAME
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			// The default data folder is of each script's own.
			env.Setenv("XDG_DATA_HOME", env.WorkDir+"/xdg")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"up": scriptUp, "down": scriptDown, "exits": scriptExits, "refused": scriptRefused,
			"mode": scriptMode, "tamper": scriptTamper, "keep": scriptKeep,
		},
	})
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fortlet": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"call":    func() { os.Exit(call(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// patience ends a script that hangs.
const patience = time.Minute

// running clouds, by script.
var clouds sync.Map

type upProcess struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer // complete when done
	stderr bytes.Buffer
	done   chan struct{}
}

func scriptUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! up")
	}
	p := &upProcess{done: make(chan struct{})}
	p.cmd = exec.Command("fortlet", append([]string{"up", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Path = lookPath(ts, "fortlet")
	p.cmd.Dir = ts.MkAbs(".")
	p.cmd.Env = scriptEnviron(ts)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	first := make(chan string, 1)
	go func() {
		defer close(p.done)
		lines := bufio.NewReader(io.TeeReader(out, &p.stdout))
		line, _ := lines.ReadString('\n')
		first <- line
		io.Copy(io.Discard, lines)
		p.cmd.Wait()
	}()
	ts.Defer(func() {
		p.cmd.Process.Kill()
		<-p.done
	})
	select {
	case line := <-first:
		fields := strings.Fields(line)
		if len(fields) < 3 {
			<-p.done
			ts.Fatalf("fortlet up is not ready: %q\n%s", line, &p.stderr)
		}
		ts.Setenv("URL", fields[2])
		fmt.Fprint(ts.Stdout(), line)
	case <-time.After(patience):
		ts.Fatalf("fortlet up is not ready in time")
	}
	clouds.Store(ts, p)
}

func scriptDown(ts *testscript.TestScript, neg bool, args []string) {
	v, ok := clouds.LoadAndDelete(ts)
	if !ok || neg || len(args) > 0 {
		ts.Fatalf("usage: down, after up")
	}
	p := v.(*upProcess)
	ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(patience):
		ts.Fatalf("fortlet up does not end")
	}
	ts.Check(os.WriteFile(ts.MkAbs("up.stdout"), p.stdout.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("up.stderr"), p.stderr.Bytes(), 0o600))
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		ts.Fatalf("fortlet up: exit code %d\n%s", code, &p.stderr)
	}
}

func scriptRefused(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: refused code [flags]")
	}
	scriptExits(ts, neg, append([]string{args[0], "fortlet", "up", "--listen", "127.0.0.1:0"}, args[1:]...))
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [args]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func scriptMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mode permission file...")
	}
	for _, file := range args[1:] {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if mode := fmt.Sprintf("%04o", info.Mode().Perm()); mode != args[0] {
			ts.Fatalf("%s has mode %s, want %s", file, mode, args[0])
		}
	}
}

func scriptTamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: tamper file old new")
	}
	file := ts.MkAbs(args[0])
	data, err := os.ReadFile(file)
	ts.Check(err)
	changed := bytes.Replace(data, []byte(args[1]), []byte(args[2]), 1)
	if bytes.Equal(data, changed) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(file, changed, 0o600))
}

func scriptKeep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep NAME")
	}
	line, _, _ := strings.Cut(ts.ReadFile("stdout"), "\n")
	ts.Setenv(args[0], line)
}

// lookPath finds a program on the path of the script.
func lookPath(ts *testscript.TestScript, name string) string {
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		path := dir + "/" + name
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	ts.Fatalf("%s is not on the path", name)
	return ""
}

// scriptEnviron is what a program started by us inherits from the script.
func scriptEnviron(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "XDG_DATA_HOME", "TMPDIR", rootKeyIDVariable, rootSecretVariable} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}
