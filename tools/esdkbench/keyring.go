package main

import (
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// ring is the keyring of all. Its secret is none.
var ring = peer.Keyring{Type: peer.RawAES, Namespace: "bench", Name: "key", Secret: make([]byte, 32)}

func newKeyring() (esdk.Keyring, error) { return rawkey.NewAES(ring.Namespace, ring.Name, ring.Secret) }
