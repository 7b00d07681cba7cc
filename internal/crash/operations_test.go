package crash

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// How much a writer has at most, so that reading everything back stays quick.
const (
	maxUsers     = 5
	maxPolicies  = 3
	maxAliases   = 4
	keysPerRound = 1
	maxBuckets   = 2
	maxVersions  = 3 // of a key
	maxUploads   = 2 // in a bucket
	maxParts     = 3
)

// groupNames are the groups that all writers share.
var groupNames = []string{"blue", "green"}

// accountChoices make a change of IAM or KMS that fits the writer's world, or
// nil where none does. Each change shows when the world is read back.
var accountChoices = []func(*writer) *operation{
	createUser, renameUser, deleteUser, tagUser, untagUser,
	putUserPolicy, deleteUserPolicy, joinGroup, leaveGroup,
	createKey, tagKey, untagKey, switchRotation, rotateKey,
	createAlias, updateAlias, deleteAlias,
}

// choices make any change. What stands here twice is chosen twice as often.
var choices = append(slices.Clone(accountChoices),
	createBucket, deleteBucket, versionBucket, encryptBucket, tagBucket, untagBucket,
	putObject, putObject, putObject, putObject, putObject, putObject, copyObject, copyObject,
	deleteObject, deleteObject, deleteVersion, deleteVersion, emptyBucket, tagObject, untagObject,
	createUpload, uploadPart, uploadPart, uploadPart, completeUpload, completeUpload, abortUpload,
)

// contentChoices make changes of which many bring content.
var contentChoices = []func(*writer) *operation{
	createBucket, putObject, putObject, putObject, copyObject, deleteVersion, deleteVersion,
	createUpload, uploadPart, uploadPart, completeUpload, completeUpload, completeUpload,
}

// next chooses a change.
func (w *writer) next() *operation {
	for {
		if o := w.choices[w.rnd.IntN(len(w.choices))](w); o != nil {
			return o
		}
	}
}

// some gives a random key of a map that has one.
func some[V any](rnd *rand.Rand, m map[string]V) (string, bool) {
	if len(m) == 0 {
		return "", false
	}
	names := slices.Sorted(maps.Keys(m))
	return names[rnd.IntN(len(names))], true
}

// newTags gives tags that show whether all of them are there: each tells how
// many there are.
func (w *writer) newTags() map[string]string {
	tags := make(map[string]string)
	n := 2 + w.rnd.IntN(2)
	for i := range n {
		tags[fmt.Sprint("t", i)] = fmt.Sprintf("%s of %d", w.newName("tag"), n)
	}
	return tags
}

// someTags gives the names of one or more tags.
func someTags(rnd *rand.Rand, tags map[string]string) []string {
	names := slices.Sorted(maps.Keys(tags))
	rnd.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:1+rnd.IntN(len(names))]
}
