package esdk

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// altered is a manager whose materials are not what they should be.
type altered struct {
	Manager
	encrypt func(*EncryptionMaterials)
	decrypt func(*DecryptionMaterials)
}

func (a altered) EncryptionMaterials(ctx context.Context, r *EncryptionRequest) (*EncryptionMaterials, error) {
	m, err := a.Manager.EncryptionMaterials(ctx, r)
	if err == nil && a.encrypt != nil {
		a.encrypt(m)
	}
	return m, err
}

func (a altered) DecryptionMaterials(ctx context.Context, r *DecryptionRequest) (*DecryptionMaterials, error) {
	m, err := a.Manager.DecryptionMaterials(ctx, r)
	if err == nil && a.decrypt != nil {
		a.decrypt(m)
	}
	return m, err
}

func p256() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func TestUnsuitableEncryptionMaterials(t *testing.T) {
	long := make([]byte, maxField+1)
	for name, c := range map[string]struct {
		suite Suite
		alter func(*EncryptionMaterials)
		want  error
	}{
		"no suite":            {Committed, func(m *EncryptionMaterials) { m.Suite = 0x0479 }, ErrMaterials},
		"forbidden suite":     {Committed, func(m *EncryptionMaterials) { m.Suite = AES256Derived }, ErrCommitmentPolicy},
		"short data key":      {Committed, func(m *EncryptionMaterials) { m.DataKey = m.DataKey[:31] }, ErrMaterials},
		"long data key":       {Committed, func(m *EncryptionMaterials) { m.DataKey = append(m.DataKey, 0) }, ErrMaterials},
		"no data key":         {Committed, func(m *EncryptionMaterials) { m.DataKey = nil }, ErrMaterials},
		"no encrypted keys":   {Committed, func(m *EncryptionMaterials) { m.EncryptedDataKeys = nil }, ErrMaterials},
		"no signing key":      {CommittedSigned, func(m *EncryptionMaterials) { m.SigningKey = nil }, ErrMaterials},
		"signing key":         {Committed, func(m *EncryptionMaterials) { m.SigningKey = p256() }, ErrMaterials},
		"other curve":         {CommittedSigned, func(m *EncryptionMaterials) { m.SigningKey = p256() }, ErrMaterials},
		"required, not there": {Committed, func(m *EncryptionMaterials) { m.RequiredContext = []string{"x"} }, ErrContext},
		"long provider id": {Committed, func(m *EncryptionMaterials) {
			m.EncryptedDataKeys[0].ProviderID = strings.Repeat("x", maxField+1)
		}, ErrMaterials},
		"long provider info": {Committed, func(m *EncryptionMaterials) { m.EncryptedDataKeys[0].ProviderInfo = long }, ErrMaterials},
		"long ciphertext":    {Committed, func(m *EncryptionMaterials) { m.EncryptedDataKeys[0].Ciphertext = long }, ErrMaterials},
		"too many keys": {Committed, func(m *EncryptionMaterials) {
			m.EncryptedDataKeys = make([]EncryptedDataKey, maxField+1)
		}, ErrTooManyKeys},
	} {
		m := altered{Manager: NewManager(static{}), encrypt: c.alter}
		dst := []byte("before")
		got, err := Seal(t.Context(), dst, m, text(5), &EncryptOptions{Suite: c.suite})
		if got != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: Seal: %v, want %v", name, err, c.want)
		}
		var out bytes.Buffer
		if _, err := NewWriter(t.Context(), &out, m, &EncryptOptions{Suite: c.suite}); !errors.Is(err, c.want) || out.Len() > 0 {
			t.Errorf("%s: NewWriter: %v, want %v; it wrote %d bytes", name, err, c.want, out.Len())
		}
	}
}

func TestUnsuitableDecryptionMaterials(t *testing.T) {
	key := p256()
	for name, c := range map[string]struct {
		suite Suite
		alter func(*DecryptionMaterials)
		want  error
	}{
		"other suite":         {Committed, func(m *DecryptionMaterials) { m.Suite = AES256 }, ErrMaterials},
		"short data key":      {Committed, func(m *DecryptionMaterials) { m.DataKey = m.DataKey[:31] }, ErrMaterials},
		"no data key":         {Committed, func(m *DecryptionMaterials) { m.DataKey = nil }, ErrMaterials},
		"no verification key": {CommittedSigned, func(m *DecryptionMaterials) { m.VerificationKey = nil }, ErrMaterials},
		"verification key":    {Committed, func(m *DecryptionMaterials) { m.VerificationKey = &key.PublicKey }, ErrMaterials},
		"other curve":         {CommittedSigned, func(m *DecryptionMaterials) { m.VerificationKey = &key.PublicKey }, ErrMaterials},
		"expectation dropped": {Committed, func(m *DecryptionMaterials) { m.Context = Context{} }, ErrContext},
		"stored, not required": {Committed, func(m *DecryptionMaterials) {
			m.Context = Context{"tenant": "blue", "added": "later"}
			m.RequiredContext = []string{"added"}
		}, ErrHeaderAuth},
	} {
		o := writing(c.suite)
		o.Context = Context{"tenant": "blue"}
		message := seal(t, NewManager(static{}), text(5), o)
		m := altered{Manager: NewManager(static{}), decrypt: c.alter}
		t.Run(name, func(t *testing.T) {
			everyLimit(t, message, m, &DecryptOptions{Context: o.Context}, c.want)
		})
	}
}

// refusing is a keyring that fails both ways.
type refusing struct{ err error }

func (r refusing) Wrap(context.Context, *EncryptionMaterials) error { return r.err }
func (r refusing) Unwrap(context.Context, *DecryptionMaterials, []EncryptedDataKey) error {
	return r.err
}

func TestKeyringFails(t *testing.T) {
	denied := errors.New("access denied")
	message := seal(t, NewManager(static{}), text(5), nil)
	m := NewManager(refusing{denied})
	_, err := Seal(t.Context(), nil, m, nil, nil)
	wantIs(t, err, denied)
	everyLimit(t, message, m, nil, denied)

	m = NewManager(refusing{&UnwrapError{Attempts: []error{denied, context.DeadlineExceeded}}})
	_, _, err = Open(t.Context(), nil, m, message, nil)
	for _, want := range []error{ErrNoDataKey, denied, context.DeadlineExceeded} {
		wantIs(t, err, want)
	}
	if e, ok := errors.AsType[*UnwrapError](err); !ok || len(e.Attempts) != 2 || !strings.Contains(e.Error(), "access denied") {
		t.Errorf("error %v has not every attempt", err)
	}
	if s := (&UnwrapError{}).Error(); !strings.Contains(s, "none is of a trusted wrapping key") {
		t.Errorf("without attempts: %s", s)
	}

	// A keyring that succeeds without a data key is not to be believed.
	m = NewManager(refusing{nil})
	_, err = Seal(t.Context(), nil, m, nil, nil)
	wantIs(t, err, ErrMaterials)
	everyLimit(t, message, m, nil, ErrNoDataKey)
}

func TestManagerRefuses(t *testing.T) {
	m := NewManager(static{})
	_, err := m.EncryptionMaterials(t.Context(), &EncryptionRequest{Suite: 0x0579})
	wantIs(t, err, ErrMaterials)
	_, err = m.DecryptionMaterials(t.Context(), &DecryptionRequest{Suite: 0x0579})
	wantIs(t, err, ErrMaterials)
	_, err = m.EncryptionMaterials(t.Context(), &EncryptionRequest{Suite: Committed, Context: Context{publicKeyName: "x"}})
	wantIs(t, err, ErrContext)
}

// Source: framework/default-cmm.md, decrypt materials.
func TestVerificationKeys(t *testing.T) {
	m := NewManager(static{})
	good, err := m.EncryptionMaterials(t.Context(), &EncryptionRequest{Suite: CommittedSigned})
	if err != nil {
		t.Fatal(err)
	}
	point, err := base64.StdEncoding.DecodeString(good.Context[publicKeyName])
	if err != nil || len(point) != 49 || point[0]&^1 != 2 {
		t.Fatalf("the verification key is %x, not a compressed point of P-384", point)
	}
	other := bytes.Repeat([]byte{0xff}, 49)
	other[0] = 2
	for name, c := range map[string]struct {
		suite   Suite
		context Context
	}{
		"missing":          {CommittedSigned, Context{}},
		"of no use":        {Committed, good.Context},
		"of another curve": {AES128Signed, good.Context},
		"empty":            {CommittedSigned, Context{publicKeyName: ""}},
		"not base64":       {CommittedSigned, Context{publicKeyName: "*"}},
		"unpadded":         {CommittedSigned, Context{publicKeyName: strings.TrimRight(good.Context[publicKeyName], "=")}},
		"too short":        {CommittedSigned, Context{publicKeyName: base64.StdEncoding.EncodeToString(point[:48])}},
		"not on the curve": {CommittedSigned, Context{publicKeyName: base64.StdEncoding.EncodeToString(other)}},
		"infinity":         {CommittedSigned, Context{publicKeyName: "AA=="}},
	} {
		_, err := NewManager(untouchable{t}).DecryptionMaterials(t.Context(), &DecryptionRequest{Suite: c.suite, Context: c.context})
		if !errors.Is(err, ErrSignature) {
			t.Errorf("verification key %s: error %v, want ErrSignature", name, err)
		}
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		for range 20 { // both parities
			key, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			s, err := encodePublicKey(&key.PublicKey)
			if err != nil {
				t.Fatal(err)
			}
			back, err := decodePublicKey(curve, s)
			if err != nil || !back.Equal(&key.PublicKey) {
				t.Errorf("%v: the key does not come back: %v", curve.Params().Name, err)
			}
		}
	}
}

// A message whose signature was made by somebody else: everything is authentic
// but the signature.
func TestForeignSignature(t *testing.T) {
	foreign := func(m *EncryptionMaterials) {
		traits, _ := m.Suite.traits()
		var err error
		if m.SigningKey, err = ecdsa.GenerateKey(traits.curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	for _, suite := range Suites() {
		if !suite.Signs() {
			continue
		}
		o := writing(suite)
		o.FrameLength = 10
		message := seal(t, altered{Manager: NewManager(static{}), encrypt: foreign}, text(45), o)
		everyWay(t, message, NewManager(static{}), func(way string, got []byte, err error) {
			if !errors.Is(err, ErrSignature) {
				t.Errorf("%v: %s: error %v, want ErrSignature", suite, way, err)
			}
			released := way == "Reader in mode 1"
			if released != bytes.Equal(got, text(45)) || !released && len(got) > 0 {
				t.Errorf("%v: %s released %d bytes", suite, way, len(got))
			}
		})
	}
}

// The data key of a message is overwritten, whatever becomes of the message.
func TestDataKeysAreCleared(t *testing.T) {
	var keys [][]byte
	m := altered{
		Manager: NewManager(static{}),
		encrypt: func(m *EncryptionMaterials) { keys = append(keys, m.DataKey) },
		decrypt: func(m *DecryptionMaterials) { keys = append(keys, m.DataKey) },
	}
	for _, suite := range Suites() {
		message := seal(t, m, text(5), writing(suite))
		if _, _, err := Open(t.Context(), nil, m, message, reading()); err != nil {
			t.Fatal(err)
		}
		o := writing(suite)
		o.MaxEncryptedDataKeys = 1
		several := m
		several.Manager = NewManager(NewMulti(static{}, static{}))
		if _, err := Seal(t.Context(), nil, several, nil, o); !errors.Is(err, ErrTooManyKeys) {
			t.Fatal(err)
		}
	}
	for i, key := range keys {
		if slices.Max(key) != 0 {
			t.Errorf("data key %d is still there", i)
		}
	}
	if len(keys) != 3*len(Suites()) {
		t.Errorf("saw %d data keys", len(keys))
	}
}

func TestManagerIsShared(t *testing.T) {
	m := NewManager(static{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			message, err := Seal(t.Context(), nil, m, text(i*1000), &EncryptOptions{Suite: Committed})
			if err != nil {
				t.Error(err)
			}
			if got, _, err := Open(t.Context(), nil, m, message, nil); err != nil || !bytes.Equal(got, text(i*1000)) {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Materials that are printed by mistake do not give their keys away.
func TestMaterialsDoNotPrintKeys(t *testing.T) {
	const key = "\x01\x02\x03 the data key"
	e := &EncryptionMaterials{Suite: Committed, DataKey: []byte(key), SigningKey: p256()}
	d := &DecryptionMaterials{Suite: Committed, DataKey: []byte(key)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{e, *e, d, *d, []any{e, d}, struct{ M *EncryptionMaterials }{e}} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{"the data key", hex.EncodeToString([]byte(key)), "1 2 3 32", "0x1, 0x2, 0x3"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s prints %s", verb, got)
				}
			}
		}
		if got := fmt.Sprintf(verb, e); !strings.Contains(got, Committed.String()) {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
