package wrapper_test

import (
	"fmt"

	"github.com/go-downloadview/downloadview/wrapper"
)

// An archive is a file like any other: a view returns it, and its length is told when those of its files are known.
func ExampleZip() {
	archive := wrapper.Zip("reports.zip",
		wrapper.ZipEntry{File: wrapper.Bytes("2025/report.csv", []byte("a,b\n")).Known(wrapper.Info{Size: 4})},
		wrapper.ZipEntry{Name: "../notes.txt", File: wrapper.Bytes("n", []byte("hello")).Known(wrapper.Info{Size: 5})},
	)
	fmt.Println(archive.Facts().ContentType, archive.Facts().Size)
	// Output: application/zip 253
}
