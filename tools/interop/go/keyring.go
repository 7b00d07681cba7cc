package main

import (
	"context"
	"fmt"
	"strings"

	mpl "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygenerated"
	"github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// The library's names are long; here they stand once.
type (
	iKeyring        = awscryptographymaterialproviderssmithygeneratedtypes.IKeyring
	iManager        = awscryptographymaterialproviderssmithygeneratedtypes.ICryptographicMaterialsManager
	discoveryFilter = awscryptographymaterialproviderssmithygeneratedtypes.DiscoveryFilter
	aesWrapping     = awscryptographymaterialproviderssmithygeneratedtypes.AesWrappingAlg
	paddingScheme   = awscryptographymaterialproviderssmithygeneratedtypes.PaddingScheme

	providersConfig        = awscryptographymaterialproviderssmithygeneratedtypes.MaterialProvidersConfig
	rawAESInput            = awscryptographymaterialproviderssmithygeneratedtypes.CreateRawAesKeyringInput
	rawRSAInput            = awscryptographymaterialproviderssmithygeneratedtypes.CreateRawRsaKeyringInput
	kmsInput               = awscryptographymaterialproviderssmithygeneratedtypes.CreateAwsKmsMultiKeyringInput
	kmsDiscoveryInput      = awscryptographymaterialproviderssmithygeneratedtypes.CreateAwsKmsDiscoveryKeyringInput
	kmsMRKInput            = awscryptographymaterialproviderssmithygeneratedtypes.CreateAwsKmsMrkMultiKeyringInput
	kmsMRKDiscoveryInput   = awscryptographymaterialproviderssmithygeneratedtypes.CreateAwsKmsMrkDiscoveryKeyringInput
	kmsRSAInput            = awscryptographymaterialproviderssmithygeneratedtypes.CreateAwsKmsRsaKeyringInput
	multiInput             = awscryptographymaterialproviderssmithygeneratedtypes.CreateMultiKeyringInput
	defaultManagerInput    = awscryptographymaterialproviderssmithygeneratedtypes.CreateDefaultCryptographicMaterialsManagerInput
	requiredContextManager = awscryptographymaterialproviderssmithygeneratedtypes.CreateRequiredEncryptionContextCMMInput
)

// keyringSpec is peer.Keyring.
type keyringSpec struct {
	Type      string         `json:"type"`
	Namespace string         `json:"namespace"`
	Name      string         `json:"name"`
	Secret    []byte         `json:"secret"`
	Padding   string         `json:"padding"`
	Public    string         `json:"public"`
	Private   string         `json:"private"`
	Generator string         `json:"generator"`
	Keys      []string       `json:"keys"`
	Region    string         `json:"region"`
	Partition string         `json:"partition"`
	Accounts  []string       `json:"accounts"`
	Children  []*keyringSpec `json:"children"`
}

func (k *keyringSpec) filter() *discoveryFilter {
	return &discoveryFilter{Partition: k.Partition, AccountIds: k.Accounts}
}

func (k *keyringSpec) generator() *string {
	if k.Generator == "" {
		return nil
	}
	return &k.Generator
}

func newManager(ctx context.Context, r *request) (iManager, error) {
	if r.Caching {
		return nil, fmt.Errorf("no cache for keyrings")
	}
	providers, err := mpl.NewClient(providersConfig{})
	if err != nil {
		return nil, err
	}
	ring, err := newKeyring(ctx, providers, r.Keyring)
	if err != nil {
		return nil, err
	}
	manager, err := providers.CreateDefaultCryptographicMaterialsManager(ctx, defaultManagerInput{Keyring: ring})
	if err != nil || len(r.Required) == 0 {
		return manager, err
	}
	return providers.CreateRequiredEncryptionContextCMM(ctx, requiredContextManager{
		RequiredEncryptionContextKeys: r.Required,
		UnderlyingCMM:                 manager,
	})
}

func newKeyring(ctx context.Context, providers *mpl.Client, k *keyringSpec) (iKeyring, error) {
	switch k.Type {
	case "raw-aes":
		return providers.CreateRawAesKeyring(ctx, rawAESInput{
			KeyNamespace: k.Namespace,
			KeyName:      k.Name,
			WrappingKey:  k.Secret,
			WrappingAlg:  aesWrapping(fmt.Sprintf("ALG_AES%d_GCM_IV12_TAG16", 8*len(k.Secret))),
		})
	case "raw-rsa":
		padding := "PKCS1"
		if k.Padding != padding {
			padding = strings.ReplaceAll(k.Padding, "-", "_") + "_MGF1"
		}
		return providers.CreateRawRsaKeyring(ctx, rawRSAInput{
			KeyNamespace:  k.Namespace,
			KeyName:       k.Name,
			PaddingScheme: paddingScheme(padding),
			PublicKey:     []byte(k.Public),
			PrivateKey:    []byte(k.Private),
		})
	case "kms":
		return providers.CreateAwsKmsMultiKeyring(ctx, kmsInput{Generator: k.generator(), KmsKeyIds: k.Keys})
	case "kms-mrk":
		return providers.CreateAwsKmsMrkMultiKeyring(ctx, kmsMRKInput{Generator: k.generator(), KmsKeyIds: k.Keys})
	case "multi":
		return newMulti(ctx, providers, k)
	}
	return newKMSKeyring(ctx, providers, k)
}

func newMulti(ctx context.Context, providers *mpl.Client, k *keyringSpec) (iKeyring, error) {
	var children []iKeyring
	for _, c := range k.Children {
		child, err := newKeyring(ctx, providers, c)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return providers.CreateMultiKeyring(ctx, multiInput{Generator: children[0], ChildKeyrings: children[1:]})
}

// newKMSKeyring makes the keyrings that want a client of ours.
func newKMSKeyring(ctx context.Context, providers *mpl.Client, k *keyringSpec) (iKeyring, error) {
	region := k.Region
	if arn := strings.Split(k.Generator, ":"); len(arn) > 3 {
		region = arn[3]
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, err
	}
	client := kms.NewFromConfig(cfg)
	switch k.Type {
	case "kms-discovery":
		return providers.CreateAwsKmsDiscoveryKeyring(ctx, kmsDiscoveryInput{KmsClient: client, DiscoveryFilter: k.filter()})
	case "kms-mrk-discovery":
		return providers.CreateAwsKmsMrkDiscoveryKeyring(ctx, kmsMRKDiscoveryInput{
			KmsClient:       client,
			Region:          region,
			DiscoveryFilter: k.filter(),
		})
	case "kms-rsa":
		return providers.CreateAwsKmsRsaKeyring(ctx, kmsRSAInput{
			KmsClient:           client,
			KmsKeyId:            k.Generator,
			PublicKey:           []byte(k.Public),
			EncryptionAlgorithm: kmstypes.EncryptionAlgorithmSpec(k.Padding),
		})
	}
	return nil, fmt.Errorf("no keyring %q", k.Type)
}
