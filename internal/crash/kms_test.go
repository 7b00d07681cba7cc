package crash

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func createKey(w *writer) *operation {
	if len(w.world.Keys) >= w.keys {
		return nil
	}
	description := w.newName("key")
	k := key{Tags: w.newTags()}
	return &operation{"CreateKey", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.kms.CreateKey(ctx, &kms.CreateKeyInput{Description: &description, Tags: kmsTags(k.Tags)})
		if err != nil {
			return "", err
		}
		return *out.KeyMetadata.KeyId, nil
	}, func(v *world, id string) {
		made := k
		made.ID = id
		v.Keys[description] = made
	}}
}

func kmsTags(tags map[string]string) []types.Tag {
	var list []types.Tag
	for k, v := range tags {
		list = append(list, types.Tag{TagKey: &k, TagValue: &v})
	}
	return list
}

// changeKey is changeUser for keys.
func changeKey(w *writer, name string, fits func(key) bool, call func(ctx context.Context, c *clients, key string) error, apply func(k *key)) *operation {
	chosen, ok := some(w.rnd, w.world.Keys)
	if !ok || !fits(w.world.Keys[chosen]) {
		return nil
	}
	id := w.world.Keys[chosen].ID
	return &operation{name, func(ctx context.Context, c *clients) (string, error) {
		return "", call(ctx, c, id)
	}, func(v *world, _ string) {
		k := v.Keys[chosen]
		apply(&k)
		v.Keys[chosen] = k
	}}
}

func tagKey(w *writer) *operation {
	tags := w.newTags()
	return changeKey(w, "TagResource", func(key) bool { return true },
		func(ctx context.Context, c *clients, key string) error {
			_, err := c.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &key, Tags: kmsTags(tags)})
			return err
		}, func(k *key) { maps.Copy(k.Tags, tags) })
}

func untagKey(w *writer) *operation {
	var names []string
	return changeKey(w, "UntagResource", func(k key) bool {
		if len(k.Tags) == 0 {
			return false
		}
		names = someTags(w.rnd, k.Tags)
		return true
	}, func(ctx context.Context, c *clients, key string) error {
		_, err := c.kms.UntagResource(ctx, &kms.UntagResourceInput{KeyId: &key, TagKeys: names})
		return err
	}, func(k *key) {
		for _, name := range names {
			delete(k.Tags, name)
		}
	})
}

func switchRotation(w *writer) *operation {
	on := w.rnd.IntN(2) == 0
	fits := func(k key) bool { return k.Rotates != on }
	apply := func(k *key) { k.Rotates = on }
	if on {
		return changeKey(w, "EnableKeyRotation", fits, func(ctx context.Context, c *clients, key string) error {
			_, err := c.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &key})
			return err
		}, apply)
	}
	return changeKey(w, "DisableKeyRotation", fits, func(ctx context.Context, c *clients, key string) error {
		_, err := c.kms.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: &key})
		return err
	}, apply)
}

// maxRotations is below the quota of on-demand rotations of a key, 25.
const maxRotations = 20

func rotateKey(w *writer) *operation {
	return changeKey(w, "RotateKeyOnDemand", func(k key) bool { return k.Rotations < maxRotations },
		func(ctx context.Context, c *clients, key string) error {
			_, err := c.kms.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: &key})
			return err
		}, func(k *key) { k.Rotations++ })
}

func createAlias(w *writer) *operation {
	description, ok := some(w.rnd, w.world.Keys)
	if !ok || len(w.world.Aliases) >= maxAliases {
		return nil
	}
	name, id := "alias/"+w.newName("alias"), w.world.Keys[description].ID
	return &operation{"CreateAlias", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &name, TargetKeyId: &id})
		return "", err
	}, func(v *world, _ string) { v.Aliases[name] = description }}
}

func updateAlias(w *writer) *operation {
	name, ok := some(w.rnd, w.world.Aliases)
	description, _ := some(w.rnd, w.world.Keys)
	if !ok || w.world.Aliases[name] == description {
		return nil
	}
	id := w.world.Keys[description].ID
	return &operation{"UpdateAlias", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.kms.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &name, TargetKeyId: &id})
		return "", err
	}, func(v *world, _ string) { v.Aliases[name] = description }}
}

func deleteAlias(w *writer) *operation {
	name, ok := some(w.rnd, w.world.Aliases)
	if !ok {
		return nil
	}
	return &operation{"DeleteAlias", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.kms.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &name})
		return "", err
	}, func(v *world, _ string) { delete(v.Aliases, name) }}
}
