package main

import (
	"cmp"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// object is a file of the directory, and an object of the store.
type object struct {
	name string
	size int64
}

func sized(size int64) object {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if one := int64(1) << (30 - 10*i); size >= one {
			return object{strconv.FormatInt(size/one, 10) + " " + unit, size}
		}
	}
	return object{strconv.FormatInt(size, 10) + " B", size}
}

// file is the name of the file and the key of the object.
func (o object) file() string { return strconv.FormatInt(o.size, 10) }

func (o object) content() io.Reader {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(o.size))
	return io.LimitReader(rand.NewChaCha8(seed), o.size)
}

// writeContent writes the objects of workloads to a directory, with a time that distinguishes versions.
func writeContent(dir string, all []workload) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	hourAgo := time.Now().Add(-time.Hour)
	for i := range all {
		name := filepath.Join(dir, all[i].object.file())
		if _, err := os.Stat(name); err == nil || all[i].object.size == 0 {
			continue
		}
		if err := writeFile(name, all[i].object.content()); err != nil {
			return err
		}
		if err := os.Chtimes(name, hourAgo, hourAgo); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, content io.Reader) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return cmp.Or(err, f.Close())
}
