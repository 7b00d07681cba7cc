package iam

import (
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// BenchmarkDirectory is what every request of every service asks.
func BenchmarkDirectory(b *testing.B) {
	w := newWorld(b)
	bob := w.user("bob", allow("a:b", "*"))
	b.Run("User", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				w.iam.User(home, "bob")
			}
		})
	})
	b.Run("AccessKey", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				w.iam.AccessKey(bob.AccessKeyID)
			}
		})
	})
	b.Run("Used", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				w.iam.Used(bob.AccessKeyID, "kms", "us-east-1", w.time)
			}
		})
	})
	b.Run("Rebuild", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.iam.forget()
			w.iam.User(home, "bob")
			w.iam.AccessKey(bob.AccessKeyID)
		}
	})
}

func BenchmarkGetUser(b *testing.B) {
	w := newWorld(b)
	bob := w.user("bob", allow("iam:GetUser", "*"))
	b.ReportAllocs()
	for b.Loop() {
		as(w, bob, iamapi.OpGetUser, iamapi.GetUserInput{})
	}
}
