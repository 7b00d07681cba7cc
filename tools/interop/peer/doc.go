// Package peer talks to implementations of the AWS Encryption SDK message
// format that others wrote. Each is a program beside this package that reads
// requests and writes answers, one JSON value per line, for as long as its
// standard input is open.
package peer
