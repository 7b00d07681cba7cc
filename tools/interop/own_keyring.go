package main

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
	"github.com/fortlet/fortlet/esdk/rawkey"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// keyring makes the keyring of esdk that is described.
func (o *own) keyring(k *peer.Keyring) (esdk.Keyring, error) {
	clients := awskms.FromConfig(o.cfg)
	filter := &awskms.Filter{Partition: k.Partition, Accounts: k.Accounts}
	switch k.Type {
	case peer.RawAES:
		return rawkey.NewAES(k.Namespace, k.Name, k.Secret)
	case peer.RawRSA:
		return rawRSA(k)
	case peer.KMS, peer.KMSMRK:
		return awskms.NewKeyring(clients, k.Generator, &awskms.Options{Keys: k.Keys, MultiRegion: k.Type == peer.KMSMRK})
	case peer.KMSDiscovery:
		return awskms.NewDiscovery(clients, filter, &awskms.DiscoveryOptions{Regions: []string{k.Region}})
	case peer.KMSMRKDiscovery:
		return awskms.NewMultiRegionDiscovery(clients, k.Region, filter)
	case peer.KMSRSA:
		return kmsRSA(clients, k)
	case peer.Multi:
		return o.multi(k)
	}
	return nil, fmt.Errorf("no keyring %q", k.Type)
}

func (o *own) multi(k *peer.Keyring) (esdk.Keyring, error) {
	var children []esdk.Keyring
	for _, c := range k.Children {
		child, err := o.keyring(c)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return esdk.NewMulti(children[0], children[1:]...), nil
}

var paddings = map[string]rawkey.Padding{
	"PKCS1":       rawkey.PKCS1,
	"OAEP-SHA1":   rawkey.OAEPSHA1,
	"OAEP-SHA256": rawkey.OAEPSHA256,
	"OAEP-SHA384": rawkey.OAEPSHA384,
	"OAEP-SHA512": rawkey.OAEPSHA512,
}

func rawRSA(k *peer.Keyring) (esdk.Keyring, error) {
	public, err := publicKey(k.Public)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(k.Private))
	if block == nil {
		return nil, errors.New("private key is no PEM")
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return rawkey.NewRSA(k.Namespace, k.Name, paddings[k.Padding], public, private.(*rsa.PrivateKey))
}

func kmsRSA(clients awskms.Clients, k *peer.Keyring) (esdk.Keyring, error) {
	public, err := publicKey(k.Public)
	if err != nil {
		return nil, err
	}
	client, err := clients(region(k.Generator))
	if err != nil {
		return nil, err
	}
	return awskms.NewRSAKeyring(client, awskms.RSAKey{
		ARN:       k.Generator,
		Algorithm: types.EncryptionAlgorithmSpec(k.Padding),
		Public:    public,
	})
}

func publicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("public key is no PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PublicKey), nil
}

// region is the Region of an ARN.
func region(arn string) string { return strings.Split(arn, ":")[3] }
