package crash

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func createUser(w *writer) *operation {
	if len(w.world.Users) >= maxUsers {
		return nil
	}
	name := w.newName("user")
	u := user{Path: "/" + prefix(w.number) + "/", Tags: w.newTags(), Policies: map[string]string{}, Groups: []string{}}
	return &operation{"CreateUser", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: &name, Path: &u.Path, Tags: iamTags(u.Tags)})
		if err != nil {
			return "", err
		}
		return *out.User.UserId, nil
	}, func(v *world, id string) {
		made := u
		made.ID = id
		v.Users[name] = made
	}}
}

func iamTags(tags map[string]string) []types.Tag {
	var list []types.Tag
	for k, v := range tags {
		list = append(list, types.Tag{Key: &k, Value: &v})
	}
	return list
}

// changeUser makes an operation on one of the writer's users that fits, nil
// where there is none.
func changeUser(w *writer, name string, fits func(user) bool, call func(ctx context.Context, c *clients, user string) error, apply func(u *user)) *operation {
	chosen, ok := some(w.rnd, w.world.Users)
	if !ok || !fits(w.world.Users[chosen]) {
		return nil
	}
	return &operation{name, func(ctx context.Context, c *clients) (string, error) {
		return "", call(ctx, c, chosen)
	}, func(v *world, _ string) {
		u := v.Users[chosen]
		apply(&u)
		v.Users[chosen] = u
	}}
}

func anyUser(user) bool { return true }

// renameUser moves rows and entries of indexes.
func renameUser(w *writer) *operation {
	from, ok := some(w.rnd, w.world.Users)
	if !ok {
		return nil
	}
	to := w.newName("user")
	path := "/" + to + "/"
	return &operation{"UpdateUser", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.iam.UpdateUser(ctx, &iam.UpdateUserInput{UserName: &from, NewUserName: &to, NewPath: &path})
		return "", err
	}, func(v *world, _ string) {
		u := v.Users[from]
		delete(v.Users, from)
		u.Path = path
		v.Users[to] = u
	}}
}

func deleteUser(w *writer) *operation {
	name, ok := some(w.rnd, w.world.Users)
	if u := w.world.Users[name]; !ok || len(u.Policies) > 0 || len(u.Groups) > 0 {
		return nil
	}
	return &operation{"DeleteUser", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.iam.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &name})
		return "", err
	}, func(v *world, _ string) { delete(v.Users, name) }}
}

func tagUser(w *writer) *operation {
	tags := w.newTags()
	return changeUser(w, "TagUser", anyUser, func(ctx context.Context, c *clients, user string) error {
		_, err := c.iam.TagUser(ctx, &iam.TagUserInput{UserName: &user, Tags: iamTags(tags)})
		return err
	}, func(u *user) { maps.Copy(u.Tags, tags) })
}

func untagUser(w *writer) *operation {
	var names []string
	return changeUser(w, "UntagUser", func(u user) bool {
		if len(u.Tags) == 0 {
			return false
		}
		names = someTags(w.rnd, u.Tags)
		return true
	}, func(ctx context.Context, c *clients, user string) error {
		_, err := c.iam.UntagUser(ctx, &iam.UntagUserInput{UserName: &user, TagKeys: names})
		return err
	}, func(u *user) {
		for _, name := range names {
			delete(u.Tags, name)
		}
	})
}

func putUserPolicy(w *writer) *operation {
	name := fmt.Sprint("policy-", w.rnd.IntN(maxPolicies))
	document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"s%d","Effect":"Allow","Action":"kms:Sign","Resource":"*"}]}`, w.made)
	w.made++
	return changeUser(w, "PutUserPolicy", anyUser, func(ctx context.Context, c *clients, user string) error {
		_, err := c.iam.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &user, PolicyName: &name, PolicyDocument: &document})
		return err
	}, func(u *user) { u.Policies[name] = document })
}

func deleteUserPolicy(w *writer) *operation {
	var name string
	return changeUser(w, "DeleteUserPolicy", func(u user) (ok bool) {
		name, ok = some(w.rnd, u.Policies)
		return ok
	}, func(ctx context.Context, c *clients, user string) error {
		_, err := c.iam.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: &user, PolicyName: &name})
		return err
	}, func(u *user) { delete(u.Policies, name) })
}

func joinGroup(w *writer) *operation {
	group := groupNames[w.rnd.IntN(len(groupNames))]
	return changeUser(w, "AddUserToGroup", func(u user) bool { return !slices.Contains(u.Groups, group) },
		func(ctx context.Context, c *clients, user string) error {
			_, err := c.iam.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &user, GroupName: &group})
			return err
		}, func(u *user) {
			u.Groups = append(u.Groups, group)
			slices.Sort(u.Groups)
		})
}

func leaveGroup(w *writer) *operation {
	group := groupNames[w.rnd.IntN(len(groupNames))]
	return changeUser(w, "RemoveUserFromGroup", func(u user) bool { return slices.Contains(u.Groups, group) },
		func(ctx context.Context, c *clients, user string) error {
			_, err := c.iam.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: &user, GroupName: &group})
			return err
		}, func(u *user) {
			u.Groups = slices.DeleteFunc(u.Groups, func(g string) bool { return g == group })
		})
}
