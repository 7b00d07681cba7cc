package main

import "testing"

func TestFileSystem(t *testing.T) {
	const mounts = "/dev/vda / ext4 rw 0 0\nproc /proc proc rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/vdb /tmp xfs rw 0 0\n"
	for dir, want := range map[string]string{
		"/home/x":   "ext4",
		"/tmp/a/b":  "xfs",
		"/tmp":      "xfs",
		"/tmpother": "ext4",
	} {
		if got := fileSystem(mounts, dir); got != want {
			t.Errorf("file system of %s is %s, want %s", dir, got, want)
		}
	}
	if got := fileSystem("", "/"); got != "unknown" {
		t.Errorf("without mounts: %s", got)
	}
}

func TestCPUModel(t *testing.T) {
	const cpuinfo = "processor\t: 0\nmodel\t\t: 167\nmodel name\t: Some CPU @ 2 GHz\n\nprocessor\t: 1\n"
	if got := cpuModel(cpuinfo); got != "Some CPU @ 2 GHz" {
		t.Errorf("cpuModel = %q", got)
	}
	if got := cpuModel("Hardware : board\n"); got != "unknown" {
		t.Errorf("cpuModel = %q", got)
	}
}
