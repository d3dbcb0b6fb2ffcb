package probe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// names are a plain name, and one that is another file's if a server decodes it twice, or not at all.
var names = []string{".downloadview-probe.txt", ".downloadview-probe a%20b+é.txt"}

// padding is longer than the gap between two ranges that servers coalesce.
const padding = 1024

// storageTimeout limits the write of one object, and the deletion of all.
const storageTimeout = 30 * time.Second

// checkStorage writes the objects and reads them.
func (r *run) checkStorage(ctx context.Context) {
	r.contents = map[string]string{}
	for _, name := range names {
		key := r.Prefix + name
		random := make([]byte, 16)
		_, _ = rand.Read(random)
		content := "downloadview probe " + hex.EncodeToString(random) + strings.Repeat(".", padding)
		if err := r.write(ctx, key, content); err != nil {
			r.found(storage, fmt.Sprintf("%q cannot be written: %v", r.Storage.Name, err),
				"check the bucket's URL, its credentials and their permission to write")
			return
		}
		r.contents[key] = content
		body, err := r.Storage.File(key).Open(ctx, 0, -1)
		if err != nil {
			r.found(storage, fmt.Sprintf("%q cannot be read: %v", r.Storage.Name, err), "give the credentials permission to read objects")
			return
		}
		_ = body.Close()
	}
}

func (r *run) write(ctx context.Context, key, content string) error {
	ctx, cancel := context.WithTimeout(ctx, storageTimeout)
	defer cancel()
	return r.Storage.Bucket.WriteAll(ctx, key, []byte(content), nil)
}

func (r *run) deleteObjects(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, storageTimeout)
	defer cancel()
	for key := range r.contents {
		_ = r.Storage.Bucket.Delete(ctx, key)
	}
}
