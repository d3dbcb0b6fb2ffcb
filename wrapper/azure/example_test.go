package azure_test

import (
	"context"
	"fmt"
	"log"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob/azureblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/azure"
)

// A container that a program opened itself does not reveal its key, which a URL with a file name needs.
func ExampleUseSharedKey() {
	ctx := context.Background()
	const key = "c2VjcmV0" // in base64
	credential, err := container.NewSharedKeyCredential("mydocs", key)
	if err != nil {
		log.Print(err)
		return
	}
	client, err := container.NewClientWithSharedKeyCredential("https://mydocs.blob.core.windows.net/reports", credential, nil)
	if err != nil {
		log.Print(err)
		return
	}
	b, err := azureblob.OpenBucket(ctx, client, nil)
	if err != nil {
		log.Print(err)
		return
	}
	defer b.Close()
	if err := azure.UseSharedKey(b, "mydocs", key); err != nil {
		log.Print(err)
		return
	}
	signed, err := wrapper.Blob(b, "2026/report.pdf").SignedURL(ctx, wrapper.SignOptions{
		ContentDisposition: `attachment; filename="Report.pdf"`,
	})
	if err != nil {
		log.Print(err)
		return
	}
	u, err := url.Parse(signed)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(u.Host, u.Path)
	fmt.Println(u.Query().Get("rscd"))
	// Output:
	// mydocs.blob.core.windows.net /reports/2026/report.pdf
	// attachment; filename="Report.pdf"
}
