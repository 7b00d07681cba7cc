// Fortlet is a small AWS-compatible cloud whose walls are real. See
// "fortlet help".
package main

import (
	"os"

	"github.com/fortlet/fortlet/internal/command"
)

func main() { os.Exit(command.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
