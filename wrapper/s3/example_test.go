package s3_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // registers s3://
)

// The import registers the scheme. A store with the protocol of S3, such as MinIO, is named by its endpoint. Opening sends no
// request.
func Example() {
	ctx := context.Background()
	storages, err := blobdownload.OpenStorages(ctx,
		"docs=s3://my-docs?region=eu-west-1",
		"films=s3://films?region=us-east-1&endpoint=http://127.0.0.1:9000&use_path_style=true",
	)
	if err != nil {
		log.Print(err)
		return
	}
	defer storages.Close(ctx)
	var server blobdownload.Server
	mux := http.NewServeMux()
	for _, s := range storages {
		mux.Handle("/"+s.Name+"/{key...}", server.Handler(blobdownload.StorageView(s, blobdownload.PathValue("key"))))
		fmt.Println(s.Name, "is read with one request an object:", s.Bucket.Store() != nil)
	}
	// Output:
	// docs is read with one request an object: true
	// films is read with one request an object: true
}
