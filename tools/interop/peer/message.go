package peer

import "encoding/json"

// The operations of a Request.
const (
	Hello   = "hello"   // who are you
	Encrypt = "encrypt" // Text is the plaintext
	Decrypt = "decrypt" // Text is the message
	Bench   = "bench"   // Count messages of Size bytes, there and back
	Run     = "run"     // the command line Args; cli knows this and Hello only
)

// The commitment policies of a Request.
const (
	Require = "REQUIRE_ENCRYPT_REQUIRE_DECRYPT"
	Allow   = "REQUIRE_ENCRYPT_ALLOW_DECRYPT"
	Forbid  = "FORBID_ENCRYPT_ALLOW_DECRYPT"
)

// A Request asks an implementation for one operation.
type Request struct {
	Op         string            `json:"op"`
	Keyring    *Keyring          `json:"keyring,omitempty"`
	Suite      uint16            `json:"suite,omitempty"`
	Context    map[string]string `json:"context,omitempty"`  // on decryption: what the message must be bound to
	Required   []string          `json:"required,omitempty"` // keys of Context that are not stored
	Commitment string            `json:"commitment,omitempty"`
	MaxKeys    int               `json:"maxKeys,omitempty"`
	Frame      uint32            `json:"frame,omitempty"` // zero: the implementation's default
	Unframed   bool              `json:"unframed,omitempty"`
	Caching    bool              `json:"caching,omitempty"`
	Text       []byte            `json:"text"`
	Size       int               `json:"size,omitempty"`
	Count      int               `json:"count,omitempty"`
	Args       []string          `json:"args,omitempty"`
}

// A Response is an implementation's answer.
type Response struct {
	Error string `json:"error,omitempty"` // all else is empty then

	Name    string `json:"name,omitempty"` // of Hello
	Version string `json:"version,omitempty"`
	Runtime string `json:"runtime,omitempty"`

	Text    []byte            `json:"text,omitempty"`
	Suite   uint16            `json:"suite,omitempty"`   // of Decrypt
	Context map[string]string `json:"context,omitempty"` // of Decrypt

	// Metadata is what a command tells of the message's header, in canonical JSON.
	Metadata []byte `json:"-"`

	EncryptSeconds float64 `json:"encryptSeconds,omitempty"` // of Bench
	DecryptSeconds float64 `json:"decryptSeconds,omitempty"`
}

// The types of a Keyring.
const (
	RawAES          = "raw-aes"           // Namespace, Name, Secret
	RawRSA          = "raw-rsa"           // Namespace, Name, Padding, Public, Private
	KMS             = "kms"               // Generator, Keys
	KMSDiscovery    = "kms-discovery"     // Region, Partition, Accounts
	KMSMRK          = "kms-mrk"           // as KMS
	KMSMRKDiscovery = "kms-mrk-discovery" // as KMSDiscovery
	KMSRSA          = "kms-rsa"           // Generator, Public, Padding
	Multi           = "multi"             // Children; the first generates
)

// A Keyring describes a keyring in terms that every implementation knows.
type Keyring struct {
	Type      string     `json:"type"`
	Namespace string     `json:"namespace,omitempty"`
	Name      string     `json:"name,omitempty"`
	Secret    []byte     `json:"secret,omitempty"`
	Padding   string     `json:"padding,omitempty"` // PKCS1, OAEP-SHA256; of KMSRSA in KMS's words
	Public    string     `json:"public,omitempty"`  // PEM
	Private   string     `json:"private,omitempty"` // PEM
	Generator string     `json:"generator,omitempty"`
	Keys      []string   `json:"keys,omitempty"`
	Region    string     `json:"region,omitempty"`
	Partition string     `json:"partition,omitempty"`
	Accounts  []string   `json:"accounts,omitempty"`
	Children  []*Keyring `json:"children,omitempty"`
}

// ID is the same for keyrings that are the same.
func (k *Keyring) ID() string {
	data, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings and bytes only
	}
	return string(data)
}
