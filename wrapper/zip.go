package wrapper

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
)

// ZipEntry is one file of an archive.
type ZipEntry struct {
	// Name is the path in the archive, with slashes between its segments; the base of File's name when empty. What would
	// lie elsewhere or look otherwise than it is once it is unpacked is made harmless, and a name that is
	// there already is numbered.
	Name string

	File *File

	// Deflate compresses the content, which takes CPU, and makes the archive's length unknown. The zero
	// value stores it as it is, which is right for images, films and whatever is compressed already.
	Deflate bool
}

// Zip returns an archive of files that is made while it is sent: nothing is opened before its turn comes, and none of
// it is held in memory but the directory at the end, some hundred bytes a file. Each file is read like any
// other, of one version, resumed and checked; one that is missing or fails breaks the download off. Whoever may
// not see one of the files must not be given the archive: that is for the application to check.
//
// Its length is known, and told to the client, when that of every file is, by WithInfo, and none is deflated. It has no
// ranges. Large archives are of Zip64.
func Zip(name string, entries ...ZipEntry) *File {
	a := &archive{entries: entries, names: zipNames(entries)}
	a.size = a.length()
	return Func(name, a.write).WithInfo(Info{ContentType: "application/zip", Size: a.size, Sequential: true})
}

type archive struct {
	entries []ZipEntry
	names   []string
	size    int64
}

func (a *archive) write(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	buf := make([]byte, writeToBuffer)
	for i := range a.entries {
		if err := a.add(ctx, z, i, buf); err != nil {
			return fmt.Errorf("zip: %q: %w", a.names[i], err)
		}
	}
	return z.Close()
}

// add writes an entry. Its length stands behind the content, which is how an archive is written in one go.
func (a *archive) add(ctx context.Context, z *zip.Writer, i int, buf []byte) error {
	e := &a.entries[i]
	resp, err := e.File.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	h := &zip.FileHeader{Name: a.names[i], Method: zip.Store, Modified: resp.Info.ModTime}
	if e.Deflate {
		h.Method = zip.Deflate
	}
	if a.size >= 0 { // what was said of it must come
		h.Modified = e.File.KnownInfo().ModTime
		if resp.Info.Size != e.File.KnownInfo().Size {
			return ErrChanged
		}
	}
	w, err := z.CreateHeader(h)
	if err != nil || resp.Body == nil {
		return err
	}
	_, err = io.CopyBuffer(w, struct{ io.Reader }{resp.Body}, buf)
	return err
}
